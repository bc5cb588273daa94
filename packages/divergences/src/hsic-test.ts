import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { bind, type BandwidthRule } from './bandwidth';
import { standardise } from './distances';
import { gammaTail } from './gamma';
import { gram } from './gram';
import { both, type PerVariable } from './hsic';
import { checkChoice, checkCount, checkOptions, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName } from './kernels';

export interface HsicTestOptions {
  /**
   * `'permutation'` (default): exact level whatever n, O(n²) for each permutation. `'gamma'`: the
   * null distribution as a gamma distribution with the right mean and variance (Gretton et al.
   * 2008), O(n²) once, an approximation for large n (needs n ≥ 6).
   */
  readonly method?: 'permutation' | 'gamma';
  /** Kernel of both variables, or of each. Default `'rbf'`. */
  readonly kernel?: PerVariable<Kernel | KernelName>;
  /** σ of kernels that were given none, as in {@link hsic}. */
  readonly bandwidth?: PerVariable<number | BandwidthRule>;
  /** Random permutations. Default 499. */
  readonly permutations?: number;
  /** Generator of the permutations. */
  readonly rng?: Rng;
  /** Seed of the permutations where no `rng` is given. Default 0. */
  readonly seed?: number | string;
  /** Stops the permutations; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second with the share of the permutations done. */
  readonly onProgress?: (done: number) => void;
}

export interface HsicTestResult {
  /** Biased HSIC. */
  readonly statistic: number;
  /** Probability, were x and y independent, of a statistic this large or larger. */
  readonly pValue: number;
  /** HSIC of each permutation, in the order drawn (permutation method). */
  readonly permuted?: Float64Array;
}

const KNOWN = [
  'method', 'kernel', 'bandwidth', 'permutations', 'rng', 'seed', 'signal', 'onProgress',
]; // prettier-ignore

/**
 * Tests whether x and y, observed together, are independent. Gram matrices are computed once and
 * held on the host (4n² bytes each); permutations permute indices.
 *
 * @param x Sample [n, p]. @param y Sample [n, q].
 * @throws If the shapes do not fit, n is below 2 (gamma: 6), or a number is not finite.
 */
export async function hsicTest(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: HsicTestOptions = {},
): Promise<HsicTestResult> {
  checkOptions(options, KNOWN, 'hsicTest');
  const { method = 'permutation', kernel = 'rbf', bandwidth, permutations = 499 } = options;
  checkChoice(method, ['permutation', 'gamma'], 'method', 'hsicTest');
  checkCount(permutations, 'permutations', 'hsicTest');
  const atLeast = method === 'gamma' ? 6 : 2;
  checkSample(x, 'x', 'hsicTest', atLeast);
  checkSample(y, 'y', 'hsicTest', atLeast);
  checkPaired(x, y, 'hsicTest');
  options.signal?.throwIfAborted();
  const n = x.shape[0];
  const kernels = both(kernel).map((k) => toKernel(k, 'hsicTest'));
  if (method === 'gamma' && kernels.some((k) => k.metric === 'dot')) {
    throw new RangeError(
      "hsicTest: the gamma method needs k(x, x) = 1; the kernel 'linear' has not.",
    );
  }
  const matrices = await Promise.all(
    [x, y].map(async (sample, v) => {
      let scale = 1;
      const values = tf.tidy(() => {
        const bound = bind(kernels[v]!, both(bandwidth)[v], [sample], 'hsicTest');
        const [points] = standardise([sample], bound.unit) as [tf.Tensor2D];
        const k = gram(points, points, bound, false).value;
        if (kernels[v]!.metric !== 'dot') scale = bound.atZero;
        return tf.mul(k, 1 / scale);
      });
      const data = await values.data<'float32'>();
      values.dispose();
      // Comparisons with NaN are false: it would look like the strongest dependence there is.
      if (!data.every(Number.isFinite)) {
        throw new RangeError(
          `hsicTest: ${['x', 'y'][v]} holds a number that is not finite, or its kernel leaves float32.`,
        );
      }
      return { raw: data, scale };
    }),
  );
  const [k, l] = matrices as [(typeof matrices)[0], (typeof matrices)[0]];
  const unit = k.scale * l.scale;
  const centred = centre(k.raw, n);
  const identity = Int32Array.from({ length: n }, (_, i) => i);
  const statistic = permutedSum(centred, l.raw, identity, n) / (n * n);
  if (method === 'gamma') {
    return { statistic: statistic * unit, pValue: gammaPValue(k.raw, l.raw, statistic, n) };
  }
  const rng = options.rng ?? createRng(options.seed ?? 0).split('hsic-test');
  const permuted = new Float64Array(permutations);
  let reported = Date.now();
  for (let q = 0; q < permutations; q++) {
    permuted[q] = permutedSum(centred, l.raw, rng.permutation(n), n) / (n * n);
    if (Date.now() - reported > 100) {
      options.onProgress?.((q + 1) / permutations);
      await new Promise((resolve) => setTimeout(resolve));
      options.signal?.throwIfAborted();
      reported = Date.now();
    }
  }
  // Counting the observed order among the permutations keeps the level exact; sums in another
  // order differ by rounding, and equal statistics must count as equal.
  const slack = 1e-9 * Math.abs(statistic);
  const larger = permuted.reduce((count, value) => count + (value >= statistic - slack ? 1 : 0), 0);
  return {
    statistic: statistic * unit,
    pValue: (1 + larger) / (1 + permutations),
    permuted: permuted.map((value) => value * unit),
  };
}

/** HKH in float64. */
function centre(matrix: ArrayLike<number>, n: number): Float64Array {
  const rows = rowMeans(matrix, n);
  const mean = rows.reduce((a, b) => a + b, 0) / n;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) out[i * n + j] = matrix[i * n + j]! - rows[i]! - rows[j]! + mean;
  }
  return out;
}

function rowMeans(matrix: ArrayLike<number>, n: number): Float64Array {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]!;
    means[i] = sum / n;
  }
  return means;
}

/** Σᵢⱼ K̃ᵢⱼ L[π(i), π(j)]; with K centred, L needs not be. Both are symmetric: half the pairs. */
function permutedSum(
  centred: Float64Array,
  l: ArrayLike<number>,
  order: Int32Array,
  n: number,
): number {
  let off = 0;
  let diagonal = 0;
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const from = order[i]! * n;
    diagonal += centred[row + i]! * l[from + order[i]!]!;
    for (let j = 0; j < i; j++) off += centred[row + j]! * l[from + order[j]!]!;
  }
  return diagonal + 2 * off;
}

/** Gretton et al. 2008, eqs. 9–11: moments of n·HSIC under independence, for k(x, x) = 1. */
function gammaPValue(
  k: ArrayLike<number>,
  l: ArrayLike<number>,
  statistic: number,
  n: number,
): number {
  const [kc, lc] = [centre(k, n), centre(l, n)];
  let squares = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) if (i !== j) squares += (kc[i * n + j]! * lc[i * n + j]!) ** 2;
  }
  const choose = n * (n - 1) * (n - 2) * (n - 3);
  const variance = ((2 * (n - 4) * (n - 5)) / choose) * (squares / (n * (n - 1)));
  const offMean = (matrix: ArrayLike<number>) =>
    (rowMeans(matrix, n).reduce((a, b) => a + b, 0) - 1) / (n - 1);
  const [mx, my] = [offMean(k), offMean(l)];
  const mean = (1 + mx * my - mx - my) / n;
  // A constant variable is independent of everything.
  if (!(mean > 1e-12) || !(variance > 0)) return 1;
  return gammaTail((mean * mean) / variance, (statistic * mean) / variance);
}
