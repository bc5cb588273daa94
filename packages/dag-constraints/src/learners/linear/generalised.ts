import { flat } from '@causal/linalg';
import type { Table } from '../../data/table';
import type { LinearLoss } from './losses';

/** The exponential family of a loss: mean of g(t) − x·t. */
export interface Family {
  readonly g: (t: number) => number;
  /** g′, the mean that t stands for, and g″ as a function of that mean. */
  readonly mean: (t: number) => number;
  readonly bend: (mean: number) => number;
  /** t of a mean. */
  readonly link: (mean: number) => number;
}

export const LOGISTIC: Family = {
  g: (t) => Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t))),
  mean: (t) => 1 / (1 + Math.exp(-t)),
  bend: (mean) => mean * (1 - mean),
  link: (mean) => Math.log(mean / (1 - mean)),
};

export const POISSON: Family = {
  g: Math.exp,
  mean: Math.exp,
  bend: (mean) => mean,
  link: Math.log,
};

const MOST_STEPS = 60;

/**
 * Mean of g(b + xw) − x·(b + xw) at the intercept b of each column that minimises it, and its gradient
 * Xᵀ(g′(b + xw) − x)/n, which is that of W alone since the slope along b is 0 there. Without an intercept
 * other columns stand in for it: independent coins that fall 1 nine times in ten were all joined.
 *
 * Rows that are the same are one with a weight: 1000 rows of four binary columns are 16.
 */
export function generalised(table: Table, { g, mean, bend, link }: Family): LinearLoss {
  const d = table.columns.length;
  const { x, weights, count } = distinctRows(table);
  const xt = flat.transpose(x, count, d);
  const eta = new Float64Array(count * d);
  const means = table.columns.map((column) => column.reduce((a, b) => a + b, 0) / table.rows);
  const intercepts = Float64Array.from(means, link);

  /** Σ weight·(g′(b + η) − x), the slope along b, and its own slope; NaN beyond float64. */
  const slopeAt = (j: number, b: number): { slope: number; curve: number } => {
    let sum = 0;
    let curve = 0;
    for (let i = 0; i < count; i++) {
      const m = mean(b + eta[i * d + j]!);
      sum += weights[i]! * m;
      curve += weights[i]! * bend(m);
    }
    return { slope: sum - means[j]!, curve };
  };

  /** Newton, kept between bounds that the slope's sign has shown: the slope rises with b. */
  const solve = (j: number): number => {
    let [low, high] = [-Infinity, Infinity];
    let b = intercepts[j]!;
    for (let step = 0; step < MOST_STEPS; step++) {
      const { slope, curve } = slopeAt(j, b);
      if (Math.abs(slope) <= 1e-13 * Math.max(1, means[j]!)) break;
      if (slope > 0) high = b;
      else low = b;
      let next = b - slope / curve;
      if (!(next > low && next < high)) {
        if (low > -Infinity && high < Infinity) next = (low + high) / 2;
        else next = slope > 0 ? b - 1 - Math.abs(b) : b + 1 + Math.abs(b);
      }
      if (next === b) break;
      b = next;
    }
    return b;
  };

  return (w, gradient) => {
    flat.matMul(x, w, count, d, d, eta);
    for (let j = 0; j < d; j++) {
      const b = solve(j);
      // A point outside float64 must not spoil where the next one starts.
      intercepts[j] = Number.isFinite(b) ? b : link(means[j]!);
    }
    let value = 0;
    for (let i = 0; i < count; i++) {
      const weight = weights[i]!;
      for (let j = 0; j < d; j++) {
        const at = i * d + j;
        const t = intercepts[j]! + eta[at]!;
        value += weight * (g(t) - x[at]! * t);
        eta[at] = weight * (mean(t) - x[at]!);
      }
    }
    flat.matMul(xt, eta, d, count, d, gradient as Float64Array<ArrayBuffer>);
    return value;
  };
}

/** The different rows, row-major, and the share of the table that each is. */
function distinctRows({ columns, rows }: Table) {
  const d = columns.length;
  const places = new Map<string, number>();
  const place = Int32Array.from({ length: rows }, (_, i) => {
    const key = columns.map((column) => column[i]).join();
    if (!places.has(key)) places.set(key, places.size);
    return places.get(key)!;
  });
  const count = places.size;
  const x = new Float64Array(count * d);
  const weights = new Float64Array(count);
  place.forEach((at, i) => {
    weights[at]! += 1 / rows;
    columns.forEach((column, j) => (x[at * d + j] = column[i]!));
  });
  return { x, weights, count };
}
