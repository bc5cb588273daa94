import * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';
import { distances } from './distances';
import type { Profile } from './kernels';

/**
 * The kernel between standardised points (see `standardise`, in the kernel's unit) and, when asked,
 * its derivative by their distance in that unit.
 */
export function gram(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  bound: BoundKernel,
  withSlope: boolean,
): Profile {
  const t = distances(a, b, bound.kernel.metric);
  const profile = profileOf(t, bound, withSlope);
  t.dispose();
  return profile;
}

/** The kernel as a function of distances in its unit, all length scales together. */
export function profileOf(
  t: tf.Tensor2D,
  { kernel, ratios }: BoundKernel,
  withSlope: boolean,
): Profile {
  if (ratios.length === 1) return kernel.profile(t, withSlope);
  const weight = kernel.reduce === 'mean' ? 1 / ratios.length : 1;
  const values: tf.Tensor2D[] = [];
  const slopes: tf.Tensor2D[] = [];
  for (const ratio of ratios) {
    const term = kernel.profile(ratio === 1 ? t : tf.mul(t, 1 / ratio), withSlope);
    values.push(term.value);
    if (term.slope) slopes.push(tf.mul(term.slope, weight / ratio));
  }
  const value = tf.addN(values);
  return {
    value: weight === 1 ? value : tf.mul(value, weight),
    ...(withSlope ? { slope: tf.addN(slopes) } : {}),
  };
}
