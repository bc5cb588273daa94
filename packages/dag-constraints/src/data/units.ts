import { moments, type Table } from './table';

/**
 * Below this deviation the published λ₁ = .1 outweighs a column's variance: no edge leads into it, whatever
 * the data. Columns are taken into larger units where the least deviation is smaller and none reaches 1.
 */
export const SMALL = 0.1;
/**
 * Columns that all deviate by more are taken into smaller units. Far above it the acyclicity constraint
 * needs multipliers that float64 does not have; the networks' sigmoids and starts know numbers of
 * about 1 only.
 */
export const LARGE = { linear: 30, networks: 10 };

/** Largest deviation that is accepted to get the smallest one to 1. */
const SPREAD = 1e3;

/**
 * A power of ten to divide all columns by, so that a learner whose penalties have fixed weights finds in
 * metres what it finds in millimetres. 1 while the columns are in ordinary units, which is where the
 * published settings were chosen: nothing changes there. Else such that the least deviation becomes
 * about 1 (or the largest 1000).
 */
export function commonUnit({ columns }: Table, large: number): number {
  const deviations = columns.map((column) => moments(column).deviation);
  const smallest = Math.min(...deviations);
  const largest = Math.max(...deviations);
  if (smallest <= large && !(smallest < SMALL && largest < 1)) return 1;
  return 10 ** Math.round(Math.log10(Math.max(smallest, largest / SPREAD)));
}

/** Deviations beyond this, or below its inverse, have squares of variances that leave float64. */
const BEYOND = 1e70;

/**
 * The table with every column divided by `unit`; itself where that is 1.
 * @throws RangeError for a column whose scale is too far from the others' to be computed with.
 */
export function inUnits(table: Table, unit: number, caller: string): Table {
  const columns = table.columns.map((column, j) => {
    const deviation = moments(column).deviation / unit;
    if (deviation > BEYOND || deviation < 1 / BEYOND) {
      throw new RangeError(
        `${caller}: column ${j} ("${table.names[j]}") deviates by ${(deviation * unit).toExponential(1)}, too far from the other columns for float64. Give it other units, or standardize(x).`,
      );
    }
    return unit === 1 ? column : column.map((v) => v / unit);
  });
  return { ...table, columns };
}
