import * as tf from '@tensorflow/tfjs';
import { exponential, type Exponential } from './flat/expm';
import { transpose } from './flat/matmul';
import { checkTensor, joinMatrices, matrixTranspose, readMatrices, readSquare } from './square';

const FLOAT32_MAX = 3.4028234663852886e38;

/**
 * The matrix exponential e^A, in float64 inside (scaling and squaring, Higham 2005), with gradient
 * ∂A = L(Aᵀ, ∂Y), L the Fréchet derivative (Al-Mohy & Higham 2009), and gradients of it.
 *
 * @param a [n, n] or [..., n, n].
 * @returns The same shape.
 * @throws RangeError if e^A exceeds float32, on other shapes, and on NaN or Infinity: it never
 * returns Infinity.
 */
export function expm<T extends tf.Tensor>(a: T): T {
  const operation = 'expm(A)';
  checkTensor(a, 'A', operation);
  const op = tf.customGrad((aIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor]);
    const { n, matrices } = readSquare(a, operation);
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
        a.shape,
      ),
      gradFunc: (dy: tf.Tensor, [input]: tf.Tensor[]) => gradient(input!, dy, results),
    };
  });
  return op(a) as T;
}

/** L(Aᵀ, W) as an operation on A and W, so that it has gradients in turn. */
function gradient(a: tf.Tensor, w: tf.Tensor, known?: readonly Exponential[]): tf.Tensor {
  const operation = 'gradient of expm(A)';
  const op = tf.customGrad((aIn, wIn, save) => {
    (save as tf.GradSaveFunc)([aIn as tf.Tensor, wIn as tf.Tensor]);
    const n = a.shape[a.rank - 1]!;
    const results =
      known ?? readSquare(a, operation).matrices.map((matrix) => exponential(matrix, n, operation));
    const directions = readMatrices(w, n, n, operation);
    // L(Aᵀ, W) = L(A, Wᵀ)ᵀ reuses the powers of A from the way forward.
    const values = results.map(({ derivative }, i) =>
      transpose(derivative(transpose(directions[i]!, n, n)), n, n),
    );
    return {
      value: tf.tensor(joinMatrices(values, n * n), a.shape),
      gradFunc: (g: tf.Tensor, [input, weights]: tf.Tensor[]) => {
        // L(Aᵀ, W) is the upper right block of e^M, M = [Aᵀ W; 0 Aᵀ] (Higham 2008, eq. 10.43).
        const turned = matrixTranspose(input!);
        const zero = tf.zerosLike(g);
        const m = blocks(turned, weights!, zero, turned);
        const dm = gradient(m, blocks(zero, g, zero, zero));
        return [
          matrixTranspose(tf.add(blockOf(dm, n, 0, 0), blockOf(dm, n, 1, 1))),
          blockOf(dm, n, 0, 1),
        ];
      },
    };
  });
  return op(a, w);
}

/** The matrix of four blocks, along the last two axes. */
function blocks(a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, d: tf.Tensor): tf.Tensor {
  const column = a.rank - 1;
  return tf.concat([tf.concat([a, b], column), tf.concat([c, d], column)], a.rank - 2);
}

/** One of the four n×n blocks. */
function blockOf(m: tf.Tensor, n: number, row: number, column: number): tf.Tensor {
  const batch = m.shape.slice(0, -2);
  return tf.slice(m, [...batch.map(() => 0), row * n, column * n], [...batch, n, n]);
}
