import * as tf from '@tensorflow/tfjs';
import { availableEngines, setupEngine } from '../setup';
import { webgpu } from './webgpu';

/** What `body` gives where `navigator.gpu` offers this adapter. */
async function withAdapter<T>(adapter: object | null, body: () => Promise<T>): Promise<T> {
  const kept = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  const gpu = { requestAdapter: () => Promise.resolve(adapter) };
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return await body();
  } finally {
    if (kept) Object.defineProperty(globalThis, 'navigator', kept);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}

const reason = (adapter: object | null): Promise<string> =>
  withAdapter(adapter, async () => {
    try {
      await webgpu.probe(1);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  });

describe('the webgpu engine', () => {
  beforeAll(async () => {
    await setupEngine({ engine: 'cpu' });
    // Stands for tfjs-backend-webgpu, which needs a GPU.
    tf.registerBackend('webgpu', () => tf.engine().findBackend('cpu'));
  });
  afterAll(async () => {
    await setupEngine({ engine: 'cpu' });
  });

  it('takes a real adapter', async () => {
    const adapter = { info: { vendor: 'nvidia', architecture: 'hopper' } };
    expect(await reason(adapter)).toBe('');
    expect(await withAdapter(adapter, availableEngines)).toContain('webgpu');
    const info = await withAdapter(adapter, () => setupEngine({ engine: 'webgpu' }));
    expect(info).toMatchObject({ name: 'webgpu', device: 'GPU, WebGPU (nvidia hopper)' });
  });

  it.each([
    [{ isFallbackAdapter: true }],
    [{ info: { isFallbackAdapter: true } }],
    [{ info: { vendor: 'google', architecture: 'swiftshader' } }],
    [{ info: { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' } }],
    [{ info: { description: 'Microsoft Basic Render Driver' } }],
  ])('is not taken by auto for a software adapter: %j', async (adapter) => {
    expect(await reason(adapter)).toMatch(/only a software adapter/);
    const { name, reasons } = await withAdapter(adapter, () => setupEngine());
    expect(name).not.toBe('webgpu');
    if (name === 'wasm') expect(reasons.webgpu).toMatch(/only a software adapter/);
    expect(await withAdapter(adapter, availableEngines)).not.toContain('webgpu');
    const info = await withAdapter(adapter, () => setupEngine({ engine: 'webgpu' }));
    expect(info.device).toMatch(/^CPU by a software adapter/);
  });

  it('says that there is no adapter', async () => {
    expect(await reason(null)).toBe('WebGPU found no adapter.');
  });

  it('says in Node what to install', async () => {
    await expect(setupEngine({ engine: 'webgpu' })).rejects.toThrow(
      "The engine 'webgpu' cannot run here. WebGPU in Node comes from npm: npm install webgpu",
    );
  });
});
