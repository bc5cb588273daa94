import * as tf from '@tensorflow/tfjs';
import { bind, type BandwidthRule, type BoundKernel } from './bandwidth';
import { biasedCentring, unbiasedCentring, type Centring } from './centring';
import { differentiable, type ValueAndGradients } from './differentiable';
import { pullLeft, standardise } from './distances';
import { gram } from './gram';
import { checkChoice, checkOptions, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName, type Profile } from './kernels';

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
  checkOptions(options, ['estimator', 'kernel', 'bandwidth', 'normalized'], 'hsic');
  return criterion(x, y, options, 'hsic');
}

/**
 * Centred kernel alignment: normalised HSIC (Cortes et al. 2012; Kornblith et al. 2019). The
 * default kernel is linear, as usual for comparing representations: 1 for two representations that
 * are rotations and rescalings of each other.
 */
export function cka(x: tf.Tensor2D, y: tf.Tensor2D, options: CkaOptions = {}): tf.Scalar {
  checkOptions(options, ['estimator', 'kernel', 'bandwidth'], 'cka');
  return criterion(x, y, { kernel: 'linear', ...options, normalized: true }, 'cka');
}

/** The two settings of something given once or per variable. */
function both<T>(setting: PerVariable<T>): readonly [T, T] {
  return Array.isArray(setting)
    ? (setting as unknown as readonly [T, T])
    : [setting as T, setting as T];
}

function criterion(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  { estimator = 'biased', kernel = 'rbf', bandwidth, normalized = false }: HsicOptions,
  caller: string,
): tf.Scalar {
  checkChoice(estimator, ['biased', 'unbiased'], 'estimator', caller);
  const atLeast = estimator === 'unbiased' ? 4 : 1;
  checkSample(x, 'x', caller, atLeast);
  checkSample(y, 'y', caller, atLeast);
  checkPaired(x, y, caller);
  const kernels = both(kernel).map((k) => toKernel(k, caller));
  const rules = both(bandwidth);
  return differentiable([x, y], (inputs, wantsGradients) => {
    const samples = inputs as tf.Tensor2D[];
    const bound = samples.map((sample, v) => {
      const k = kernels[v]!;
      // Alignment does not depend on the unit: any that keeps products within float32 will do.
      return normalized && k.metric === 'dot'
        ? { ...bind(k, rules[v], [sample], caller), unit: largestCoordinate(sample) }
        : bind(k, rules[v], [sample], caller);
    });
    const n = x.shape[0];
    const centring = estimator === 'biased' ? biasedCentring(n) : unbiasedCentring(n);
    return denseCriterion(samples, bound, centring, normalized, wantsGradients);
  });
}

function largestCoordinate(sample: tf.Tensor2D): tf.Scalar {
  const largest = tf.max(tf.abs(tf.sub(sample, tf.mean(sample, 0, true)))) as tf.Scalar;
  return tf.where(tf.greater(largest, 0), largest, tf.onesLike(largest)) as tf.Scalar;
}

/** Below this, relative to k(x, x), the spread of a Gram matrix is rounding: not divided by. */
const FLAT = 1e-6;

function denseCriterion(
  samples: readonly tf.Tensor2D[],
  bound: readonly BoundKernel[],
  centring: Centring,
  normalized: boolean,
  wantsGradients: boolean,
): ValueAndGradients {
  const points = samples.map((sample, v) => standardise([sample], bound[v]!.unit)[0]!);
  const grams = points.map((p, v) => gram(p, p, bound[v]!, wantsGradients));
  const centred = grams.map(({ value }) => centring.centre(value));
  const [kc, lc] = centred as [tf.Tensor2D, tf.Tensor2D];
  // ∂value/∂K and ∂value/∂L; centring is an orthogonal projection, so they are centred as well.
  let value: tf.Scalar;
  let sensitivities: readonly tf.Tensor2D[];
  if (normalized) {
    ({ value, sensitivities } = alignment(kc, lc, bound));
  } else {
    value = tf.mul(inner(kc, lc), centring.scale);
    sensitivities = [tf.mul(lc, centring.scale), tf.mul(kc, centring.scale)];
  }
  if (!wantsGradients) return { value };
  const gradients = points.map((p, v) => {
    const slope = (grams[v] as Required<Profile>).slope;
    const g = tf.mul(sensitivities[v]!, slope) as tf.Tensor2D;
    return tf.mul(pullLeft(g, p, p, bound[v]!.kernel.metric), tf.div(2, bound[v]!.unit));
  });
  return { value, gradients };
}

/** Sum of products, by rows first: one long float32 sum would lose digits. */
const inner = (a: tf.Tensor2D, b: tf.Tensor2D): tf.Scalar =>
  tf.sum(tf.sum(tf.mul(a, b), 1)) as tf.Scalar;

function alignment(
  kc: tf.Tensor2D,
  lc: tf.Tensor2D,
  bound: readonly BoundKernel[],
): { value: tf.Scalar; sensitivities: tf.Tensor2D[] } {
  const [kNorm, lNorm] = [kc, lc].map((matrix, v) => {
    const size = bound[v]!.kernel.metric === 'dot' ? 1 : bound[v]!.atZero;
    return tf.maximum(tf.sqrt(inner(matrix, matrix)), matrix.shape[0] * FLAT * size);
  }) as [tf.Scalar, tf.Scalar];
  const k = tf.div(kc, kNorm) as tf.Tensor2D;
  const l = tf.div(lc, lNorm) as tf.Tensor2D;
  const value = inner(k, l);
  const sensitivities = [
    tf.div(tf.sub(l, tf.mul(k, value)), kNorm) as tf.Tensor2D,
    tf.div(tf.sub(k, tf.mul(l, value)), lNorm) as tf.Tensor2D,
  ];
  return { value, sensitivities };
}
