import {
  Convolution,
  Dense,
  disposeParts,
  dropout,
  normalization,
  pixelPlaces,
  prefixed,
  uniformVariable,
  type Mode,
  type Normalization,
  type NormalizationKind,
  type Parameters,
  type Part,
} from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

export interface ConvolutionEncoderOptions {
  readonly imageShape: readonly [number, number, number];
  /** Filters of the first convolution; twice as many in the others. Default 16. */
  readonly width?: number;
  /** Convolutions, each halving the picture: the first 5×5, the others 3×3. Default 3. */
  readonly depth?: number;
  /** Features of each picture. Default 128. */
  readonly features?: number;
  /** After each convolution but the first. Default `'none'`. */
  readonly normalization?: NormalizationKind;
  /** Share of the features dropped in training. Default 0. */
  readonly dropout?: number;
  readonly rng: Rng;
}

/**
 * The default encoder network: strided convolutions and one dense layer, ELU, on the picture and two
 * coordinate channels. The coordinates are the same for every picture, so their part of the first
 * convolution is computed once and added: conv([x, p]) = conv(x) + conv(p).
 */
export class ConvolutionEncoder implements Part {
  /** Features of each picture. */
  readonly size: number;
  readonly #dropout: number;
  readonly #places: tf.Tensor4D;
  readonly #placeFilter: tf.Variable<tf.Rank.R4>;
  readonly #convolutions: readonly Convolution[];
  readonly #norms: readonly Normalization[];
  readonly #dense: Dense;

  constructor(options: ConvolutionEncoderOptions) {
    const { imageShape, width = 16, depth = 3, features = 128, rng } = options;
    const [height, wide, channels] = imageShape;
    this.size = features;
    this.#dropout = options.dropout ?? 0;
    this.#places = tf.keep(tf.tensor4d(pixelPlaces(height, wide), [1, height, wide, 2]));
    const convolutions: Convolution[] = [];
    const norms: Normalization[] = [];
    let [rows, columns, inputs] = [height, wide, channels];
    for (let i = 0; i < depth; i++) {
      const [size, outputs] = i === 0 ? [5, width] : [3, 2 * width];
      // The coordinates' filter counts in the fan-in of the first.
      const limit = 1 / Math.sqrt(size * size * (i === 0 ? channels + 2 : inputs));
      const own = rng.split('conv').split(i);
      convolutions.push(new Convolution(own, { size, inputs, outputs, stride: 2, limit }));
      norms.push(normalization(i === 0 ? 'none' : (options.normalization ?? 'none'), outputs));
      [rows, columns, inputs] = [Math.ceil(rows / 2), Math.ceil(columns / 2), outputs];
    }
    const limit = 1 / Math.sqrt(25 * (channels + 2));
    const places = uniformVariable(rng.split('places'), [5, 5, 2, width], limit);
    this.#placeFilter = places as tf.Variable<tf.Rank.R4>;
    this.#convolutions = convolutions;
    this.#norms = norms;
    this.#dense = new Dense(rng.split('dense'), rows * columns * inputs, features);
  }

  /** [n, height, width, channels] to [n, features]. */
  apply(images: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    let y = images;
    this.#convolutions.forEach((convolution, i) => {
      const places = (): tf.Tensor => tf.conv2d(this.#places, this.#placeFilter, 2, 'same');
      const bias = i === 0 ? places().add(convolution.bias) : convolution.bias;
      y = tf.elu(this.#norms[i]!.apply(convolution.apply(y, bias), mode));
    });
    const features = tf.elu(this.#dense.apply(y.reshape([images.shape[0], -1])));
    return dropout(features, this.#dropout, mode);
  }

  parameters(): Parameters {
    return {
      places: this.#placeFilter,
      ...this.#named((i) => prefixed(`conv-${i + 1}`, this.#convolutions[i]!.parameters())),
      ...this.#named((i) => prefixed(`norm-${i + 1}`, this.#norms[i]!.parameters())),
      ...prefixed('dense', this.#dense.parameters()),
    };
  }

  buffers(): Parameters {
    return this.#named((i) => prefixed(`norm-${i + 1}`, this.#norms[i]!.buffers?.() ?? {}));
  }

  dispose(): void {
    tf.dispose([this.#places, this.#placeFilter]);
    disposeParts([...this.#convolutions, ...this.#norms, this.#dense]);
  }

  #named(of: (i: number) => Parameters): Parameters {
    return Object.assign({}, ...this.#convolutions.map((_, i) => of(i)));
  }
}
