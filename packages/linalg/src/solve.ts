import * as tf from '@tensorflow/tfjs';
import { factorRegular } from './factor';
import { scaleInPlace } from './flat/elementwise';
import { luSolve, luSolveTransposed, type LuFactors } from './flat/lu';
import { matMul, transpose } from './flat/matmul';
import { checkTensor, joinMatrices, readMatrices, readSquare } from './square';

/**
 * X with A·X = B, in float64 inside, with gradients to A and B, and gradients of these:
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
  checkTensor(a, 'A', operation);
  checkTensor(b, 'B', operation);
  const vector = b.rank === 1 && a.rank === 2;
  const wanted = vector ? a.shape.slice(0, 1) : [...a.shape.slice(0, -1), b.shape[b.rank - 1]!];
  if (b.shape.join() !== wanted.join()) {
    throw new RangeError(
      `${operation}: A is [${a.shape.join(', ')}], so B must be [${[...a.shape.slice(0, -1), 'm'].join(', ')}]` +
        `; it is [${b.shape.join(', ')}].`,
    );
  }
  const { n, matrices } = readSquare(a, operation);
  const factors = matrices.map((matrix) => factorRegular(matrix, n, operation));
  return tf.tidy(() => {
    const sides = vector ? tf.reshape(b, [n, 1]) : b;
    return tf.reshape(solution(a, sides, factors, false), b.shape);
  }) as T;
}

/** Several right-hand sides for each factored matrix, on the host. */
function solveOnHost(
  b: tf.Tensor,
  factors: readonly LuFactors[],
  transposed: boolean,
): Float64Array[] {
  const [n, m] = b.shape.slice(-2) as [number, number];
  const sides = readMatrices(b, n, m, 'solve(A, B)');
  const onHost = transposed ? luSolveTransposed : luSolve;
  return factors.map((factor, i) => onHost(factor, sides[i]!, m));
}

/** A⁻¹B or A⁻ᵀB as an operation on A and B; `known` where it is worked out already. */
function solution(
  a: tf.Tensor,
  b: tf.Tensor,
  factors: readonly LuFactors[],
  transposed: boolean,
  known: readonly Float64Array[] = solveOnHost(b, factors, transposed),
): tf.Tensor {
  const op = tf.customGrad((aIn, bIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor, bIn as tf.Tensor]);
    return {
      value: tf.tensor(joinMatrices(known, known[0]?.length ?? 0), b.shape),
      gradFunc: (dy: tf.Tensor, [left, right]: tf.Tensor[]) => {
        const back = solveOnHost(dy, factors, !transposed);
        return [
          transposed
            ? outer(left!, right!, dy, factors, known, back)
            : outer(left!, dy, right!, factors, back, known),
          solution(left!, dy, factors, !transposed, back),
        ];
      },
    };
  });
  return op(a, b);
}

/** F = −(A⁻ᵀP)(A⁻¹Q)ᵀ, the gradient to A of both kinds of solution, as an operation on A, P and Q. */
function outer(
  a: tf.Tensor,
  p: tf.Tensor,
  q: tf.Tensor,
  factors: readonly LuFactors[],
  fromP: readonly Float64Array[],
  fromQ: readonly Float64Array[],
): tf.Tensor {
  const op = tf.customGrad((aIn, pIn, qIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor, pIn as tf.Tensor, qIn as tf.Tensor]);
    const [n, m] = p.shape.slice(-2) as [number, number];
    const values = fromP.map((x, i) =>
      scaleInPlace(matMul(x, transpose(fromQ[i]!, n, m), n, m, n), -1),
    );
    return {
      value: tf.tensor(joinMatrices(values, n * n), a.shape),
      gradFunc: (g: tf.Tensor, [left, pSide, qSide]: tf.Tensor[]) => {
        const u = solution(left!, pSide!, factors, true, fromP);
        const v = solution(left!, qSide!, factors, false, fromQ);
        // ∂U = −GV and ∂V = −GᵀU, and each goes back through its own solve.
        const dp = solution(left!, tf.neg(tf.matMul(g, v)), factors, false);
        const dq = solution(left!, tf.neg(tf.matMul(g, u, true, false)), factors, true);
        const da = tf.add(tf.matMul(u, dp, false, true), tf.matMul(dq, v, false, true));
        return [tf.neg(da), dp, dq];
      },
    };
  });
  return op(a, p, q);
}
