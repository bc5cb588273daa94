import { factorRegular, invertRegular } from '../factor';
import { luCondition, luFactor, luSlogdet, luSolve } from '../flat/lu';
import { flatten, flattenSquare, unflatten, type Matrix } from './matrix';

/**
 * X with A·X = B.
 * @param a n×n.
 * @param b n×m.
 * @returns n×m.
 * @throws SingularMatrixError if A has no inverse to float64 precision; RangeError on other shapes.
 */
export function solve(a: Matrix, b: Matrix): number[][] {
  const left = flattenSquare(a, 'host.solve(A, B)');
  const right = flatten(b, 'host.solve(A, B)');
  if (right.rows !== left.rows) {
    throw new RangeError(
      `host.solve(A, B): A is ${left.rows}×${left.rows}, so B must have ${left.rows} rows; it has ${right.rows}.`,
    );
  }
  const factors = factorRegular(left.data, left.rows, 'host.solve(A, B)');
  return unflatten(luSolve(factors, right.data, right.columns), right.rows, right.columns);
}

/**
 * A⁻¹ of an n×n matrix.
 * @throws SingularMatrixError if A has no inverse to float64 precision.
 */
export function inverse(a: Matrix): number[][] {
  const { data, rows } = flattenSquare(a, 'host.inverse(A)');
  return unflatten(invertRegular(data, rows, 'host.inverse(A)'), rows, rows);
}

/** Sign of det A and log |det A|; `{ sign: 0, logAbsDet: -Infinity }` when A is singular. */
export function slogdet(a: Matrix): { sign: -1 | 0 | 1; logAbsDet: number } {
  const { data, rows } = flattenSquare(a, 'host.slogdet(A)');
  return luSlogdet(luFactor(data, rows));
}

/**
 * The condition number ‖A‖₁·‖A⁻¹‖₁, estimated (Hager 1984, Higham 1988): a lower bound, nearly
 * always within a factor of 3. Infinity when A is singular.
 */
export function condition(a: Matrix): number {
  const { data, rows } = flattenSquare(a, 'host.condition(A)');
  return luCondition(luFactor(data, rows));
}
