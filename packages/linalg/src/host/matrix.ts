/** Rows of float64 numbers. */
export type Matrix = readonly (readonly number[])[];

/** A float64 matrix as one row-major array. */
export interface Flat {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Row-major copy of a matrix, checked: rows of one length, finite numbers. */
export function flatten(matrix: Matrix, operation: string): Flat {
  if (!Array.isArray(matrix) || !matrix.every((row) => Array.isArray(row))) {
    throw new TypeError(`${operation}: expected a matrix, that is an array of rows of numbers.`);
  }
  const rows = matrix.length;
  const columns = matrix[0]?.length ?? 0;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const row = matrix[i]!;
    if (row.length !== columns) {
      throw new RangeError(
        `${operation}: row ${i} has ${row.length} entries where row 0 has ${columns}.`,
      );
    }
    for (let j = 0; j < columns; j++) {
      const value = row[j]!;
      if (!Number.isFinite(value)) {
        const message = `${operation}: entry [${i}][${j}] is ${String(value)}; it must be a finite number.`;
        throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
      }
      data[i * columns + j] = value;
    }
  }
  return { rows, columns, data };
}

/** As {@link flatten}, for a square matrix. */
export function flattenSquare(matrix: Matrix, operation: string): Flat {
  const flat = flatten(matrix, operation);
  if (flat.rows !== flat.columns) {
    throw new RangeError(
      `${operation}: expected a square matrix, got ${flat.rows}×${flat.columns}.`,
    );
  }
  return flat;
}

/** Rows of plain numbers again. */
export function unflatten(data: Float64Array, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from(data.subarray(i * columns, (i + 1) * columns)),
  );
}
