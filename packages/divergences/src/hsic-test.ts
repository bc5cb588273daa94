import { checkChoice, checkKeys } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { bind, type BandwidthRule } from './bandwidth';
import { both, type PerVariable } from './hsic';
import { gammaPValue, isSmooth, leastPValue } from './hsic-null';
import { tiledTestSums } from './hsic-test-tiles';
import { wholeTestSums } from './hsic-test-whole';
import { checkCount, checkPaired, checkSample } from './inputs';
import { toKernel, type Kernel, type KernelName } from './kernels';
import { TILE } from './tiles';

export interface HsicTestOptions {
  /**
   * `'permutation'` (default): exact level whatever n, O(n²) for each permutation. `'gamma'`: O(n²)
   * once; the null distribution is taken for a gamma distribution (Gretton et al. 2008), with the
   * mean and variance that all permutations have (Kazi-Aoual et al. 1995). Needs n ≥ 6. Where the
   * variables meet on fewer than about five rows (a label that few rows have) no smooth distribution
   * holds: permutations are drawn after all, up to 8,192 rows, and the result's `method` says so.
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
  /**
   * Probability, were x and y independent, of a statistic this large or larger. Never below 1 over
   * the number of different arrangements of the rows: 1/n for a label that one row has.
   */
  readonly pValue: number;
  /** What the p-value comes from: `'permutation'` also where `'gamma'` was asked for and does not hold. */
  readonly method: 'permutation' | 'gamma';
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
  checkKeys(options, KNOWN, 'hsicTest');
  const { method = 'permutation', kernel = 'rbf', bandwidth, permutations = 499 } = options;
  const { seed = 0, rng: generator = seed } = options;
  const stream = createRng(generator);
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
  const kernels = both(kernel, 'kernel', 'hsicTest').map((k) => toKernel(k, 'hsicTest'));
  const bandwidths = both(bandwidth, 'bandwidth', 'hsicTest');
  const samples = [x, y] as const;
  const bound = (v: 0 | 1) => bind(kernels[v]!, bandwidths[v], [samples[v]], 'hsicTest');
  const whole = blockSize === undefined && n <= WHOLE_ROWS;
  const sumsOf = (count: number) => {
    const settings = {
      permutations: count,
      rng: options.rng === undefined ? stream.split('hsic-test') : stream,
      afterPart: reporter(options),
    };
    return whole
      ? wholeTestSums(samples, bound, settings)
      : tiledTestSums(samples, bound, blockSize ?? TILE, settings);
  };
  const least = Math.max(...(await Promise.all(samples.map(leastPValue))));
  const scales = await Promise.all(([0, 1] as const).map((v) => scaleOf(() => bound(v).scale)));
  const unit = scales.reduce((product, scale) => product * scale * scale, 1) / (n * n);
  if (method === 'gamma') {
    const sums = await sumsOf(0);
    if (n > WHOLE_ROWS || isSmooth(sums.spectra, n)) {
      const pValue = Math.max(least, gammaPValue(sums, n));
      return { statistic: sums.product * unit, pValue, method };
    }
  }
  const { product, permuted } = await sumsOf(permutations);
  // Counting the observed order among the permutations keeps the level exact; sums in another
  // order differ by rounding, and equal statistics must count as equal.
  const slack = (whole ? 1e-9 : 1e-6) * Math.abs(product);
  const larger = permuted.filter((value) => value >= product - slack).length;
  return {
    statistic: product * unit,
    pValue: Math.max(least, (1 + larger) / (1 + permutations)),
    method: 'permutation',
    permuted: permuted.map((value) => value * unit),
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
