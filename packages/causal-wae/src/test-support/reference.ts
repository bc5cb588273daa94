// The divergences and dependence measures of the objectives as float64 loops, from their definitions.
type Rows = readonly (readonly number[])[];

const sum = (values: readonly number[]): number => values.reduce((s, v) => s + v, 0);
const distance = (a: readonly number[], b: readonly number[]): number =>
  sum(a.map((v, i) => (v - b[i]!) ** 2));

/** Unbiased MMD² with WAE's kernel Σ_s C_s/(C_s + d²), C_s = 2·p·s (Tolstikhin et al. 2018). */
export function mmdOf(x: Rows, y: Rows): number {
  const p = x[0]!.length;
  const kernel = (a: readonly number[], b: readonly number[]): number =>
    sum([0.1, 0.2, 0.5, 1, 2, 5, 10].map((s) => (2 * p * s) / (2 * p * s + distance(a, b))));
  const within = (z: Rows): number =>
    sum(z.flatMap((a, i) => z.map((b, j) => (i === j ? 0 : kernel(a, b))))) /
    (z.length * (z.length - 1));
  const between = sum(x.flatMap((a) => y.map((b) => kernel(a, b)))) / (x.length * y.length);
  return within(x) + within(y) - 2 * between;
}

/** Gaussian kernel of a sample with itself, σ² the median of d² over its pairs. */
function gaussianGram(x: Rows): number[][] {
  const pairs = x
    .flatMap((a, i) => x.slice(i + 1).map((b) => distance(a, b)))
    .sort((a, b) => a - b);
  const half = pairs.length / 2;
  const median =
    pairs.length % 2 ? pairs[Math.floor(half)]! : (pairs[half - 1]! + pairs[half]!) / 2;
  return x.map((a) => x.map((b) => Math.exp(-distance(a, b) / (2 * median))));
}

function centred(k: number[][]): number[][] {
  const rows = k.map((row) => sum(row) / row.length);
  const all = sum(rows) / rows.length;
  return k.map((row, i) => row.map((v, j) => v - rows[i]! - rows[j]! + all));
}

/** Biased HSIC, tr(KHLH)/n² (Gretton et al. 2005). */
export function hsicOf(x: Rows, y: Rows): number {
  const [k, l] = [centred(gaussianGram(x)), centred(gaussianGram(y))];
  return sum(k.flatMap((row, i) => row.map((v, j) => v * l[i]![j]!))) / x.length ** 2;
}

/** dHSIC (Pfister et al. 2018, biased). */
export function dhsicOf(variables: readonly Rows[]): number {
  const grams = variables.map(gaussianGram);
  const n = variables[0]!.length;
  const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);
  const places = Array.from({ length: n }, (_, i) => i);
  const rowMean = (k: number[][], i: number): number => sum(k[i]!) / n;
  const together =
    sum(places.flatMap((i) => places.map((j) => product(grams.map((k) => k[i]![j]!))))) / n ** 2;
  const apart = product(grams.map((k) => sum(k.flat()) / n ** 2));
  const mixed = sum(places.map((i) => product(grams.map((k) => rowMean(k, i))))) / n;
  return together + apart - 2 * mixed;
}

/** Mean and covariance (n − 1) of rows. */
export function clean(x: Rows): { mean: number[]; covariance: number[][] } {
  const n = x.length;
  const mean = x[0]!.map((_, c) => sum(x.map((row) => row[c]!)) / n);
  const covariance = mean.map((m, a) =>
    mean.map((o, b) => sum(x.map((row) => (row[a]! - m) * (row[b]! - o))) / (n - 1)),
  );
  return { mean, covariance };
}

/** ‖Xᵀ Y‖² (Frobenius) of centred rows: linear CKA is its normalised form (Kornblith et al. 2019). */
export function crossCovariance(x: Rows, y: Rows): number {
  const n = x.length;
  const means = (rows: Rows): number[] => rows[0]!.map((_, c) => sum(rows.map((r) => r[c]!)) / n);
  const [mx, my] = [means(x), means(y)];
  return sum(
    mx.flatMap((m, a) =>
      my.map((o, b) => sum(x.map((row, i) => (row[a]! - m) * (y[i]![b]! - o))) ** 2),
    ),
  );
}

/** OT_ε of uniform masses, entropy relative to the product of the marginals, cost d². */
function entropicOf(x: Rows, y: Rows, epsilon: number): number {
  const cost = x.map((a) => y.map((b) => distance(a, b)));
  let f = x.map(() => 0);
  let g = y.map(() => 0);
  const soft = (values: readonly number[]): number => {
    const top = Math.max(...values);
    return -epsilon * (top + Math.log(sum(values.map((v) => Math.exp(v - top))) / values.length));
  };
  for (let i = 0; i < 400; i++) {
    f = x.map((_, a) => soft(y.map((__, b) => (g[b]! - cost[a]![b]!) / epsilon)));
    g = y.map((_, b) => soft(x.map((__, a) => (f[a]! - cost[a]![b]!) / epsilon)));
  }
  return sum(f) / f.length + sum(g) / g.length;
}

/** The debiased Sinkhorn divergence (Feydy et al. 2019). */
export const sinkhornOf = (x: Rows, y: Rows, epsilon: number): number =>
  entropicOf(x, y, epsilon) - entropicOf(x, x, epsilon) / 2 - entropicOf(y, y, epsilon) / 2;

/** Sliced W₂ of samples of one size: sorted projections, √ of the mean (Bonneel et al. 2015). */
export function slicedOf(x: Rows, y: Rows, directions: Rows): number {
  const along = (rows: Rows, d: readonly number[]): number[] =>
    rows.map((row) => sum(row.map((v, i) => v * d[i]!))).sort((a, b) => a - b);
  const squares = directions.map((d) => {
    const [a, b] = [along(x, d), along(y, d)];
    return distance(a, b) / a.length;
  });
  return Math.sqrt(sum(squares) / squares.length);
}
