import * as tf from '@tensorflow/tfjs';
import { layersOf, type Shape } from './network';
import type { Squares, Targets } from './squares';

const LEAK = 0.05;

/**
 * The same on the engine, in float32 and by its own gradients: for engines that are faster than the
 * host (native, GPU). θ and the gradient stay in float64 outside.
 */
export function engineSquares(shape: Shape, { rows, byColumn }: Targets): Squares {
  const { variables: d } = shape;
  const layers = layersOf(shape);
  const x = tf.tensor2d(Float32Array.from(byColumn), [d, rows]);
  const half = (theta: tf.Tensor): tf.Scalar => {
    const piece = (at: number, size: number[]): tf.Tensor =>
      tf.reshape(
        tf.slice(
          theta,
          at,
          size.reduce((a, b) => a * b),
        ),
        size,
      );
    let signal: tf.Tensor = x;
    layers.forEach(({ inputs, outputs, weights, biases }, l) => {
      const product =
        l === 0
          ? tf.reshape(tf.matMul(piece(weights, [d * outputs, inputs]), signal), [d, outputs, rows])
          : tf.matMul(piece(weights, [d, outputs, inputs]), signal);
      const sum = tf.add(product, piece(biases, [d, outputs, 1]));
      if (l === layers.length - 1) signal = tf.reshape(sum, [d, rows]);
      else signal = shape.activation === 'sigmoid' ? tf.sigmoid(sum) : tf.leakyRelu(sum, LEAK);
    });
    return tf.mul(0.5, tf.sum(tf.square(tf.sub(signal, x)))) as tf.Scalar;
  };
  const valueAndGradient = tf.valueAndGrad(half);
  return {
    at(theta, gradient) {
      const [both] = tf.tidy(() => {
        const { value, grad } = valueAndGradient(tf.tensor1d(Float32Array.from(theta)));
        return [tf.concat([grad.flatten(), tf.reshape(value, [1])])];
      });
      const read = both!.dataSync();
      both!.dispose();
      gradient.set(read.subarray(0, theta.length));
      return read[theta.length]!;
    },
    dispose: () => x.dispose(),
  };
}
