import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { moments, readTable, standardised, type Table } from './data/table';
import { finish } from './learners/finish';
import { covariance } from './learners/linear/losses';
import { correlationsSquared, regress } from './numeric/regress';
import { resolvePriorKnowledge, type PriorKnowledge } from './prior-knowledge';

export interface Diagnosis {
  /** Standard deviation of each column. */
  readonly deviations: number[];
  /** How well each column is explained by all others, linearly (R² in [0, 1]). */
  readonly r2: number[];
  /** What to think about before trusting a learner, in plain words; empty if nothing. */
  readonly warnings: string[];
}

/** Largest over smallest variance from which scale alone can decide a continuous learner's order. */
const SCALE_RATIO = 4;

/**
 * Looks at data before learning: columns of very different variance (their order alone can decide
 * what notears and dagma return: Reisach et al. 2021), columns that others determine, few rows.
 * @param x observations [n, d]
 * @throws TypeError or RangeError as the learners do, naming row and column.
 */
export function diagnose(
  x: Matrix | tf.Tensor2D,
  options: { readonly names?: readonly string[] } = {},
): Diagnosis {
  const table = readTable(x, { caller: 'diagnose', ...options });
  const deviations = table.columns.map((column) => moments(column).deviation);
  const r2 = correlationsSquared(table);
  const warnings: string[] = [];
  const least = Math.min(...deviations);
  const most = Math.max(...deviations);
  if ((most / least) ** 2 > SCALE_RATIO) {
    warnings.push(
      `Variances differ by a factor of ${((most / least) ** 2).toPrecision(2)} (${table.names[deviations.indexOf(least)]} least, ${table.names[deviations.indexOf(most)]} most): notears, dagma and golem may return little more than the order of the variances. If the units are arbitrary, compare with standardize(x).`,
    );
  }
  r2.forEach((value, j) => {
    if (value > 0.999) {
      warnings.push(
        `${table.names[j]} is determined by the other columns (R² = ${value.toFixed(5)}): linear learners cannot tell its causes from its effects.`,
      );
    }
  });
  if (table.rows < 10 * table.columns.length) {
    warnings.push(
      `${table.rows} rows for ${table.columns.length} columns are few: check the edges by edgeStability.`,
    );
  }
  return { deviations, r2, warnings };
}

/** The columns shifted to mean 0 and scaled to variance 1, as a new matrix. */
export function standardize(x: Matrix | tf.Tensor2D): number[][] {
  const { columns, rows } = readTable(x, { caller: 'standardize', minimumRows: 2 });
  const scaled = columns.map(standardised);
  return Array.from({ length: rows }, (_, i) => scaled.map((column) => column[i]!));
}

/**
 * Varsortability: the share of directed paths of `truth` along which the variance grows, ½ for equal
 * ones (Reisach, Seiler & Weichwald 2021). 1: sorting by variance gives the causal order; ½: scale
 * says nothing. NaN for a graph without edges.
 */
export const varsortability = (x: Matrix | tf.Tensor2D, truth: Matrix): number => {
  const { columns } = readTable(x, { caller: 'varsortability' });
  return sortability(
    columns.map((column) => moments(column).deviation ** 2),
    truth,
  );
};

/**
 * R²-sortability: the same with each column's R² given all others (Reisach et al. 2023), which does
 * not change with scale.
 */
export const r2Sortability = (x: Matrix | tf.Tensor2D, truth: Matrix): number =>
  sortability(correlationsSquared(readTable(x, { caller: 'r2Sortability' })), truth);

function sortability(values: readonly number[], truth: Matrix): number {
  const d = values.length;
  if (truth.length !== d || truth.some((row) => row.length !== d)) {
    throw new TypeError(`sortability: the data have ${d} columns, so truth must be ${d} × ${d}.`);
  }
  let agree = 0;
  let paths = 0;
  // For each path length, the pairs joined by a path of that length.
  let joined = truth.map((row) => row.map((v) => v !== 0));
  for (let length = 1; length < d; length++) {
    joined.forEach((row, i) =>
      row.forEach((is, j) => {
        if (!is) return;
        paths++;
        const ratio = values[j]! / values[i]!;
        agree += Math.abs(ratio - 1) < 1e-9 ? 0.5 : ratio > 1 ? 1 : 0;
      }),
    );
    joined = joined.map((row) =>
      truth.map((_, j) => row.some((is, k) => is && truth[k]![j] !== 0)),
    );
  }
  return agree / paths;
}

/**
 * The baseline that every benchmark should print: sort the variables by variance (or by R²), regress
 * each on all before it, drop small coefficients (Reisach et al. 2021, sortnregress, with least
 * squares).
 */
export function sortRegress(
  x: Matrix | tf.Tensor2D,
  options: {
    readonly by?: 'variance' | 'r2';
    readonly threshold?: number;
    readonly priorKnowledge?: PriorKnowledge;
  } = {},
): { weights: number[][]; adjacency: number[][] } {
  const table: Table = readTable(x, { caller: 'sortRegress' });
  const d = table.columns.length;
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, 'sortRegress');
  const key =
    options.by === 'r2'
      ? correlationsSquared(table)
      : table.columns.map((column) => moments(column).deviation);
  const order = [...key.keys()].sort((a, b) => key[a]! - key[b]!);
  const c = covariance(table);
  const w = new Float64Array(d * d);
  order.forEach((child, position) => {
    const parents = order.slice(0, position).filter((i) => !constraints.forbidden[i * d + child]);
    regress(c, d, parents, child).forEach((value, k) => (w[parents[k]! * d + child] = value));
  });
  return finish(w, constraints, options.threshold ?? 0.3);
}
