import { checkChoice, checkKeys } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { notNegative } from './batch';
import { bind, rescale, type BandwidthRule, type BoundKernel } from './bandwidth';
import { differentiable, type ValueAndGradients } from './differentiable';
import { pullLeft, standardise } from './distances';
import { gram } from './gram';
import { checkCount, checkPaired, checkSamePoints, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName } from './kernels';
import { averageOfParts, linearTimeMmd } from './mmd-subsampled';
import { tiledMmd } from './mmd-tiles';
import { DENSE_ROWS, TILE } from './tiles';

export type MmdEstimator = 'biased' | 'unbiased' | 'linear' | 'block';

const ESTIMATORS: readonly MmdEstimator[] = ['biased', 'unbiased', 'linear', 'block'];

export interface MmdOptions {
  /** The kernel, or its name (`'wae'` is {@link imq} with WAE's seven scales). Default `'rbf'`. */
  readonly kernel?: Kernel | KernelName;
  /**
   * - `'biased'` (default): the V-statistic, ≥ 0;
   * - `'unbiased'`: the U-statistic, right on average and so sometimes negative; needs two points
   *   in each sample;
   * - `'block'`: the unbiased estimate on consecutive parts of the samples, averaged: O(n^1.5);
   * - `'linear'`: consecutive pairs of rows, O(n), the noisiest; samples of one size.
   *
   * `'block'` and `'linear'` are unbiased if the rows are in no particular order.
   */
  readonly estimator?: MmdEstimator;
  /**
   * σ of a kernel that was given none: a number, or a convention by name (see
   * {@link BandwidthRule}). Default `'median-squared'`, of both samples together.
   */
  readonly bandwidth?: number | BandwidthRule;
  /** Parts of the `'block'` estimator. Default √(size of the smaller sample), rounded down. */
  readonly parts?: number;
  /**
   * Rows of a tile. Default: everything in one up to 2,048 rows, tiles of 1,024 from there on, so
   * that memory does not grow with n·m.
   */
  readonly blockSize?: number;
}

/**
 * Squared maximum mean discrepancy between two samples (Gretton et al. 2012, eqs. 3 and 5), with
 * gradients to both.
 *
 * @param x Sample [n, p], one row a point.
 * @param y Sample [m, p].
 * @returns Scalar MMD².
 * @throws If the shapes do not fit, or a sample is too small for the estimator.
 */
export function mmd(x: tf.Tensor2D, y: tf.Tensor2D, options: MmdOptions = {}): tf.Scalar {
  checkKeys(options, ['kernel', 'estimator', 'bandwidth', 'parts', 'blockSize'], 'mmd');
  const { kernel = 'rbf', estimator = 'biased', bandwidth } = options;
  checkChoice(estimator, ESTIMATORS, 'estimator', 'mmd');
  const atLeast = estimator === 'biased' ? 1 : 2;
  checkSample(x, 'x', 'mmd', atLeast);
  checkSample(y, 'y', 'mmd', atLeast);
  checkSamePoints(x, y, 'mmd');
  if (estimator === 'linear') checkPaired(x, y, "mmd, estimator 'linear'");
  if (options.blockSize !== undefined) checkCount(options.blockSize, 'blockSize', 'mmd');
  const parts = partsOf(options.parts, Math.min(x.shape[0], y.shape[0]));
  const resolved = toKernel(kernel, 'mmd');
  if (estimator === 'linear' && resolved.metric === 'dot') {
    throw new RangeError("mmd: the linear kernel needs no 'linear' estimator; take 'unbiased'.");
  }
  return differentiable([x, y], (inputs, wantsGradients) => {
    const samples = inputs as tf.Tensor2D[];
    const bound = bind(resolved, bandwidth, samples, 'mmd');
    const full = (pair: readonly tf.Tensor2D[], unbiased: boolean) =>
      fullMmd(pair, bound, unbiased, wantsGradients, options.blockSize);
    if (estimator === 'linear') return linearTimeMmd(samples, bound, wantsGradients);
    const result =
      estimator === 'block'
        ? averageOfParts(samples, parts, wantsGradients, (pair) => full(pair, true))
        : full(samples, estimator === 'unbiased');
    const scaled = rescale(result, [bound]);
    return estimator === 'biased' ? { ...scaled, value: notNegative(scaled.value) } : scaled;
  });
}

/** All pairs: dense or by tiles, whichever suits the size. Used by the energy distance too. */
export function fullMmd(
  samples: readonly tf.Tensor2D[],
  bound: BoundKernel,
  unbiased: boolean,
  wantsGradients: boolean,
  blockSize: number | undefined,
): ValueAndGradients {
  const rows = samples[0]!.shape[0] + samples[1]!.shape[0];
  return rows <= (blockSize ?? DENSE_ROWS)
    ? denseMmd(samples, bound, unbiased, wantsGradients)
    : tiledMmd(samples, bound, unbiased, wantsGradients, blockSize ?? TILE);
}

function partsOf(parts: number | undefined, smaller: number): number {
  const count = parts ?? Math.max(1, Math.floor(Math.sqrt(smaller)));
  checkCount(count, 'parts', 'mmd');
  if (parts !== undefined && 2 * count > smaller) {
    throw new RangeError(
      `mmd: each of the ${count} parts needs two rows of each sample, the smaller has ${smaller}.`,
    );
  }
  return Math.max(1, Math.min(count, Math.floor(smaller / 2)));
}

/**
 * Both samples stacked into one, MMD² is Σᵢⱼ Wᵢⱼ k(zᵢ, zⱼ): one Gram matrix instead of three, which
 * on small batches is what the time goes to.
 */
function denseMmd(
  [x, y]: readonly tf.Tensor2D[],
  bound: BoundKernel,
  unbiased: boolean,
  wantsGradients: boolean,
): ValueAndGradients {
  const n = x!.shape[0];
  const m = y!.shape[0];
  const [z] = standardise([tf.concat([x!, y!], 0) as tf.Tensor2D], bound.unit);
  const { value: k, slope } = gram(z!, z!, bound, wantsGradients);
  // k(z, z) is known and left out of W: float32 distances of a point to itself are not quite 0.
  const inWeights = !unbiased && bound.kernel.metric === 'dot';
  const weights = mmdWeights(n, m, unbiased, inWeights);
  const diagonal = unbiased || inWeights ? 0 : bound.atZero * (1 / n + 1 / m);
  const value = tf.add(tf.sum(tf.sum(tf.mul(weights, k), 1)), diagonal) as tf.Scalar;
  if (slope === undefined) return { value };
  const pulled = pullLeft(tf.mul(weights, slope), z!, z!, bound.kernel.metric);
  const gradient = tf.mul(pulled, tf.div(2, bound.unit)) as tf.Tensor2D;
  return { value, gradients: tf.split(gradient, [n, m], 0) };
}

/** Wᵢⱼ of the stacked sample. */
function mmdWeights(n: number, m: number, unbiased: boolean, withDiagonal: boolean): tf.Tensor2D {
  const size = n + m;
  const xx = 1 / (unbiased ? n * (n - 1) : n * n);
  const yy = 1 / (unbiased ? m * (m - 1) : m * m);
  const xy = -1 / (n * m);
  const w = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    const row = i * size;
    w.fill(i < n ? xx : xy, row, row + n);
    w.fill(i < n ? xy : yy, row + n, row + size);
    if (!withDiagonal) w[row + i] = 0;
  }
  return tf.tensor2d(w, [size, size]);
}
