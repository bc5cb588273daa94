import * as tf from '@tensorflow/tfjs';
import { installGradients } from '../gradients';
import type { Engine } from './engine';

interface AdapterInfo {
  readonly vendor?: string;
  readonly architecture?: string;
  readonly device?: string;
  readonly description?: string;
  readonly isFallbackAdapter?: boolean;
}

interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: AdapterInfo;
}

interface Gpu {
  requestAdapter(options?: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** The npm package `webgpu`: Dawn, the WebGPU of Chromium, as a Node addon. */
interface Dawn {
  create(options: string[]): Gpu;
  readonly globals: Record<string, unknown>;
}

interface Globals {
  navigator?: { gpu?: Gpu };
  readonly process?: { readonly versions?: { readonly node?: string } };
}

const host = globalThis as Globals;
const inNode = (): boolean => host.process?.versions?.node !== undefined;

/** Imports an optional package that bundlers need not find. */
const optional = (specifier: string): Promise<unknown> =>
  import(/* webpackIgnore: true */ /* @vite-ignore */ specifier);

/** Renderers on the CPU, by what they call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

interface Found {
  readonly software: boolean;
  readonly name: string;
  /** Puts what tfjs-backend-webgpu looks for on the global object, where Node has no WebGPU. */
  provide(): void;
}

/** The program's own WebGPU, or in Node that of the npm package `webgpu`. */
async function findGpu(): Promise<{ gpu: Gpu; provide(): void }> {
  const { gpu } = host.navigator ?? {};
  if (gpu) return { gpu, provide: () => {} };
  if (!inNode()) throw new Error('There is no navigator.gpu here.');
  let dawn: Dawn;
  try {
    dawn = (await optional('webgpu')) as Dawn;
  } catch (cause) {
    throw new Error(
      'WebGPU in Node comes from npm: npm install webgpu @tensorflow/tfjs-backend-webgpu.',
      { cause },
    );
  }
  const made = dawn.create([]);
  const provide = (): void => {
    for (const [name, value] of Object.entries(dawn.globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    const own = { value: made, configurable: true };
    if (host.navigator) Object.defineProperty(host.navigator, 'gpu', own);
    else {
      const navigator = { value: Object.defineProperty({}, 'gpu', own), configurable: true };
      Object.defineProperty(globalThis, 'navigator', navigator);
    }
  };
  return { gpu: made, provide };
}

async function findAdapter(): Promise<Found> {
  const { gpu, provide } = await findGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU found no adapter.');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ');
  const software = Boolean(adapter.isFallbackAdapter || isFallbackAdapter || SOFTWARE.test(name));
  return { software, name, provide };
}

/** Makes sure that tfjs-backend-webgpu has registered itself, which it does where there is a GPU. */
async function findBackend(): Promise<void> {
  if (tf.findBackendFactory('webgpu')) return;
  const wanted =
    'install @tensorflow/tfjs-backend-webgpu' +
    (inNode() ? '.' : " and import '@tensorflow/tfjs-backend-webgpu' before setupEngine().");
  const missing = `WebGPU is there, its tfjs backend is not: ${wanted}`;
  if (!inNode()) throw new Error(missing);
  try {
    await optional('@tensorflow/tfjs-backend-webgpu');
  } catch (cause) {
    throw new Error(missing, { cause });
  }
  if (!tf.findBackendFactory('webgpu')) {
    throw new Error(
      '@tensorflow/tfjs-backend-webgpu was imported before setupEngine(): import it after.',
    );
  }
}

let device = 'GPU, WebGPU';

/** A GPU through WebGPU: in browsers, and in Node by the npm package `webgpu`. */
export const webgpu: Engine = {
  name: 'webgpu',
  get device() {
    return device;
  },
  async probe() {
    const { software, name, provide } = await findAdapter();
    if (software) {
      throw new Error(
        `WebGPU has only a software adapter (${name || 'unnamed'}); wasm is faster. ` +
          "setupEngine({ engine: 'webgpu' }) takes it all the same.",
      );
    }
    provide();
    await findBackend();
  },
  async present() {
    const { provide } = await findAdapter();
    provide();
    await findBackend();
  },
  async start() {
    const { software, name } = await findAdapter();
    installGradients();
    if (!(await tf.setBackend('webgpu'))) throw new Error('The webgpu engine did not start.');
    device = `${software ? 'CPU by a software adapter' : 'GPU'}, WebGPU${name && ` (${name})`}`;
    return 1;
  },
};
