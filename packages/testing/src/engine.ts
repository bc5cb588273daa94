import { setupEngine } from '@causal/backend';

type EngineName = 'tensorflow' | 'onnxruntime' | 'webgpu' | 'wasm' | 'cpu';

/** The engine this test process runs on: CAUSAL_ENGINE, or wasm. One engine per process. */
export const testEngine = (process.env['CAUSAL_ENGINE'] ?? 'wasm') as EngineName;

/** Sets the engine up before the tests of a file: call it once at the top of the file. */
export function useEngine(): void {
  beforeAll(async () => {
    await setupEngine({ engine: testEngine });
  });
}
