import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { Dense } from '@causal/nn';
import { prefixed, uniformVariable, type Parameters } from '@causal/nn';
import { pixelPlaces } from './pixels';

const LAYERS = [
  { size: 5, filters: 16 },
  { size: 3, filters: 32 },
  { size: 3, filters: 32 },
] as const;

/**
 * The default encoder network: conv 5×5/2 (16) → 3×3/2 (32) → 3×3/2 (32) → dense 128, ELU, on the
 * picture and two coordinate channels. The coordinates are the same for every picture, so their
 * part of the first convolution is computed once and added: conv([x, p]) = conv(x) + conv(p).
 */
export class ConvolutionalFeatures {
  /** Features of each picture. */
  readonly size = 128;
  readonly #places: tf.Tensor4D;
  readonly #placeFilter: tf.Variable;
  readonly #filters: readonly tf.Variable[];
  readonly #biases: readonly tf.Variable[];
  readonly #dense: Dense;

  constructor(rng: Rng, [height, width, channels]: readonly [number, number, number]) {
    this.#places = tf.tensor4d(pixelPlaces(height, width), [1, height, width, 2]);
    const filters: tf.Variable[] = [];
    const biases: tf.Variable[] = [];
    let inputs = channels;
    let [rows, columns] = [height, width];
    LAYERS.forEach(({ size, filters: outputs }, i) => {
      const limit = 1 / Math.sqrt(size * size * (i === 0 ? channels + 2 : inputs));
      const own = rng.split('conv').split(i);
      filters.push(uniformVariable(own.split('filter'), [size, size, inputs, outputs], limit));
      biases.push(uniformVariable(own.split('bias'), [outputs], limit));
      inputs = outputs;
      rows = Math.ceil(rows / 2);
      columns = Math.ceil(columns / 2);
    });
    const [{ size, filters: first }] = LAYERS;
    const limit = 1 / Math.sqrt(size * size * (channels + 2));
    this.#placeFilter = uniformVariable(rng.split('places'), [size, size, 2, first], limit);
    this.#filters = filters;
    this.#biases = biases;
    this.#dense = new Dense(rng.split('dense'), rows * columns * inputs, this.size);
  }

  /** [n, height, width, channels] to [n, 128]. */
  apply(images: tf.Tensor4D): tf.Tensor2D {
    const convolve = (x: tf.Tensor4D, filter: tf.Variable): tf.Tensor4D =>
      tf.conv2d(x, filter as tf.Variable<tf.Rank.R4>, 2, 'same');
    let y = images;
    this.#filters.forEach((filter, i) => {
      let bias: tf.Tensor = this.#biases[i]!;
      if (i === 0) bias = convolve(this.#places, this.#placeFilter).add(bias);
      y = tf.elu(convolve(y, filter).add(bias));
    });
    return tf.elu(this.#dense.apply(y.reshape([images.shape[0], -1])));
  }

  parameters(): Parameters {
    return {
      places: this.#placeFilter,
      ...Object.fromEntries(this.#filters.map((v, i) => [`conv-${i + 1}/filter`, v])),
      ...Object.fromEntries(this.#biases.map((v, i) => [`conv-${i + 1}/bias`, v])),
      ...prefixed('dense', this.#dense.parameters()),
    };
  }
}
