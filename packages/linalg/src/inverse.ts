import * as tf from '@tensorflow/tfjs';
import { invertRegular } from './factor';
import { scaleInPlace } from './flat/elementwise';
import { matMul, transpose } from './flat/matmul';
import { joinMatrices, readMatrices, readSquare } from './square';

/**
 * A⁻¹, in float64 inside, with gradient ∂A = −A⁻ᵀ ∂Y A⁻ᵀ (Giles 2008, §2.2.3).
 *
 * @param a [n, n] or [..., n, n].
 * @returns The same shape.
 * @throws SingularMatrixError if a matrix has no inverse to float64 precision; RangeError on other
 * shapes or on NaN and Infinity.
 */
export function inverse<T extends tf.Tensor>(a: T): T {
  const operation = 'inverse(A)';
  const op = tf.customGrad((aIn) => {
    const input = aIn as tf.Tensor;
    const { n, matrices } = readSquare(input, operation);
    const inverses = matrices.map((matrix) => invertRegular(matrix, n, operation));
    return {
      value: tf.tensor(joinMatrices(inverses, n * n), input.shape),
      gradFunc: (dy: tf.Tensor) => {
        const upstream = readMatrices(dy, n, n, `gradient of ${operation}`);
        const da = inverses.map((y, i) => {
          const yt = transpose(y, n, n);
          return scaleInPlace(matMul(matMul(yt, upstream[i]!, n, n, n), yt, n, n, n), -1);
        });
        return tf.tensor(joinMatrices(da, n * n), input.shape);
      },
    };
  });
  return op(a) as T;
}
