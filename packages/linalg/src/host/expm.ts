import { exponential } from '../flat/expm';
import { flattenSquare, type Matrix, unflatten } from './matrix';

/**
 * The matrix exponential e^A by scaling and squaring (Higham 2005).
 * @throws RangeError if e^A exceeds float64; it never returns Infinity.
 */
export function expm(a: Matrix): number[][] {
  const { data, rows } = flattenSquare(a, 'host.expm(A)');
  return unflatten(exponential(data, rows, 'host.expm(A)').value, rows, rows);
}

/**
 * e^A and its Fréchet derivative L(A, E): how e^A changes, to first order, when A changes by E
 * (Al-Mohy & Higham 2009).
 * @throws RangeError if e^A exceeds float64.
 */
export function expmFrechet(a: Matrix, e: Matrix): { value: number[][]; derivative: number[][] } {
  const operation = 'host.expmFrechet(A, E)';
  const { data, rows } = flattenSquare(a, operation);
  const direction = flattenSquare(e, operation);
  if (direction.rows !== rows) {
    throw new RangeError(
      `${operation}: A is ${rows}×${rows}, E ${direction.rows}×${direction.rows}.`,
    );
  }
  const { value, derivative } = exponential(data, rows, operation);
  return {
    value: unflatten(value, rows, rows),
    derivative: unflatten(derivative(direction.data), rows, rows),
  };
}
