import { matMul as multiply } from '../flat/matmul';
import { flatten, type Matrix, unflatten } from './matrix';

/** A·B. @throws RangeError if the inner sizes differ. */
export function matMul(a: Matrix, b: Matrix): number[][] {
  const left = flatten(a, 'host.matMul(A, B)');
  const right = flatten(b, 'host.matMul(A, B)');
  if (left.columns !== right.rows) {
    throw new RangeError(
      `host.matMul(A, B): A is ${left.rows}×${left.columns}, so B must have ${left.columns} rows; it has ${right.rows}.`,
    );
  }
  const out = multiply(left.data, right.data, left.rows, left.columns, right.columns);
  return unflatten(out, left.rows, right.columns);
}
