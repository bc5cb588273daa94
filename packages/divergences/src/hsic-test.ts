import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { bind, type BandwidthRule } from './bandwidth';
import { gammaTail } from './gamma';
import { both, type PerVariable } from './hsic';
import type { TestSums } from './hsic-test-sums';
import { tiledTestSums } from './hsic-test-tiles';
import { wholeTestSums } from './hsic-test-whole';
import { checkChoice, checkCount, checkOptions, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName } from './kernels';
import { TILE } from './tiles';

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
  /** Called about ten times a second with the share of the work done. */
  readonly onProgress?: (done: number) => void;
  /**
   * Rows of a tile. Default: both whole Gram matrices on the host up to 8,192 rows (1 GiB), tiles of
   * 1,024 from there on, whose memory does not grow with n²; permutations then take as long as an
   * {@link hsic} each.
   */
  readonly blockSize?: number;
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
  'method', 'kernel', 'bandwidth', 'permutations', 'rng', 'seed', 'signal', 'onProgress', 'blockSize',
]; // prettier-ignore

/** Beyond, three n × n matrices of numbers would take more than a gigabyte. */
const WHOLE_ROWS = 8192;

/**
 * Tests whether x and y, observed together, are independent. Gram matrices are computed once and
 * permutations permute indices; beyond 8,192 rows both are computed in tiles.
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
  const { blockSize } = options;
  if (blockSize !== undefined) checkCount(blockSize, 'blockSize', 'hsicTest');
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
  const samples = [x, y] as const;
  const bound = (v: 0 | 1) => bind(kernels[v]!, both(bandwidth)[v], [samples[v]], 'hsicTest');
  const settings = {
    permutations: method === 'gamma' ? 0 : permutations,
    rng: options.rng ?? createRng(options.seed ?? 0).split('hsic-test'),
    afterPart: reporter(options),
  };
  const whole = blockSize === undefined && n <= WHOLE_ROWS;
  const sums = whole
    ? await wholeTestSums(samples, bound, settings)
    : await tiledTestSums(samples, bound, blockSize ?? TILE, settings);
  const scales = await Promise.all(([0, 1] as const).map((v) => scaleOf(() => bound(v).scale)));
  const unit = scales.reduce((product, scale) => product * scale * scale, 1) / (n * n);
  const statistic = sums.product * unit;
  if (method === 'gamma') {
    const atZero = [0, 1].map((v) => tf.tidy(() => bound(v as 0 | 1).atZero));
    return { statistic, pValue: gammaPValue(sums, atZero as [number, number], n) };
  }
  // Counting the observed order among the permutations keeps the level exact; sums in another
  // order differ by rounding, and equal statistics must count as equal.
  const slack = (whole ? 1e-9 : 1e-6) * Math.abs(sums.product);
  const larger = sums.permuted.filter((value) => value >= sums.product - slack).length;
  return {
    statistic,
    pValue: (1 + larger) / (1 + permutations),
    permuted: sums.permuted.map((value) => value * unit),
  };
}

async function scaleOf(get: () => tf.Scalar | undefined): Promise<number> {
  const scale = tf.tidy(() => get() ?? tf.scalar(1));
  const [value] = await scale.data<'float32'>();
  scale.dispose();
  return value!;
}

function reporter({ signal, onProgress }: HsicTestOptions): (done: number) => Promise<void> {
  let reported = Date.now();
  return async (done) => {
    if (Date.now() - reported <= 100) return;
    onProgress?.(done);
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    reported = Date.now();
  };
}

/**
 * Gretton et al. 2008, eqs. 9–11: moments of n·HSIC under independence, for k(x, x) = 1.
 * @param atZero k(x, x) and l(y, y), to divide by.
 */
function gammaPValue(
  { product, squares, means }: TestSums,
  atZero: readonly [number, number],
  n: number,
): number {
  const unit = atZero[0] * atZero[1];
  const choose = n * (n - 1) * (n - 2) * (n - 3);
  const variance = ((2 * (n - 4) * (n - 5)) / choose) * (squares / (unit * unit * n * (n - 1)));
  const [mx, my] = means.map((mean, v) => ((n * mean) / atZero[v]! - 1) / (n - 1)) as [
    number,
    number,
  ];
  const mean = (1 + mx * my - mx - my) / n;
  // A constant variable is independent of everything.
  if (!(mean > 1e-12) || !(variance > 0)) return 1;
  const statistic = product / (n * n * unit);
  return gammaTail((mean * mean) / variance, (statistic * mean) / variance);
}
