import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { checkChoice, checkKeys, show } from '@causal/options';
import { numberOption } from './checks';
import { moments, readTable, standardised, type Table } from './data/table';
import { commonUnit, LARGE, SMALL } from './data/units';
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
/** Columns of at most this many values may be categories. */
const FEW_VALUES = 5;

/**
 * Looks at data before learning: columns of very different variance (their order alone can decide
 * what notears and dagma return: Reisach et al. 2021), units in which λ₁ outweighs a variance, columns
 * that may be categories, columns that others determine, few rows.
 * @param x observations [n, d]
 * @throws TypeError or RangeError as the learners do, naming row and column.
 */
export function diagnose(
  x: Matrix | tf.Tensor2D,
  options: { readonly names?: readonly string[] } = {},
): Diagnosis {
  checkKeys(options, ['names'], 'diagnose');
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
  warnings.push(...unitWarnings(table, deviations));
  table.columns.forEach((column, j) => {
    const values = new Set(column).size;
    if (values > 2 && values <= FEW_VALUES && 5 * values <= table.rows) {
      warnings.push(
        `${table.names[j]} has ${values} values only: if they are categories, their numbers have no order, and every learner but exactSearch (with categorical: [${JSON.stringify(table.names[j])}]) takes them as amounts. Give each category but one a column of 0 and 1.`,
      );
    }
  });
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

/** The published λ₁ beside the variances. */
function unitWarnings(table: Table, deviations: readonly number[]): string[] {
  const small = table.names.filter((_, j) => deviations[j]! < SMALL);
  const unit = commonUnit(table, LARGE.linear);
  const warnings: string[] = [];
  if (small.length > 0) {
    const least = Math.min(...deviations) ** 2;
    warnings.push(
      `Small units: lambda1 = 0.1 outweighs the variance of ${small.join(', ')} (${least.toExponential(0)} at least), so that no edge leads there in these units.`,
    );
  }
  if (unit !== 1) {
    warnings.push(
      `Learners with fixed penalties take all columns divided by ${unit} for that reason, and a lambda1 of yours in the units of the data.`,
    );
  }
  return warnings;
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
  const rows: unknown = truth;
  const square =
    Array.isArray(rows) &&
    rows.length === d &&
    rows.every((row) => Array.isArray(row) && row.length === d && row.every(Number.isFinite));
  if (!square) {
    throw new TypeError(
      `sortability: the data have ${d} columns, so truth must be ${d} × ${d} numbers, got ${show(truth)}.`,
    );
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

/** Options of {@link sortRegress}. */
export interface SortRegressOptions {
  /** What the variables are sorted by; default `'variance'`. */
  readonly by?: 'variance' | 'r2';
  /** Edges with |weight| below this are dropped, unless required; default .3. */
  readonly threshold?: number;
  readonly priorKnowledge?: PriorKnowledge;
  /** Names of the columns, for `priorKnowledge` and messages; default `x0`, `x1`, … */
  readonly names?: readonly string[];
}

/**
 * The baseline that every benchmark should print: sort the variables by variance (or by R²), regress
 * each on all before it, drop small coefficients (Reisach et al. 2021, sortnregress, with least
 * squares). The order is the smallest first that respects required edges.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export function sortRegress(
  x: Matrix | tf.Tensor2D,
  options: SortRegressOptions = {},
): { weights: number[][]; adjacency: number[][] } {
  const caller = 'sortRegress';
  checkKeys(options, ['by', 'threshold', 'priorKnowledge', 'names'], caller);
  const { names } = options;
  const by = checkChoice(options.by ?? 'variance', ['variance', 'r2'], 'by', caller);
  const threshold = numberOption(caller)(options.threshold ?? 0.3, 'threshold');
  const table = readTable(x, { caller, ...(names !== undefined && { names }) });
  const d = table.columns.length;
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, caller);
  const key =
    by === 'r2'
      ? correlationsSquared(table)
      : table.columns.map((column) => moments(column).deviation);
  const c = covariance(table);
  const w = new Float64Array(d * d);
  const before: number[] = [];
  const left = new Set([...key.keys()].sort((a, b) => key[a]! - key[b]!));
  while (left.size > 0) {
    const child = [...left].find((j) => ![...left].some((i) => constraints.required[i * d + j]))!;
    const parents = before.filter((i) => !constraints.forbidden[i * d + child]);
    regress(c, d, parents, child).forEach((value, k) => (w[parents[k]! * d + child] = value));
    before.push(child);
    left.delete(child);
  }
  return finish(w, constraints, threshold, c);
}
