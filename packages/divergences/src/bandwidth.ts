import { checkChoice } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { saturate } from './batch';
import type { ValueAndGradients } from './differentiable';
import { distances, standardise } from './distances';
import { checkPositive, checkSample } from './inputs';
import type { Kernel, Metric } from './kernels';
import { offDiagonalMask } from './tiles';

/**
 * Named conventions for σ from the data, d over all pairs of different rows (of x and y pooled for
 * MMD; of each variable by itself for HSIC), in the kernel's own metric (L2; L1 for the Laplacian):
 * - `'median-squared'`: σ² = median(d²).
 * - `'half-median-squared'`: σ² = median(d²)/2, so that the RBF kernel is exp(−d²/median(d²))
 *   (Gretton's code).
 * - `'median-log'`: σ² = median(d²)/(2 log(n + 1)) (Stein variational gradient descent).
 * - `'mean-squared'`: σ² = mean(d²).
 *
 * At most 512 evenly spaced rows are looked at. Where the median is 0 (more than half of the pairs
 * are equal) the mean is taken; where that is 0 too (constant data) or σ would be below 1e-36,
 * σ = 1. No gradient flows through σ.
 */
export type BandwidthRule =
  'median-squared' | 'half-median-squared' | 'median-log' | 'mean-squared';

const BANDWIDTH_RULES: readonly BandwidthRule[] = [
  'median-squared',
  'half-median-squared',
  'median-log',
  'mean-squared',
];

const MAX_ROWS = 512;

/**
 * Spreads below this count as none. Near float32's smallest normal number, 1.2e-38, engines differ:
 * tensorflow takes what is below for 0 in products, but not in comparisons, and a division by such a
 * length is 0/0.
 */
const NO_SPREAD = 1e-36;

/** σ by the named rule, as a scalar tensor: nothing is read back from the device. */
export function bandwidthOf(
  samples: readonly tf.Tensor2D[],
  rule: BandwidthRule,
  metric: Metric = 'squared-euclidean',
): tf.Scalar {
  checkChoice(rule, BANDWIDTH_RULES, 'bandwidth', 'bandwidthOf');
  if (!Array.isArray(samples) || samples.length === 0) {
    throw new TypeError('bandwidthOf: give a list of samples: [x], or [x, y] to pool them.');
  }
  samples.forEach((sample, i) => checkSample(sample, `sample ${i}`, 'bandwidthOf'));
  return tf.tidy(() => {
    const pooled = samples.length === 1 ? samples[0]! : (tf.concat([...samples], 0) as tf.Tensor2D);
    const points = thin(pooled);
    const n = points.shape[0];
    if (n < 2) return tf.scalar(1);
    // In units of the largest coordinate, so that neither 1e-20 nor 1e20 leaves float32.
    const unit = largestCoordinate(points);
    const [scaled] = standardise([points], unit);
    const raw = distances(scaled!, scaled!, metric);
    const offDiagonal = tf.mul(metric === 'manhattan' ? tf.square(raw) : raw, offDiagonalMask(n));
    const mean = tf.div(tf.sum(offDiagonal), n * (n - 1)) as tf.Scalar;
    let squared = rule === 'mean-squared' ? mean : medianOfPairs(offDiagonal as tf.Tensor2D);
    squared = tf.where(tf.greater(squared, 0), squared, mean) as tf.Scalar;
    if (rule === 'half-median-squared') squared = tf.mul(squared, 0.5);
    if (rule === 'median-log') {
      squared = tf.mul(squared, 1 / (2 * Math.log(pooled.shape[0] + 1)));
    }
    const sigma = tf.mul(tf.sqrt(squared), unit);
    return orOne(sigma as tf.Scalar);
  });
}

/** The largest coordinate of the centred sample, or 1 if it is constant (to 1e-36). */
export function largestCoordinate(sample: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const largest = tf.max(tf.abs(tf.sub(sample, tf.mean(sample, 0, true)))) as tf.Scalar;
    return orOne(largest);
  });
}

const orOne = (length: tf.Scalar): tf.Scalar =>
  tf.where(tf.greater(length, NO_SPREAD), length, tf.onesLike(length)) as tf.Scalar;

function thin(points: tf.Tensor2D): tf.Tensor2D {
  const n = points.shape[0];
  if (n <= MAX_ROWS) return points;
  const rows = Int32Array.from({ length: MAX_ROWS }, (_, i) => Math.floor((i * n) / MAX_ROWS));
  return tf.gather(points, tf.tensor1d(rows, 'int32'));
}

/**
 * Median over i < j of a symmetric matrix with a zero diagonal. Every pair is there twice, so the
 * pair of rank r from the top stands at 2r and 2r + 1 among the sorted entries.
 */
function medianOfPairs(squared: tf.Tensor2D): tf.Scalar {
  const n = squared.shape[0];
  const pairs = (n * (n - 1)) / 2;
  const low = Math.floor(pairs / 2);
  const { values } = tf.topk(tf.reshape(squared, [n * n]), 2 * low + 1, true);
  const top = tf.slice1d(values as tf.Tensor1D, 2 * low, 1);
  if (pairs % 2 === 1) return tf.reshape(top, []);
  const above = tf.slice1d(values as tf.Tensor1D, 2 * low - 2, 1);
  return tf.reshape(tf.mul(tf.add(top, above), 0.5), []);
}

/** A kernel with its bandwidth settled: distances in `unit`s, and each term's t = distance/ratio. */
export interface BoundKernel {
  readonly kernel: Kernel;
  readonly unit: number | tf.Scalar;
  readonly ratios: readonly number[];
  /** k(x, x). */
  readonly atZero: number;
  /** Of products (`'dot'`): those of points in `unit`s are multiplied by this twice. */
  readonly scale?: tf.Scalar;
}

/**
 * Settles the bandwidth of a kernel for these samples.
 * @param bandwidth σ as a number, or a named rule. Only for a kernel that does not fix its own.
 */
export function bind(
  kernel: Kernel,
  bandwidth: number | BandwidthRule | undefined,
  samples: readonly tf.Tensor2D[],
  caller: string,
): BoundKernel {
  const lengths = kernel.lengths(samples[0]!.shape[1]);
  const reference = lengths[0]!;
  const exponent = kernel.metric === 'manhattan' ? 1 : 2;
  const ratios = lengths.map((length) => (length / reference) ** exponent);
  const atZero = kernel.reduce === 'mean' ? 1 : ratios.length;
  let sigma: number | tf.Scalar;
  if (kernel.sigma !== undefined) {
    if (bandwidth !== undefined) {
      throw new TypeError(
        `${caller}: bandwidth is given, but the kernel '${kernel.name}' has its own; leave one of them out.`,
      );
    }
    sigma = kernel.sigma;
  } else if (typeof bandwidth === 'number') {
    checkPositive(bandwidth, 'bandwidth', caller);
    sigma = bandwidth;
  } else {
    const rule = bandwidth ?? 'median-squared';
    checkChoice(rule, BANDWIDTH_RULES, 'bandwidth', caller);
    sigma = bandwidthOf(samples, rule, kernel.metric);
  }
  if (kernel.metric === 'dot') {
    // Squares of 1e20 are not float32's: products are taken of points of about 1.
    const scale = largestCoordinate(tf.concat([...samples], 0) as tf.Tensor2D);
    return { kernel, unit: scale, ratios, atZero, scale };
  }
  const unit = typeof sigma === 'number' ? sigma * reference : tf.mul(sigma, reference);
  return { kernel, unit: unit as number | tf.Scalar, ratios, atZero };
}

/** A result of products of kernels between points in units, as it is for the points themselves. */
export function rescale(
  { value, gradients }: ValueAndGradients,
  bound: readonly BoundKernel[],
): ValueAndGradients {
  const scales = bound.flatMap(({ scale }) => scale ?? []);
  if (scales.length === 0) return { value, ...(gradients && { gradients }) };
  const scale = saturate(scales.reduce((a, b) => tf.mul(a, b)));
  const rescaled = <T extends tf.Tensor>(x: T): T => saturate(tf.mul(tf.mul(x, scale), scale) as T);
  return { value: rescaled(value), ...(gradients && { gradients: gradients.map(rescaled) }) };
}
