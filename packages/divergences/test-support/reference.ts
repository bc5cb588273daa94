import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';

/** Plain float64 definitions, by the formulas of the papers: what the tensor code is held against. */

export type Rows = readonly (readonly number[])[];

export const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, c) => sum + (value - b[c]!) ** 2, 0);
export const l1 = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, c) => sum + Math.abs(value - b[c]!), 0);

type PlainKernel = (a: readonly number[], b: readonly number[]) => number;

export const plainKernels = {
  rbf:
    (sigma: number): PlainKernel =>
    (a, b) =>
      Math.exp(-squared(a, b) / (2 * sigma * sigma)),
  laplacian:
    (sigma: number): PlainKernel =>
    (a, b) =>
      Math.exp(-l1(a, b) / sigma),
  rationalQuadratic:
    (sigma: number, alpha: number): PlainKernel =>
    (a, b) =>
      (1 + squared(a, b) / (2 * alpha * sigma * sigma)) ** -alpha,
  imq:
    (constants: readonly number[]): PlainKernel =>
    (a, b) =>
      constants.reduce((sum, c) => sum + c / (c + squared(a, b)), 0),
  linear: (): PlainKernel => (a, b) => a.reduce((sum, value, c) => sum + value * b[c]!, 0),
};

export const gramOf = (x: Rows, y: Rows, k: PlainKernel): number[][] =>
  x.map((a) => y.map((b) => k(a, b)));

const total = (matrix: Rows): number => matrix.flat().reduce((a, b) => a + b, 0);
const trace = (matrix: Rows): number => matrix.reduce((sum, row, i) => sum + row[i]!, 0);

export function plainMmd(x: Rows, y: Rows, k: PlainKernel, unbiased: boolean): number {
  const [n, m] = [x.length, y.length];
  const [xx, yy, xy] = [gramOf(x, x, k), gramOf(y, y, k), gramOf(x, y, k)];
  return unbiased
    ? (total(xx) - trace(xx)) / (n * (n - 1)) +
        (total(yy) - trace(yy)) / (m * (m - 1)) -
        (2 * total(xy)) / (n * m)
    : total(xx) / (n * n) + total(yy) / (m * m) - (2 * total(xy)) / (n * m);
}

/** tr(KHLH)/n² with H written out. */
export function plainHsic(k: Rows, l: Rows): number {
  const n = k.length;
  const centred = (g: Rows) => {
    const rows = g.map((row) => row.reduce((a, b) => a + b, 0) / n);
    const columns = g.map((_, j) => g.reduce((sum, row) => sum + row[j]!, 0) / n);
    const mean = rows.reduce((a, b) => a + b, 0) / n;
    return g.map((row, i) => row.map((value, j) => value - rows[i]! - columns[j]! + mean));
  };
  const [kc, lc] = [centred(k), centred(l)];
  return kc.reduce((s, row, i) => s + row.reduce((t, v, j) => t + v * lc[i]![j]!, 0), 0) / (n * n);
}

/** Song et al. 2012, eq. 5, literally. */
export function plainUnbiasedHsic(k: Rows, l: Rows): number {
  const n = k.length;
  const hollow = (g: Rows) => g.map((row, i) => row.map((v, j) => (i === j ? 0 : v)));
  const [kt, lt] = [hollow(k), hollow(l)];
  let product = 0;
  let cross = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      product += kt[i]![j]! * lt[j]![i]!;
      for (let q = 0; q < n; q++) cross += kt[i]![j]! * lt[j]![q]!;
    }
  }
  return (
    (product + (total(kt) * total(lt)) / ((n - 1) * (n - 2)) - (2 * cross) / (n - 2)) /
    (n * (n - 3))
  );
}

/** A seeded normal sample as rows. */
export function normalRows(
  n: number,
  p: number,
  seed: number | string,
  { mean = 0, std = 1 }: { mean?: number; std?: number } = {},
): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: n }, () =>
    Array.from({ length: p }, () => Math.fround(mean + std * rng.normal())),
  );
}

export const tensor = (rows: Rows): tf.Tensor2D =>
  tf.tensor2d(rows as number[][], [rows.length, rows[0]!.length]);

/** Rows from a flat float64 array: for finite differences. */
export const rowsOf = (flat: ArrayLike<number>, p: number): number[][] =>
  Array.from({ length: flat.length / p }, (_, i) =>
    Array.from({ length: p }, (_, c) => flat[i * p + c]!),
  );

/** Value of a scalar-giving call, everything disposed. */
export const scalarOf = (body: () => tf.Scalar): number => tf.tidy(() => body().dataSync()[0]!);

/** Gradients of `f` at the rows, as flat arrays. */
export function gradientsOf(
  f: (...inputs: tf.Tensor2D[]) => tf.Scalar,
  ...inputs: Rows[]
): Float32Array[] {
  return valueAndGradientsOf(f, ...inputs).gradients;
}

/** The value and the gradients to all inputs, by one pass. */
export function valueAndGradientsOf(
  f: (...inputs: tf.Tensor2D[]) => tf.Scalar,
  ...inputs: Rows[]
): { value: number; gradients: Float32Array[] } {
  const tensors = inputs.map(tensor);
  try {
    const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
      f(...(args as tf.Tensor2D[])),
    )(tensors);
    const arrays = grads.map((g) => Float32Array.from(g.dataSync()));
    const number = value.dataSync<'float32'>()[0]!;
    tf.dispose([value, grads]);
    return { value: number, gradients: arrays };
  } finally {
    tf.dispose(tensors);
  }
}

/** Largest difference, relative to the largest entry of `expected`. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    const off = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(off) ? Infinity : off);
  }
  return worst / (scale || 1);
}

const meanOver = (x: Rows, y: Rows, f: PlainKernel, unbiased: boolean): number => {
  const same = x === y;
  const pairs = same && unbiased ? x.length * (x.length - 1) : x.length * y.length;
  return total(gramOf(x, y, f)) / pairs;
};

export function plainEnergy(x: Rows, y: Rows, unbiased = false): number {
  const distance: PlainKernel = (a, b) => Math.sqrt(squared(a, b));
  return (
    2 * meanOver(x, y, distance, unbiased) -
    meanOver(x, x, distance, unbiased) -
    meanOver(y, y, distance, unbiased)
  );
}

/** By quantile functions on the common refinement of both grids. */
export function plainSliced(x: Rows, y: Rows, theta: Rows, p: number, root: boolean): number {
  const [n, m] = [x.length, y.length];
  let sum = 0;
  for (const direction of theta) {
    const project = (rows: Rows) =>
      rows.map((r) => r.reduce((s, v, c) => s + v * direction[c]!, 0)).sort((a, b) => a - b);
    const [px, py] = [project(x), project(y)];
    for (let q = 0; q < n * m; q++) {
      sum += Math.abs(px[Math.floor(q / m)]! - py[Math.floor(q / n)]!) ** p / (n * m);
    }
  }
  const power = sum / theta.length;
  return root ? power ** (1 / p) : power;
}

/** Pfister et al. 2018, the V-statistic literally. */
export function plainDhsic(grams: readonly Rows[]): number {
  const n = grams[0]!.length;
  let joint = 0;
  let marginal = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) joint += grams.reduce((value, g) => value * g[i]![j]!, 1);
    marginal += grams.reduce((value, g) => value * (g[i]!.reduce((a, b) => a + b, 0) / n), 1);
  }
  const means = grams.reduce((value, g) => value * (total(g) / (n * n)), 1);
  return joint / (n * n) + means - (2 * marginal) / n;
}
