import { dot } from '../numeric/dot';

/** [Y, S] of `Curvature`: `columns` values for each variable. */
interface Rows {
  readonly columns: number;
  readonly pairs: Float64Array;
}

// Sums of four rows at a time, as `dot`: a lone sum waits for every addition to end.

/** Adds Rᵀv over the given variables to `out`. */
export function addRows(
  { columns, pairs }: Rows,
  variables: Int32Array,
  count: number,
  v: Float64Array,
  out: Float64Array,
): void {
  let f = 0;
  for (; f + 3 < count; f += 4) {
    const i0 = variables[f]!;
    const i1 = variables[f + 1]!;
    const i2 = variables[f + 2]!;
    const i3 = variables[f + 3]!;
    const v0 = v[i0]!;
    const v1 = v[i1]!;
    const v2 = v[i2]!;
    const v3 = v[i3]!;
    const r0 = i0 * columns;
    const r1 = i1 * columns;
    const r2 = i2 * columns;
    const r3 = i3 * columns;
    for (let k = 0; k < columns; k++) {
      out[k]! +=
        v0 * pairs[r0 + k]! + v1 * pairs[r1 + k]! + (v2 * pairs[r2 + k]! + v3 * pairs[r3 + k]!);
    }
  }
  for (; f < count; f++) {
    const i = variables[f]!;
    const value = v[i]!;
    for (let k = 0, at = i * columns; k < columns; k++, at++) out[k]! += value * pairs[at]!;
  }
}

/** One row times v. */
export const rowDot = ({ columns, pairs }: Rows, variable: number, v: Float64Array): number =>
  dot(pairs, variable * columns, v, 0, columns);

/** Adds the lower triangle of RᵀR over the given variables to `gram`. */
export function addSquares(
  { columns, pairs }: Rows,
  variables: Int32Array,
  count: number,
  gram: Float64Array,
): void {
  const four = new Float64Array(4 * columns);
  for (let start = 0; start < count; start += 4) {
    for (let r = 0; r < 4; r++) {
      const from = start + r < count ? variables[start + r]! * columns : -1;
      for (let k = 0; k < columns; k++) four[4 * k + r] = from < 0 ? 0 : pairs[from + k]!;
    }
    for (let k = 0; k < columns; k++) {
      const x0 = four[4 * k]!;
      const x1 = four[4 * k + 1]!;
      const x2 = four[4 * k + 2]!;
      const x3 = four[4 * k + 3]!;
      for (let j = 0, y = 0, at = k * columns; j <= k; j++, y += 4, at++) {
        gram[at]! += x0 * four[y]! + x1 * four[y + 1]! + x2 * four[y + 2]! + x3 * four[y + 3]!;
      }
    }
  }
}
