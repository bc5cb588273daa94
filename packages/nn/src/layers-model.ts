import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Parameters } from './parameters';

/**
 * The trainable variables of a tf.LayersModel under stable names: `<position>-<layer class>/<weight>`
 * (Keras-style layer names count globally, so they differ between processes).
 */
export function layersParameters(model: tf.LayersModel): Parameters {
  const found: Record<string, tf.Variable> = {};
  model.layers.forEach((layer, position) => {
    for (const weight of layer.trainableWeights) {
      const own = weight.originalName.replace(/^.*\//, '');
      found[`${position}-${layer.getClassName()}/${own}`] = weight.read() as tf.Variable;
    }
  });
  return found;
}

/**
 * Draws a LayersModel's start from our generator: kernels and biases ~ U(±1/√fan-in), the same
 * bits on every engine (Keras initialisers have no portable seed).
 */
export function seedLayers(model: tf.LayersModel, rng: Rng): void {
  let fan = 1;
  for (const [name, variable] of Object.entries(layersParameters(model))) {
    if (variable.rank > 1) fan = tf.util.sizeFromShape(variable.shape.slice(0, -1));
    const limit = 1 / Math.sqrt(fan);
    const values = rng.split(name).fillUniform(new Float32Array(variable.size), -limit, limit);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}
