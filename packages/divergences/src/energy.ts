import { checkChoice, checkKeys } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { notNegative } from './batch';
import { largestCoordinate, type BoundKernel } from './bandwidth';
import { differentiable } from './differentiable';
import { checkCount, checkSamePoints, checkSample } from './inputs';
import type { Kernel } from './kernels';
import { fullMmd } from './mmd';

export interface EnergyDistanceOptions {
  /** `'biased'` (default; V-statistic, ≥ 0) or `'unbiased'` (U-statistic). */
  readonly estimator?: 'biased' | 'unbiased';
  /** Rows of a tile, as in {@link mmd}. */
  readonly blockSize?: number;
}

/** −‖x−y‖: MMD² with this (conditionally positive) kernel is the energy distance. */
const negativeDistance: Kernel = {
  name: 'energy',
  metric: 'squared-euclidean',
  lengths: () => [1],
  reduce: 'sum',
  profile: (t, withSlope) => {
    const distance = tf.sqrt(t);
    // Equal points: no direction, no pull (the subgradient 0), never 0/0.
    return withSlope
      ? {
          value: tf.neg(distance),
          slope: tf.where(tf.greater(t, 0), tf.div(-0.5, distance), tf.zerosLike(t)) as tf.Tensor2D,
        }
      : { value: tf.neg(distance) };
  },
};

/**
 * Energy distance 2E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ (Székely & Rizzo 2013), with gradients to both
 * samples. No bandwidth to choose; scales with the data.
 *
 * @param x Sample [n, p].
 * @param y Sample [m, p].
 * @throws If the shapes do not fit, or `'unbiased'` has fewer than two rows.
 */
export function energyDistance(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: EnergyDistanceOptions = {},
): tf.Scalar {
  checkKeys(options, ['estimator', 'blockSize'], 'energyDistance');
  const { estimator = 'biased', blockSize } = options;
  checkChoice(estimator, ['biased', 'unbiased'], 'estimator', 'energyDistance');
  const unbiased = estimator === 'unbiased';
  checkSample(x, 'x', 'energyDistance', unbiased ? 2 : 1);
  checkSample(y, 'y', 'energyDistance', unbiased ? 2 : 1);
  checkSamePoints(x, y, 'energyDistance');
  if (blockSize !== undefined) checkCount(blockSize, 'blockSize', 'energyDistance');
  return differentiable([x, y], (inputs, wantsGradients) => {
    const samples = inputs as tf.Tensor2D[];
    const unit = largestCoordinate(tf.concat(samples, 0) as tf.Tensor2D);
    const bound: BoundKernel = { kernel: negativeDistance, unit, ratios: [1], atZero: 0 };
    const result = fullMmd(samples, bound, unbiased, wantsGradients, blockSize);
    const value = tf.mul(result.value, unit) as tf.Scalar;
    return {
      value: unbiased ? value : notNegative(value),
      ...(result.gradients ? { gradients: result.gradients.map((g) => tf.mul(g, unit)) } : {}),
    };
  });
}
