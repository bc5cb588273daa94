import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Parameters } from './parameters';
import type { Mode, Part } from './part';

/**
 * The variables of a tf.LayersModel under stable names: `<position>-<layer class>/<weight>`
 * (Keras-style layer names count globally, so they differ between processes).
 */
function variablesOf(
  model: tf.LayersModel,
  pick: (layer: tf.layers.Layer) => readonly tf.LayerVariable[],
): Parameters {
  const found: Record<string, tf.Variable> = {};
  model.layers.forEach((layer, position) => {
    for (const weight of pick(layer)) {
      const own = weight.originalName.replace(/^.*\//, '');
      const name = `${position}-${layer.getClassName()}/${own}`;
      // A bidirectional or nested layer may hold two weights of one name.
      const free = name in found ? `${name}-${Object.keys(found).length}` : name;
      found[free] = weight.read() as tf.Variable;
    }
  });
  return found;
}

/** The variables that gradients train: those of layers that are not frozen. */
export function layersParameters(model: tf.LayersModel): Parameters {
  return variablesOf(model, (layer) => layer.trainableWeights);
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

/** Layers whose noise comes from Math.random: the same seed would not give the same bits. */
const UNSEEDED = /dropout|gaussiannoise/i;

/**
 * A user's own tf.LayersModel as a part: every weight is a parameter or a buffer, moving statistics
 * move in training, regularisers are added to the loss.
 */
export class LayersPart implements Part {
  readonly network: tf.LayersModel;
  readonly #owned: boolean;

  /**
   * @param owned Whether `dispose` frees the network too; a user's own stays the user's.
   * @param what Begins errors: `'encoder'`, `'decoder'`.
   * @throws TypeError where the network draws noise that cannot be seeded.
   */
  constructor(network: tf.LayersModel, what: string, owned = false) {
    for (const layer of network.layers) {
      if (UNSEEDED.test(layer.getClassName())) {
        throw new TypeError(
          `The ${what} has a ${layer.getClassName()} layer ("${layer.name}"): TensorFlow.js draws its ` +
            'noise without a seed, so that a run could be neither repeated nor resumed. Leave the layer ' +
            'out and use the `dropout` option with our own networks.',
        );
      }
    }
    this.network = network;
    this.#owned = owned;
  }

  apply<T extends tf.Tensor>(x: tf.Tensor, { training }: Mode): T {
    return this.network.apply(x, { training }) as T;
  }

  /** The sum of the layers' regularisers, or null where there are none. */
  regularization(): tf.Scalar | null {
    const losses = this.network.calculateLosses();
    return losses.length === 0 ? null : (tf.addN(losses) as tf.Scalar);
  }

  parameters(): Parameters {
    return layersParameters(this.network);
  }

  /** Weights of frozen layers and moving statistics. */
  buffers(): Parameters {
    return variablesOf(this.network, (layer) => layer.nonTrainableWeights);
  }

  dispose(): void {
    if (this.#owned) this.network.dispose();
  }
}
