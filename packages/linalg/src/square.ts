import { Tensor, transpose } from '@tensorflow/tfjs';
import { firstNotFinite } from './flat/elementwise';

/** A tensor [..., n, n] read to the host in float64, as `count` matrices of n×n. */
export interface SquareBatch {
  readonly n: number;
  readonly count: number;
  readonly matrices: readonly Float64Array[];
}

/** @throws TypeError unless the value is a tensor of numbers. */
export function checkTensor(value: unknown, name: string, operation: string): void {
  if (value instanceof Tensor && (value.dtype === 'float32' || value.dtype === 'int32')) return;
  const came =
    value instanceof Tensor
      ? `one of ${value.dtype}`
      : Array.isArray(value)
        ? 'an array (those are for host)'
        : String(value);
  throw new TypeError(`${operation}: ${name} must be a tensor of numbers, got ${came}.`);
}

/** Reads [n, n] or [..., n, n] to the host, checked: square and finite. */
export function readSquare(a: Tensor, operation: string): SquareBatch {
  checkTensor(a, 'A', operation);
  const n = a.shape[a.rank - 1] ?? 0;
  if (a.rank < 2 || a.shape[a.rank - 2] !== n) {
    throw new RangeError(
      `${operation}: expected A of shape [n, n] or [..., n, n], got [${a.shape.join(', ')}].`,
    );
  }
  const matrices = readMatrices(a, n, n, operation);
  return { n, count: matrices.length, matrices };
}

/** Reads [..., rows, columns] to the host as float64 matrices, checked to be finite. */
export function readMatrices(
  a: Tensor,
  rows: number,
  columns: number,
  operation: string,
): Float64Array[] {
  const values = a.dataSync();
  const size = rows * columns;
  const count = size === 0 ? 0 : values.length / size;
  return Array.from({ length: count }, (_, index) => {
    const matrix = new Float64Array(values.subarray(index * size, (index + 1) * size));
    const bad = firstNotFinite(matrix);
    if (bad >= 0) {
      throw new RangeError(
        `${operation}: entry [${Math.floor(bad / columns)}, ${bad % columns}]` +
          `${count > 1 ? ` of matrix ${index}` : ''} is ${matrix[bad]}; it must be finite.`,
      );
    }
    return matrix;
  });
}

/** Joins float64 results into the float32 values of one tensor. */
export function joinMatrices(matrices: readonly Float64Array[], size: number): Float32Array {
  const values = new Float32Array(matrices.length * size);
  matrices.forEach((matrix, index) => values.set(matrix, index * size));
  return values;
}

/** The last two axes swapped. */
export function matrixTranspose(a: Tensor): Tensor {
  const rank = a.rank;
  return transpose(a, [...a.shape.slice(0, -2).keys(), rank - 1, rank - 2]);
}
