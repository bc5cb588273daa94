import * as tf from '@tensorflow/tfjs';

import { createRng } from '@causal/random';
import { setupEngine } from '../setup';
import { testEngine } from './engine';

/** Random numbers of a shape, the same on every engine. */
export function randomTensor(shape: number[], seed: number, scale = 1): tf.Tensor {
  const values = createRng(seed).normals(tf.util.sizeFromShape(shape));
  return tf.tensor(scale === 1 ? values : values.map((v) => v * scale), shape);
}

/** Runs `f` on an engine and takes its results to the host; leaves no tensor behind. */
async function resultsOn(
  engine: 'cpu' | typeof testEngine,
  f: () => tf.Tensor | tf.Tensor[],
): Promise<{ values: ArrayLike<number>; shape: number[]; dtype: string }[]> {
  await setupEngine({ engine });
  return tf.tidy(() => {
    const result = f();
    const tensors = Array.isArray(result) ? result : [result];
    // The empty wrapper keeps tidy from walking the typed arrays.
    return tensors.map((t) => ({
      values: t.dataSync(),
      shape: [...t.shape],
      dtype: t.dtype,
    })) as unknown as tf.TensorContainer;
  }) as unknown as { values: ArrayLike<number>; shape: number[]; dtype: string }[];
}

/**
 * Expects the engine under test to give what tfjs's own `cpu` engine gives, to `tolerance` relative
 * to the largest number of each result.
 */
export async function expectAsOnCpu(
  f: () => tf.Tensor | tf.Tensor[],
  tolerance = 2e-5,
): Promise<void> {
  const expected = await resultsOn('cpu', f);
  const before = tf.engine().state.numTensors;
  const actual = await resultsOn(testEngine, f);
  expect(tf.engine().state.numTensors).toBe(before);
  expect(actual.map((r) => [r.shape, r.dtype])).toEqual(expected.map((r) => [r.shape, r.dtype]));
  expected.forEach(({ values }, i) => {
    const got = actual[i]!.values;
    let scale = 1e-3;
    for (let j = 0; j < values.length; j++) scale = Math.max(scale, Math.abs(values[j]!));
    for (let j = 0; j < values.length; j++) {
      const difference = Math.abs(got[j]! - values[j]!);
      if (!(difference <= tolerance * scale) && !Object.is(got[j], values[j])) {
        throw new Error(
          `result ${i} of shape [${actual[i]!.shape}] at ${j}: got ${got[j]}, expected ${values[j]}`,
        );
      }
    }
  });
}
