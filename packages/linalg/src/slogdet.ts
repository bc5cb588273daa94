import * as tf from '@tensorflow/tfjs';
import { SingularMatrixError } from './errors';
import { luFactor, luInverse, luSlogdet } from './flat/lu';
import { inverseFrom } from './inverse';
import { matrixTranspose, readSquare } from './square';

/** What {@link slogdet} returns: scalars for [n, n], the leading dimensions for [..., n, n]. */
export interface Slogdet {
  /** 1, −1, or 0 when A is singular; constant, no gradient. */
  readonly sign: tf.Tensor;
  /** log |det A|; −Infinity when A is singular. */
  readonly logAbsDet: tf.Tensor;
}

/**
 * Sign and logarithm of the determinant, in float64 inside; ∂A = A⁻ᵀ ∂y for `logAbsDet`, and
 * gradients of it.
 *
 * @param a [n, n] or [..., n, n].
 * @throws RangeError on other shapes, NaN or Infinity. A singular matrix gives sign 0 and −Infinity
 * as numpy does; asking for the gradient there throws SingularMatrixError.
 */
export function slogdet(a: tf.Tensor): Slogdet {
  const operation = 'slogdet(A)';
  const { n, matrices } = readSquare(a, operation);
  const factors = matrices.map((matrix) => luFactor(matrix, n));
  const values = factors.map(luSlogdet);
  const shape = a.shape.slice(0, -2);
  const op = tf.customGrad((aIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor]);
    return {
      value: tf.tensor(
        Float32Array.from(values, (v) => v.logAbsDet),
        shape,
      ),
      gradFunc: (dy: tf.Tensor, [input]: tf.Tensor[]) => {
        if (factors.some(({ singular }) => singular)) {
          throw new SingularMatrixError(`gradient of ${operation}`, Infinity);
        }
        const y = inverseFrom(input!, n, factors.map(luInverse));
        return tf.mul(matrixTranspose(y), tf.reshape(dy, [...shape, 1, 1]));
      },
    };
  });
  return {
    sign: tf.tensor(
      Float32Array.from(values, (v) => v.sign),
      shape,
    ),
    logAbsDet: op(a),
  };
}
