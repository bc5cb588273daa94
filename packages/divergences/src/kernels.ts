import { checkChoice, checkKeys } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { checkPositive } from './inputs';

/** What a kernel is a function of: ‖x−y‖², ‖x−y‖₁ or, {@link linear} only, x·y (of centred points). */
export type Metric = 'squared-euclidean' | 'manhattan' | 'dot';

/**
 * A kernel that depends on the distance alone (or, for `linear`, is the product): k(x, y) = Σₖ f(tₖ)
 * (or the mean over k), where tₖ = ‖x−y‖²/ℓₖ² (squared Euclidean metric) or ‖x−y‖₁/ℓₖ (Manhattan), f(0) = 1, and ℓₖ are its
 * length scales. Made by {@link rbf}, {@link laplacian}, {@link imq}, {@link rationalQuadratic};
 * anything of this shape works.
 */
export interface Kernel {
  readonly name: string;
  readonly metric: Metric;
  /** The length scales ℓₖ for points of this dimension, in units of the bandwidth σ. */
  readonly lengths: (dimension: number) => readonly number[];
  /** σ where the kernel fixes it; without it, σ comes from the `bandwidth` option. */
  readonly sigma?: number;
  /** Whether the terms are summed or averaged over the length scales. */
  readonly reduce: 'sum' | 'mean';
  /** f(t) and, when asked, f′(t), element by element, for t ≥ 0. */
  readonly profile: (t: tf.Tensor2D, withSlope: boolean) => Profile;
}

/** A kernel's value, and its derivative by the (scaled) distance. */
export interface Profile {
  readonly value: tf.Tensor2D;
  readonly slope?: tf.Tensor2D;
}

export type KernelName = 'rbf' | 'laplacian' | 'imq' | 'rational-quadratic' | 'wae' | 'linear';

export interface RbfOptions {
  /**
   * Bandwidth σ > 0 in the units of the data, or several, whose kernels are added. Left out, it
   * comes from the `bandwidth` option of the divergence.
   */
  readonly sigma?: number | readonly number[];
  /** Several bandwidths: `'sum'` (default) or `'mean'` of their kernels. */
  readonly reduce?: 'sum' | 'mean';
}

export type LaplacianOptions = RbfOptions;

export interface RationalQuadraticOptions extends RbfOptions {
  /** Tail weight α > 0 (default 1); α → ∞ is the RBF kernel. */
  readonly alpha?: number;
}

export interface ImqOptions {
  /**
   * Scales s of C_s = 2·p·σ²·s, p the dimension of the points. Default: WAE's seven,
   * .1, .2, .5, 1, 2, 5, 10.
   */
  readonly scales?: readonly number[];
  /** σ², the variance of the prior in each coordinate. Default 1. */
  readonly variance?: number;
  /** The constants C themselves, one or several, instead of `scales` and `variance`. */
  readonly c?: number | readonly number[];
  /** Several scales: `'sum'` (default, as WAE does) or `'mean'`. */
  readonly reduce?: 'sum' | 'mean';
}

const listOf = (value: number | readonly number[], name: string, caller: string): number[] => {
  if (typeof value !== 'number' && !Array.isArray(value)) checkPositive(value, name, caller);
  const list = typeof value === 'number' ? [value] : [...value];
  if (list.length === 0) throw new RangeError(`${caller}: ${name} is empty.`);
  for (const item of list) checkPositive(item, name, caller);
  return list;
};

function radial(
  name: string,
  metric: Metric,
  { sigma, reduce = 'sum' }: RbfOptions,
  lengthPerSigma: number,
  profile: Kernel['profile'],
): Kernel {
  checkChoice(reduce, ['sum', 'mean'], 'reduce', name);
  if (sigma === undefined) {
    return { name, metric, lengths: () => [lengthPerSigma], reduce, profile };
  }
  const lengths = listOf(sigma, 'sigma', name).map((s) => s * lengthPerSigma);
  return { name, metric, lengths: () => lengths, sigma: 1, reduce, profile };
}

const exponential: Kernel['profile'] = (t, withSlope) => {
  const value = tf.exp(tf.neg(t)) as tf.Tensor2D;
  return withSlope ? { value, slope: tf.neg(value) } : { value };
};

/**
 * Gaussian kernel exp(−‖x−y‖²/2σ²).
 * @param options `sigma`: σ, or several; left out, the `bandwidth` option decides.
 */
export function rbf(options: RbfOptions = {}): Kernel {
  checkKeys(options, ['sigma', 'reduce'], 'rbf');
  return radial('rbf', 'squared-euclidean', options, Math.SQRT2, exponential);
}

/**
 * Laplacian kernel exp(−‖x−y‖₁/σ) (L1 distance, as scikit-learn's with γ = 1/σ).
 * @param options `sigma`: σ, or several; left out, the `bandwidth` option decides.
 */
export function laplacian(options: LaplacianOptions = {}): Kernel {
  checkKeys(options, ['sigma', 'reduce'], 'laplacian');
  return radial('laplacian', 'manhattan', options, 1, exponential);
}

/** Rational quadratic kernel (1 + ‖x−y‖²/(2ασ²))^−α. */
export function rationalQuadratic(options: RationalQuadraticOptions = {}): Kernel {
  checkKeys(options, ['sigma', 'reduce', 'alpha'], 'rationalQuadratic');
  const { alpha = 1 } = options;
  checkPositive(alpha, 'alpha', 'rationalQuadratic');
  const name = 'rational-quadratic';
  return radial(name, 'squared-euclidean', options, Math.sqrt(2 * alpha), (t, withSlope) => {
    const base = tf.add(t, 1) as tf.Tensor2D;
    const value = alpha === 1 ? tf.reciprocal(base) : tf.pow(base, -alpha);
    return withSlope
      ? { value: value as tf.Tensor2D, slope: tf.mul(tf.div(value, base), -alpha) as tf.Tensor2D }
      : { value: value as tf.Tensor2D };
  });
}

/**
 * Inverse multiquadric kernel Σ_s C_s/(C_s + ‖x−y‖²). Without options it is the kernel of WAE
 * (Tolstikhin et al. 2018, appendix): seven scales, C_s = 2·p·σ²·s for a prior N(0, σ²I).
 */
export function imq(options: ImqOptions = {}): Kernel {
  checkKeys(options, ['scales', 'variance', 'c', 'reduce'], 'imq');
  const { scales = [0.1, 0.2, 0.5, 1, 2, 5, 10], variance, c, reduce = 'sum' } = options;
  checkChoice(reduce, ['sum', 'mean'], 'reduce', 'imq');
  if (c !== undefined && (options.scales !== undefined || variance !== undefined)) {
    throw new TypeError('imq: give either c or scales and variance, not both.');
  }
  if (variance !== undefined) checkPositive(variance, 'variance', 'imq');
  const constants = c === undefined ? undefined : listOf(c, 'c', 'imq');
  const factors = listOf(scales, 'scales', 'imq');
  return {
    name: 'imq',
    metric: 'squared-euclidean',
    lengths: (p) => (constants ?? factors.map((s) => 2 * p * s)).map(Math.sqrt),
    sigma: constants === undefined ? Math.sqrt(variance ?? 1) : 1,
    reduce,
    profile: (t, withSlope) => {
      const value = tf.reciprocal(tf.add(t, 1)) as tf.Tensor2D;
      return withSlope ? { value, slope: tf.neg(tf.square(value)) } : { value };
    },
  };
}

/**
 * Linear kernel x·y, of points moved to the centre of the sample (which changes neither MMD nor
 * HSIC). MMD² is then ‖mean x − mean y‖², HSIC the squared Frobenius norm of the cross-covariance:
 * both see linear differences and dependences only. Values beyond float32 are ±3.4e38.
 */
export function linear(): Kernel {
  return {
    name: 'linear',
    metric: 'dot',
    lengths: () => [1],
    sigma: 1,
    reduce: 'sum',
    profile: (t, withSlope) =>
      withSlope ? { value: tf.clone(t), slope: tf.onesLike(t) } : { value: tf.clone(t) },
  };
}

const byName: Readonly<Record<KernelName, () => Kernel>> = {
  rbf,
  laplacian,
  imq,
  'rational-quadratic': rationalQuadratic,
  wae: imq,
  linear,
};

/** A kernel given as such or by name. */
export function toKernel(kernel: Kernel | KernelName, caller: string): Kernel {
  if (typeof (kernel as Partial<Kernel> | null)?.profile === 'function') return kernel as Kernel;
  checkChoice(kernel, Object.keys(byName) as KernelName[], 'kernel', caller);
  return byName[kernel as KernelName]();
}
