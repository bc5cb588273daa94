import type * as tf from '@tensorflow/tfjs';
import type { Matrix } from '@causal/graph';
import { OptionsError, show } from '@causal/options';

/** The observations as float64 columns: a copy, the caller's data is never changed. */
export interface Table {
  readonly rows: number;
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

interface TableRequirements {
  /** Called in error messages. */
  readonly caller: string;
  /** Names of the columns; default `x0`, `x1`, … */
  readonly names?: readonly string[];
  /** Fewest rows; default: as many as columns. */
  readonly minimumRows?: number;
}

export const isTensor = (x: unknown): x is tf.Tensor2D =>
  typeof (x as tf.Tensor2D)?.dataSync === 'function' && Array.isArray((x as tf.Tensor2D).shape);

/**
 * Reads observations [n, d] and checks them.
 * @throws TypeError for a wrong shape or names; RangeError for a value that is not finite, a
 * constant column, a column whose variance leaves float64, or too few rows. The message names the row
 * and the column.
 */
export function readTable(x: Matrix | tf.Tensor2D, requirements: TableRequirements): Table {
  const { caller } = requirements;
  const columns = isTensor(x) ? tensorColumns(x, caller) : matrixColumns(x, caller);
  const rows = columns[0]!.length;
  const d = columns.length;
  const { names = columns.map((_, j) => `x${j}`) } = requirements;
  const strings: unknown = names;
  if (!Array.isArray(strings) || !strings.every((name) => typeof name === 'string')) {
    throw new OptionsError(caller, [`\`names\` must be an array of strings, got ${show(names)}.`]);
  }
  if (names.length !== d) {
    throw new TypeError(`${caller}: got ${names.length} names for ${d} columns.`);
  }
  const repeated = names.find((name, j) => names.indexOf(name) !== j);
  if (repeated !== undefined) {
    throw new TypeError(`${caller}: two columns are named "${repeated}"; names must differ.`);
  }
  const minimum = requirements.minimumRows ?? Math.max(2, d);
  if (rows < minimum) {
    throw new RangeError(
      `${caller}: ${rows} rows are too few for ${d} columns; at least ${minimum} are needed.`,
    );
  }
  columns.forEach((column, j) => checkColumn(column, `column ${j} ("${names[j]}")`, caller));
  return { rows, names, columns };
}

function matrixColumns(x: Matrix, caller: string): Float64Array[] {
  const first: unknown = Array.isArray(x) ? x[0] : undefined;
  const d = isRow(first) ? first.length : 0;
  if (d === 0) {
    throw new TypeError(
      `${caller}: expected observations as rows of numbers [n, d] or a Tensor2D.`,
    );
  }
  const columns = Array.from({ length: d }, () => new Float64Array(x.length));
  Array.from(x).forEach((row: unknown, i: number) => {
    if (!isRow(row)) {
      throw new TypeError(`${caller}: row ${i} is ${show(row)}, not a row of ${d} numbers.`);
    }
    if (row.length !== d) {
      throw new TypeError(`${caller}: row ${i} has ${row.length} values, row 0 has ${d}.`);
    }
    for (let j = 0; j < d; j++) {
      const value: unknown = row[j];
      if (typeof value !== 'number') {
        throw new TypeError(
          `${caller}: row ${i}, column ${j} is ${show(value)} (${value === null ? 'null' : typeof value}), not a number.`,
        );
      }
      columns[j]![i] = value;
    }
  });
  return columns;
}

/** Rows may be typed arrays, as callers without types give them. */
const isRow = (row: unknown): row is ArrayLike<unknown> =>
  Array.isArray(row) || (ArrayBuffer.isView(row) && !(row instanceof DataView));

function tensorColumns(x: tf.Tensor2D, caller: string): Float64Array[] {
  if (x.shape.length !== 2 || x.shape[0] === 0 || x.shape[1] === 0) {
    throw new TypeError(`${caller}: expected a tensor [n, d], got shape [${x.shape.join(', ')}].`);
  }
  const [n, d] = x.shape;
  const values = x.dataSync();
  return Array.from({ length: d }, (_, j) => {
    const column = new Float64Array(n);
    for (let i = 0; i < n; i++) column[i] = values[i * d + j]!;
    return column;
  });
}

function checkColumn(column: Float64Array, where: string, caller: string): void {
  const bad = column.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `${caller}: row ${bad}, ${where} is ${column[bad]}; drop or impute rows that are not finite first.`,
    );
  }
  if (column.every((value) => value === column[0])) {
    throw new RangeError(
      `${caller}: ${where} is constant (${column[0]} in all ${column.length} rows) and can have no edges; leave it out.`,
    );
  }
  checkVariance(column, where, caller);
}

/** Smallest float64 with all its digits. */
const SMALLEST_NORMAL = 2 ** -1022;

/** Sums of squares of a column and what is computed from them must be finite, and not lose digits. */
function checkVariance(column: Float64Array, where: string, caller: string): void {
  const { mean, deviation } = moments(column);
  const variance = deviation * deviation;
  if (variance * column.length < Infinity && variance >= SMALLEST_NORMAL) return;
  let furthest = 0;
  const distance = (row: number): number =>
    Math.abs(column[row]! - (Number.isFinite(mean) ? mean : 0));
  for (let row = 1; row < column.length; row++) {
    if (distance(row) > distance(furthest)) furthest = row;
  }
  const value = `row ${furthest}, ${where} is ${column[furthest]}`;
  throw new RangeError(
    deviation < 1
      ? `${caller}: ${value}, the furthest from the column's mean: its variance ${variance} is below what float64 tells apart. Measure the column in smaller units.`
      : `${caller}: ${value}: the column's variance leaves float64. If the value stands for a missing one, drop or impute its row; else measure the column in larger units.`,
  );
}

/** Mean and standard deviation (of the population) of a column. */
export function moments(column: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  for (const value of column) mean += value;
  mean /= column.length;
  let square = 0;
  for (const value of column) square += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(square / column.length) };
}

/** The column shifted to mean 0 and scaled to variance 1. */
export function standardised(column: Float64Array): Float64Array {
  const { mean, deviation } = moments(column);
  return column.map((value) => (value - mean) / deviation);
}
