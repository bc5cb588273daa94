import { checkKeys, checkNumber } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { checkImages } from '../interventions/walk';

export interface CompositionOptions {
  /** After how many interventions on nothing to measure, at least 1. Default [1, 10]. */
  readonly cycles?: number | readonly number[];
  /** Images in one call of the model. Default 64. */
  readonly chunkSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * Composition: mean |x̂ − x| of a pixel in 0–255 units after interventions on nothing, each on what the
 * one before gave. 0 is perfect.
 *
 * @param model Its `counterfactual(images, {})` must be the intervention on nothing.
 * @param images [n, h, w, c] in [0, 1]. Not disposed.
 * @returns One number for each of `cycles`, in their order; a number alone for a number alone.
 * @throws OptionsError and RangeError for wrong options or pictures.
 * @see Monteiro et al., ICLR 2023; Melistas et al., NeurIPS 2024.
 */
export function composition(
  model: CounterfactualModel,
  images: tf.Tensor4D,
  options: CompositionOptions & { readonly cycles: number },
): Promise<number>;
export function composition(
  model: CounterfactualModel,
  images: tf.Tensor4D,
  options?: CompositionOptions & { readonly cycles?: readonly number[] },
): Promise<number[]>;
export async function composition(
  model: CounterfactualModel,
  images: tf.Tensor4D,
  options: CompositionOptions = {},
): Promise<number | number[]> {
  checkKeys(options, ['cycles', 'chunkSize', 'signal', 'onProgress'], 'composition');
  const { cycles = [1, 10], chunkSize = 64, signal, onProgress } = options;
  const asked = typeof cycles === 'number' ? [cycles] : cycles;
  if (asked.length === 0) throw new RangeError('composition: `cycles` must not be empty.');
  for (const n of asked) checkNumber(n, 'cycles', 'composition', { least: 1, integer: true });
  checkNumber(chunkSize, 'chunkSize', 'composition', { least: 1, integer: true });
  if (images.rank !== 4 || images.size === 0) {
    throw new RangeError(
      `composition: expected images [n, h, w, c], got [${images.shape.join(', ')}].`,
    );
  }
  const longest = Math.max(...asked);
  const [n] = images.shape;
  const sums = new Float64Array(longest + 1);
  for (let from = 0; from < n; from += chunkSize) {
    const chunk = tf.slice4d(images, [from, 0, 0, 0], [Math.min(chunkSize, n - from), -1, -1, -1]);
    let current = chunk;
    try {
      for (let cycle = 1; cycle <= longest; cycle++) {
        signal?.throwIfAborted();
        const next = await model.counterfactual(current, {});
        if (current !== chunk && next !== current) current.dispose();
        current = next;
        await checkImages('composition: counterfactual(images, {})', next, chunk);
        if (asked.includes(cycle)) sums[cycle]! += await absoluteSum(next, chunk);
      }
    } finally {
      if (current !== chunk) current.dispose();
      chunk.dispose();
    }
    onProgress?.({ done: Math.min(n, from + chunkSize), total: n });
  }
  const results = asked.map((cycle) => (255 * sums[cycle]!) / images.size);
  return typeof cycles === 'number' ? results[0]! : results;
}

async function absoluteSum(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const sum = tf.tidy(() => a.sub(b).abs().sum());
  try {
    return (await sum.data())[0]!;
  } finally {
    sum.dispose();
  }
}
