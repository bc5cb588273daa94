import type { Coded } from './category';
import { nearestRows } from './nearest';

/** A parent: a continuous column, or a discrete one by its levels. */
export interface Regressor {
  readonly column: Float64Array;
  readonly coded?: Coded | undefined;
}

/** Rows with the same levels of all discrete parents, and who predicts each of them. */
interface Cell {
  readonly rows: Int32Array;
  /** Of each row of the cell its `count` nearest, as places in `rows`; absent: all others. */
  readonly nearest?: Int32Array;
  readonly count: number;
}

export interface MixedResiduals {
  readonly values: Float64Array;
  /** Their mean square. */
  readonly variance: number;
}

/**
 * A nonparametric regression on continuous and discrete parents: each row is predicted by the mean of
 * its k nearest other rows in the continuous ones, among those with the same levels of the discrete
 * ones (by the mean of all of those without continuous parents; by 0 where there are no others).
 * Categories have no order and no distance.
 */
export function mixedRegression(
  parents: readonly Regressor[],
  n: number,
  k: number,
): { residuals: (column: Float64Array) => MixedResiduals; cells: readonly Int32Array[] } {
  const continuous = parents.filter(({ coded }) => !coded).map(({ column }) => column);
  const cells = cellsOf(parents, n).map((rows): Cell => {
    const count = Math.min(k, rows.length - 1);
    if (continuous.length === 0 || count < 1) return { rows, count: rows.length - 1 };
    const within = continuous.map((column) => Float64Array.from(rows, (row) => column[row]!));
    return { rows, count, nearest: nearestRows(within, count) };
  });
  const residuals = (column: Float64Array): MixedResiduals => {
    const values = new Float64Array(n);
    let square = 0;
    for (const { rows, count, nearest } of cells) {
      let all = 0;
      for (const row of rows) all += column[row]!;
      rows.forEach((row, at) => {
        let sum = 0;
        if (parents.length > 0 && nearest) {
          for (let s = at * count; s < (at + 1) * count; s++) sum += column[rows[nearest[s]!]!]!;
        } else if (parents.length > 0) sum = all - column[row]!;
        const residual = column[row]! - (count > 0 ? sum / count : 0);
        values[row] = residual;
        square += residual * residual;
      });
    }
    return { values, variance: square / n };
  };
  return { residuals, cells: cells.map(({ rows }) => rows) };
}

function cellsOf(parents: readonly Regressor[], n: number): Int32Array[] {
  const cell = new Int32Array(n);
  for (const { coded } of parents) {
    if (!coded) continue;
    for (let i = 0; i < n; i++) cell[i] = cell[i]! * coded.levels + coded.code[i]!;
  }
  const lists = new Map<number, number[]>();
  cell.forEach((at, row) => {
    const list = lists.get(at);
    if (list) list.push(row);
    else lists.set(at, [row]);
  });
  return [...lists.values()].map((rows) => Int32Array.from(rows));
}
