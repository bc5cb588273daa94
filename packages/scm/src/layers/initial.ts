import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

/**
 * Fills a kernel with Glorot uniform numbers by the fans of one concept's network: the built-in
 * initialiser would count the concepts as fan too. Returns the weight.
 */
export function glorotKernel(
  weight: tf.LayerVariable,
  fanIn: number,
  fanOut: number,
  rng: Rng,
): tf.LayerVariable {
  const limit = Math.sqrt(6 / (fanIn + fanOut));
  const shape = weight.shape as number[];
  const length = shape.reduce((product, size) => product * size, 1);
  const values = rng.fillUniform(new Float32Array(length), -limit, limit);
  const initial = tf.tensor(values, shape);
  weight.write(initial);
  initial.dispose();
  return weight;
}
