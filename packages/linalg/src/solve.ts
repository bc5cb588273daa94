import * as tf from '@tensorflow/tfjs';
import { factorRegular } from './factor';
import { scaleInPlace } from './flat/elementwise';
import { matMul, transpose } from './flat/matmul';
import { luSolve, luSolveTransposed } from './flat/lu';
import { joinMatrices, readMatrices, readSquare } from './square';

/**
 * X with A·X = B, in float64 inside, with gradients to A and B:
 * ∂B = A⁻ᵀ ∂X and ∂A = −∂B Xᵀ (Giles 2008, §2.3.1).
 *
 * @param a [n, n] or [..., n, n].
 * @param b [n, m] or [..., n, m] with the same leading dimensions; [n] beside [n, n] gives [n].
 * @returns X, shaped like b.
 * @throws SingularMatrixError if a matrix has no inverse to float64 precision; RangeError on other
 * shapes or on NaN and Infinity.
 */
export function solve<T extends tf.Tensor>(a: tf.Tensor, b: T): T {
  const operation = 'solve(A, B)';
  const vector = b.rank === 1 && a.rank === 2;
  const m = vector ? 1 : b.shape[b.rank - 1]!;
  const wanted = vector ? a.shape.slice(0, 1) : [...a.shape.slice(0, -1), m];
  if (b.shape.join() !== wanted.join()) {
    throw new RangeError(
      `${operation}: A is [${a.shape.join(', ')}], so B must be [${[...a.shape.slice(0, -1), 'm'].join(', ')}]` +
        `; it is [${b.shape.join(', ')}].`,
    );
  }
  const op = tf.customGrad((aIn, bIn) => {
    const left = aIn as tf.Tensor;
    const right = bIn as tf.Tensor;
    const { n, matrices } = readSquare(left, operation);
    const factors = matrices.map((matrix) => factorRegular(matrix, n, operation));
    const sides = readMatrices(right, n, m, operation);
    const solutions = factors.map((factor, i) => luSolve(factor, sides[i]!, m));
    return {
      value: tf.tensor(joinMatrices(solutions, n * m), right.shape),
      gradFunc: (dy: tf.Tensor) => {
        const upstream = readMatrices(dy, n, m, `gradient of ${operation}`);
        const db = factors.map((factor, i) => luSolveTransposed(factor, upstream[i]!, m));
        const da = db.map((g, i) =>
          scaleInPlace(matMul(g, transpose(solutions[i]!, n, m), n, m, n), -1),
        );
        return [
          tf.tensor(joinMatrices(da, n * n), left.shape),
          tf.tensor(joinMatrices(db, n * m), right.shape),
        ];
      },
    };
  });
  return op(a, b) as T;
}
