import * as tf from '@tensorflow/tfjs';
import { invertRegular } from './factor';
import { inverseGradient } from './flat/inverse-gradient';
import { joinMatrices, readMatrices, readSquare } from './square';

/**
 * A⁻¹, in float64 inside, with gradient ∂A = −A⁻ᵀ ∂Y A⁻ᵀ (Giles 2008, §2.2.3) and gradients of it.
 *
 * @param a [n, n] or [..., n, n].
 * @returns The same shape.
 * @throws SingularMatrixError if a matrix has no inverse to float64 precision; RangeError on other
 * shapes or on NaN and Infinity.
 */
export function inverse<T extends tf.Tensor>(a: T): T {
  const operation = 'inverse(A)';
  const { n, matrices } = readSquare(a, operation);
  return inverseFrom(
    a,
    n,
    matrices.map((matrix) => invertRegular(matrix, n, operation)),
  );
}

/** {@link inverse} where the inverses are known already. */
export function inverseFrom<T extends tf.Tensor>(
  a: T,
  n: number,
  inverses: readonly Float64Array[],
): T {
  const op = tf.customGrad((aIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor]);
    return {
      value: tf.tensor(joinMatrices(inverses, n * n), a.shape),
      gradFunc: (dy: tf.Tensor, [input]: tf.Tensor[]) => gradient(input!, dy, n, inverses),
    };
  });
  return op(a) as T;
}

/** F = −YᵀWYᵀ as an operation on A and W, so that it has gradients in turn. */
function gradient(
  a: tf.Tensor,
  w: tf.Tensor,
  n: number,
  inverses: readonly Float64Array[],
): tf.Tensor {
  const op = tf.customGrad((aIn, wIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor, wIn as tf.Tensor]);
    const upstream = readMatrices(w, n, n, 'gradient of inverse(A)');
    const values = inverses.map((y, i) => inverseGradient(y, upstream[i]!, n));
    return {
      value: tf.tensor(joinMatrices(values, n * n), a.shape),
      gradFunc: (g: tf.Tensor, [input, weights]: tf.Tensor[]) => {
        const y = inverseFrom(input!, n, inverses);
        const f = gradient(input!, weights!, n, inverses);
        // ∂W = −YGY; from dY = −Y·dA·Y in both factors, ∂A = −(F·Gᵀ·Yᵀ + Yᵀ·Gᵀ·F).
        const turned = tf.matMul(g, y, true, true);
        return [
          tf.neg(tf.add(tf.matMul(f, turned), tf.matMul(tf.matMul(y, g, true, true), f))),
          tf.neg(tf.matMul(tf.matMul(y, g), y)),
        ];
      },
    };
  });
  return op(a, w);
}
