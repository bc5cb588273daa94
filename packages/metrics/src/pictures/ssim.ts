import { checkChoice, checkFlag, checkKeys, checkNumber, checkNumbers } from '@causal/options';
import { filterValid, gaussianWindow, uniformWindow } from './filter';
import { checkRange, type HostImages, type Images, plane, readImagePair } from './images';

export interface SsimOptions {
  /** Distance between the lowest and the highest possible value. Default 1. */
  readonly dataRange?: number;
  /** `'gaussian'` (default): 11×11 with σ = 1.5, as in the paper; `'uniform'`: 7×7. */
  readonly window?: 'gaussian' | 'uniform';
  /**
   * Divide variances by (window's pixels − 1) instead of by the pixels. Default false, as in the
   * paper.
   */
  readonly sampleCovariance?: boolean;
  /** Constants of the stabilising terms (K·dataRange)². Defaults .01 and .03. */
  readonly k1?: number;
  readonly k2?: number;
}

/**
 * Structural similarity, averaged over windows that lie wholly inside the picture, channels and
 * pictures: 1 for equal pictures, at least −1.
 * @throws RangeError on different shapes, pictures smaller than the window, or pixels that are not in
 *   [0, dataRange] by more than half of it (0 … 255).
 * @see Wang et al., IEEE Trans. Image Processing 13:600 (2004). Equal to scikit-image's
 *   `structural_similarity` with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`
 *   (or, `uniform`, with its defaults where `sampleCovariance` is true).
 */
export function ssim(a: Images, b: Images, options: SsimOptions = {}): number {
  checkSsimOptions(options, 'ssim');
  const [p, q] = readImagePair(a, b, 'ssim');
  for (const images of [p, q]) checkRange(images, options.dataRange ?? 1, 'ssim');
  return meanOverPlanes(p, q, (x, y) => similarity(x, y, p.height, p.width, options).ssim);
}

export interface MsSsimOptions extends SsimOptions {
  /** Weight of each scale, finest first. Default the paper's five. */
  readonly weights?: readonly number[];
}

/** Weights that Wang et al. measured for five scales. */
const PAPER_WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];

/**
 * Multi-scale structural similarity: contrast and structure at each scale (pictures halved by 2×2
 * means), luminance at the coarsest. Negative terms count as 0.
 * @throws RangeError if the coarsest scale is smaller than the window: five scales need 176 pixels a
 *   side; give fewer `weights` for small pictures.
 * @see Wang, Simoncelli & Bovik, Asilomar (2003).
 */
export function msSsim(a: Images, b: Images, options: MsSsimOptions = {}): number {
  checkSsimOptions(options, 'msSsim', ['weights']);
  const { weights = PAPER_WEIGHTS } = options;
  checkNumbers(weights, 'weights', 'msSsim', { least: 1 });
  const [p, q] = readImagePair(a, b, 'msSsim');
  for (const images of [p, q]) checkRange(images, options.dataRange ?? 1, 'msSsim');
  return meanOverPlanes(p, q, (x, y) => {
    let { height, width } = p;
    let product = 1;
    weights.forEach((weight, scale) => {
      const { ssim: whole, contrast } = similarity(x, y, height, width, options);
      const last = scale === weights.length - 1;
      product *= Math.max(0, last ? whole : contrast) ** weight;
      if (last) return;
      [x, y] = [halve(x, height, width), halve(y, height, width)];
      [height, width] = [height >> 1, width >> 1];
    });
    return product;
  });
}

/** scikit-image's names get a hint. */
const OTHER_NAMES = {
  data_range: 'dataRange',
  use_sample_covariance: 'sampleCovariance',
  K1: 'k1',
  K2: 'k2',
  win_size: 'window',
  gaussian_weights: 'window',
};

function checkSsimOptions(
  options: SsimOptions,
  caller: string,
  others: readonly string[] = [],
): void {
  const known = ['dataRange', 'window', 'sampleCovariance', 'k1', 'k2', ...others];
  checkKeys(options, known, caller, OTHER_NAMES);
  const { dataRange = 1, window = 'gaussian', sampleCovariance = false } = options;
  checkNumber(dataRange, 'dataRange', caller, { above: 0 });
  checkChoice(window, ['gaussian', 'uniform'], 'window', caller);
  checkFlag(sampleCovariance, 'sampleCovariance', caller);
  checkNumber(options.k1 ?? 0.01, 'k1', caller, { least: 0 });
  checkNumber(options.k2 ?? 0.03, 'k2', caller, { least: 0 });
}

function meanOverPlanes(
  p: HostImages,
  q: HostImages,
  score: (x: Float64Array, y: Float64Array) => number,
): number {
  let sum = 0;
  for (let i = 0; i < p.n; i++) {
    for (let c = 0; c < p.channels; c++) sum += score(plane(p, i, c), plane(q, i, c));
  }
  return sum / (p.n * p.channels);
}

/** Mean SSIM of two planes, and the mean of its contrast-structure part. */
function similarity(
  x: Float64Array,
  y: Float64Array,
  height: number,
  width: number,
  options: SsimOptions,
): { ssim: number; contrast: number } {
  const { dataRange = 1, window = 'gaussian', sampleCovariance = false } = options;
  const { k1 = 0.01, k2 = 0.03 } = options;
  const kernel = window === 'gaussian' ? gaussianWindow(1.5, 5) : uniformWindow(7);
  const side = kernel.length;
  if (height < side || width < side) {
    throw new RangeError(
      `ssim: pictures of ${height}×${width} are smaller than the ${side}×${side} window.`,
    );
  }
  const filter = (values: Float64Array): Float64Array => filterValid(values, height, width, kernel);
  const meanX = filter(x);
  const meanY = filter(y);
  const meanXX = filter(x.map((v) => v * v));
  const meanYY = filter(y.map((v) => v * v));
  const meanXY = filter(x.map((v, i) => v * y[i]!));
  const correction = sampleCovariance ? side ** 2 / (side ** 2 - 1) : 1;
  const c1 = (k1 * dataRange) ** 2;
  const c2 = (k2 * dataRange) ** 2;
  let ssimSum = 0;
  let contrastSum = 0;
  for (let i = 0; i < meanX.length; i++) {
    const mx = meanX[i]!;
    const my = meanY[i]!;
    const varX = correction * (meanXX[i]! - mx * mx);
    const varY = correction * (meanYY[i]! - my * my);
    const cov = correction * (meanXY[i]! - mx * my);
    const contrast = (2 * cov + c2) / (varX + varY + c2);
    contrastSum += contrast;
    ssimSum += (contrast * (2 * mx * my + c1)) / (mx * mx + my * my + c1);
  }
  return { ssim: ssimSum / meanX.length, contrast: contrastSum / meanX.length };
}

/** Means of 2×2 blocks; an odd last row or column is left out. */
function halve(values: Float64Array, height: number, width: number): Float64Array {
  const [h, w] = [height >> 1, width >> 1];
  const result = new Float64Array(h * w);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      const at = 2 * i * width + 2 * j;
      result[i * w + j] =
        (values[at]! + values[at + 1]! + values[at + width]! + values[at + width + 1]!) / 4;
    }
  }
  return result;
}
