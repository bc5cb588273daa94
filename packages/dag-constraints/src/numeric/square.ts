import type { Matrix } from '@causal/graph';
import { flat } from '@causal/linalg';
import { OptionsError, show } from '@causal/options';

/** A dense square matrix, row-major in float64: entry (i, j) is `values[i * size + j]`. */
export interface Square {
  readonly size: number;
  readonly values: Float64Array<ArrayBuffer>;
}

/** A square matrix of zeros. */
export const zeros = (size: number): Square => ({ size, values: new Float64Array(size * size) });

/** The identity matrix. */
export function identity(size: number): Square {
  const square = zeros(size);
  for (let i = 0; i < size; i++) square.values[i * (size + 1)] = 1;
  return square;
}

/** out = a·b. `out` must be neither of them. */
export function multiplyInto(out: Square, a: Square, b: Square): Square {
  flat.matMul(a.values, b.values, a.size, a.size, a.size, out.values);
  return out;
}

/** a·b. */
export const multiply = (a: Square, b: Square): Square => multiplyInto(zeros(a.size), a, b);

export function trace(a: Square): number {
  let sum = 0;
  for (let i = 0; i < a.size; i++) sum += a.values[i * (a.size + 1)]!;
  return sum;
}

/** The largest row sum of a non-negative matrix: an upper bound of its spectral radius. */
export function largestRowSum(a: Square): number {
  let largest = 0;
  for (let i = 0; i < a.size; i++) {
    let sum = 0;
    for (let j = 0; j < a.size; j++) sum += a.values[i * a.size + j]!;
    if (sum > largest) largest = sum;
  }
  return largest;
}

/** Row-major values as an array of rows. */
export function toRows(values: ArrayLike<number>, size: number): number[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => values[i * size + j]!),
  );
}

/**
 * Checks that `matrix` is square and finite and gives its row-major values.
 * @throws TypeError for a wrong shape, RangeError for NaN or an infinite entry, naming it.
 */
export function readSquare(matrix: Matrix, name: string): Square {
  const size = Array.isArray(matrix) ? matrix.length : 0;
  if (size === 0) {
    throw new OptionsError(name, [
      `expected a square matrix with at least one row, got ${show(matrix)}.`,
    ]);
  }
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    const row: unknown = matrix[i];
    if (!Array.isArray(row) && !ArrayBuffer.isView(row)) {
      throw new TypeError(`${name}: expected rows of numbers, but row ${i} is ${show(row)}.`);
    }
    const entries = row as unknown as ArrayLike<unknown>;
    if (entries.length !== size) {
      throw new TypeError(
        `${name}: expected a square matrix, but row ${i} has ${entries.length} entries where there are ${size} rows.`,
      );
    }
    for (let j = 0; j < size; j++) {
      const value = entries[j];
      // Float64Array would take null for 0 and '1' for 1.
      if (typeof value !== 'number') {
        throw new TypeError(`${name}: entry [${i}][${j}] is ${show(value)}, not a number.`);
      }
      values[i * size + j] = value;
    }
  }
  return checkFinite({ size, values }, name);
}

/** @throws RangeError naming the first entry that is NaN or infinite. */
export function checkFinite(square: Square, name: string): Square {
  const at = square.values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new RangeError(
      `${name}: entry [${Math.floor(at / square.size)}][${at % square.size}] is ${square.values[at]}; all entries must be finite.`,
    );
  }
  return square;
}
