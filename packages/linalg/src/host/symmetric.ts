import { CholeskyDecomposition, EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { flattenSquare, type Matrix } from './matrix';

/** Refuses a matrix that is not symmetric to 1e-10 of its largest entry. */
function symmetric(a: Matrix, operation: string): Dense {
  const { data, rows } = flattenSquare(a, operation);
  const largest = data.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(data[i * rows + j]! - data[j * rows + i]!) > 1e-10 * largest) {
        throw new RangeError(
          `${operation}: the matrix is not symmetric: [${i}][${j}] is ${data[i * rows + j]}, [${j}][${i}] is ${data[j * rows + i]}.`,
        );
      }
    }
  }
  return new Dense(a.map((row) => [...row]));
}

/** What {@link eigenSymmetric} returns. */
export interface SymmetricEigen {
  /** Ascending. */
  readonly values: number[];
  /** Column j is the eigenvector of value j; the columns are orthonormal. */
  readonly vectors: number[][];
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, A = V·diag(values)·Vᵀ (Householder and QL, by
 * ml-matrix).
 * @throws RangeError if the matrix is not symmetric to 1e-10 of its largest entry.
 */
export function eigenSymmetric(a: Matrix): SymmetricEigen {
  const dense = symmetric(a, 'host.eigenSymmetric(A)');
  if (dense.rows === 0) return { values: [], vectors: [] };
  const result = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  const order = result.realEigenvalues
    .map((value, at) => ({ value, at }))
    .sort((x, y) => x.value - y.value);
  const vectors = result.eigenvectorMatrix.to2DArray();
  return {
    values: order.map(({ value }) => value),
    vectors: vectors.map((row) => order.map(({ at }) => row[at]!)),
  };
}

/**
 * The lower triangular L with A = L·Lᵀ (by ml-matrix).
 * @throws RangeError if A is not symmetric, or not positive definite.
 */
export function cholesky(a: Matrix): number[][] {
  const operation = 'host.cholesky(A)';
  const result = new CholeskyDecomposition(symmetric(a, operation));
  const l = result.lowerTriangularMatrix.to2DArray();
  const bad = l.findIndex((row, i) => !(row[i]! > 0));
  if (!result.isPositiveDefinite() || bad >= 0) {
    throw new RangeError(
      `${operation}: the matrix is not positive definite; add a small multiple of the identity, or use host.eigenSymmetric.`,
    );
  }
  return l;
}
