import * as tf from '@tensorflow/tfjs';

/** What a term counts in an expectation over a batch: the first axis, where there are two or more. */
export function batchWeight(terms: tf.Tensor): number {
  return terms.rank < 2 ? 1 : 1 / Math.max(1, terms.shape[0]!);
}

/** Just below float32's largest number. */
export const LARGEST = 3.4e38;

/** ±Infinity as the largest number of that sign; NaN stays. */
export function saturate<T extends tf.Tensor>(x: T, largest = LARGEST): T {
  return tf.clipByValue(x, -largest, largest);
}

/**
 * What is ≥ 0 by its definition, and below by the rounding of a difference, is 0; NaN stays. Its
 * gradient is not touched: call it where values and gradients are computed apart.
 */
export function notNegative(value: tf.Scalar, largest = LARGEST): tf.Scalar {
  return tf.clipByValue(value, 0, largest);
}
