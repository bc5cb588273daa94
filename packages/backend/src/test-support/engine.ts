import * as tf from '@tensorflow/tfjs';
import { setupEngine, type EngineName } from '../setup';

/** The engine under test: CAUSAL_ENGINE, or wasm. (@causal/testing has the same for packages above.) */
export const testEngine = (process.env['CAUSAL_ENGINE'] ?? 'wasm') as EngineName;

/** Sets the engine up before the tests of a file. */
export function useEngine(): void {
  beforeAll(async () => {
    await setupEngine({ engine: testEngine });
  });
}

/** How many tensors `body` leaves behind. */
export async function countTensors(body: () => unknown): Promise<number> {
  const before = tf.memory().numTensors;
  await body();
  return tf.memory().numTensors - before;
}
