import * as tf from '@tensorflow/tfjs';
import { exponential } from './flat/expm';
import { transpose } from './flat/matmul';
import { joinMatrices, readMatrices, readSquare } from './square';

const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * The matrix exponential e^A, in float64 inside (scaling and squaring, Higham 2005), with gradient
 * ∂A = L(Aᵀ, ∂Y), L the Fréchet derivative (Al-Mohy & Higham 2009).
 *
 * @param a [n, n] or [..., n, n].
 * @returns The same shape.
 * @throws RangeError if e^A exceeds float32, on other shapes, and on NaN or Infinity: it never
 * returns Infinity.
 */
export function expm<T extends tf.Tensor>(a: T): T {
  const operation = 'expm(A)';
  const op = tf.customGrad((aIn) => {
    const input = aIn as tf.Tensor;
    const { n, matrices } = readSquare(input, operation);
    const results = matrices.map((matrix) => exponential(matrix, n, operation));
    for (const { value } of results) {
      const largest = value.reduce((size, v) => Math.max(size, Math.abs(v)), 0);
      if (largest > FLOAT32_MAX) {
        throw new RangeError(
          `${operation}: the largest entry of e^A is ${largest.toExponential(1)}, beyond float32; scale A down, or use host.expm.`,
        );
      }
    }
    return {
      value: tf.tensor(
        joinMatrices(
          results.map(({ value }) => value),
          n * n,
        ),
        input.shape,
      ),
      gradFunc: (dy: tf.Tensor) => {
        const upstream = readMatrices(dy, n, n, `gradient of ${operation}`);
        // L(Aᵀ, G) = L(A, Gᵀ)ᵀ reuses the powers of A from the way forward.
        const da = results.map(({ derivative }, i) =>
          transpose(derivative(transpose(upstream[i]!, n, n)), n, n),
        );
        return tf.tensor(joinMatrices(da, n * n), input.shape);
      },
    };
  });
  return op(a) as T;
}
