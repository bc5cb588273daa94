import { checkChoice, checkFlag, checkKeys } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';
import { notNegative } from './batch';
import { bind, rescale, type BandwidthRule } from './bandwidth';
import { differentiable } from './differentiable';
import { tiledCriterion } from './hsic-tiles';
import { checkCount, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName } from './kernels';
import { DENSE_ROWS, TILE } from './tiles';

export type HsicEstimator = 'biased' | 'unbiased';

/** One setting for both variables, or one for each: `[for x, for y]`. */
export type PerVariable<T> = T | readonly [T, T];

export interface HsicOptions {
  /** `'biased'` (default): tr(KHLH)/n², ≥ 0. `'unbiased'` (Song et al. 2012): needs n ≥ 4. */
  readonly estimator?: HsicEstimator;
  /** Kernel of both variables, or of each. Default `'rbf'`. */
  readonly kernel?: PerVariable<Kernel | KernelName>;
  /**
   * σ of kernels that were given none: a number or a named rule, for both or each. A rule is
   * applied to each variable by itself. Default `'median-squared'`.
   */
  readonly bandwidth?: PerVariable<number | BandwidthRule>;
  /** Divide by √(HSIC(x, x)·HSIC(y, y)): between 0 and 1 (biased). Default false. */
  readonly normalized?: boolean;
  /**
   * Rows of a tile. Default: one tile up to 2,048 rows, tiles of 1,024 from there on, so that
   * memory does not grow with n².
   */
  readonly blockSize?: number;
}

/** Options of {@link cka}: those of {@link hsic} but `normalized`. */
export type CkaOptions = Omit<HsicOptions, 'normalized'>;

/**
 * Hilbert–Schmidt independence criterion of paired samples (Gretton et al. 2005; unbiased: Song et
 * al. 2012, eq. 5), with gradients to both. Zero in the limit, for RBF, Laplacian, IMQ and rational
 * quadratic kernels, exactly when x and y are independent.
 *
 * @param x Sample [n, p]; row i was observed together with row i of y.
 * @param y Sample [n, q].
 * @returns Scalar. Constant data give 0, also when normalised.
 * @throws If the shapes do not fit or n is too small (1, unbiased 4).
 */
export function hsic(x: tf.Tensor2D, y: tf.Tensor2D, options: HsicOptions = {}): tf.Scalar {
  checkKeys(options, ['estimator', 'kernel', 'bandwidth', 'normalized', 'blockSize'], 'hsic');
  return criterion(x, y, options, 'hsic');
}

/**
 * Centred kernel alignment: normalised HSIC (Cortes et al. 2012; Kornblith et al. 2019). The
 * default kernel is linear, as usual for comparing representations: 1 for two representations that
 * are rotations and rescalings of each other.
 */
export function cka(x: tf.Tensor2D, y: tf.Tensor2D, options: CkaOptions = {}): tf.Scalar {
  checkKeys(options, ['estimator', 'kernel', 'bandwidth', 'blockSize'], 'cka');
  return criterion(x, y, { kernel: 'linear', ...options, normalized: true }, 'cka');
}

/** The two settings of something given once or per variable. */
export function both<T>(setting: PerVariable<T>, name: string, caller: string): readonly [T, T] {
  if (Array.isArray(setting) && setting.length !== 2) {
    throw new RangeError(
      `${caller}: \`${name}\` must be one setting or one for each of x and y, got ${setting.length}.`,
    );
  }
  return Array.isArray(setting)
    ? (setting as unknown as readonly [T, T])
    : [setting as T, setting as T];
}

function criterion(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  { estimator = 'biased', kernel = 'rbf', bandwidth, normalized = false, blockSize }: HsicOptions,
  caller: string,
): tf.Scalar {
  if (blockSize !== undefined) checkCount(blockSize, 'blockSize', caller);
  checkFlag(normalized, 'normalized', caller);
  checkChoice(estimator, ['biased', 'unbiased'], 'estimator', caller);
  const atLeast = estimator === 'unbiased' ? 4 : 1;
  checkSample(x, 'x', caller, atLeast);
  checkSample(y, 'y', caller, atLeast);
  checkPaired(x, y, caller);
  const kernels = both(kernel, 'kernel', caller).map((k) => toKernel(k, caller));
  const rules = both(bandwidth, 'bandwidth', caller);
  return differentiable([x, y], (inputs, wantsGradients) => {
    const samples = inputs as tf.Tensor2D[];
    const bound = samples.map((sample, v) => bind(kernels[v]!, rules[v], [sample], caller));
    const rows = blockSize ?? (x.shape[0] <= DENSE_ROWS ? DENSE_ROWS : TILE);
    const result = tiledCriterion(samples, bound, {
      unbiased: estimator === 'unbiased',
      normalized,
      wantsGradients,
      blockSize: rows,
    });
    // Alignment does not depend on the scale.
    const scaled = normalized ? result : rescale(result, bound);
    if (estimator === 'unbiased') return scaled;
    return { ...scaled, value: notNegative(scaled.value, normalized ? 1 : undefined) };
  });
}
