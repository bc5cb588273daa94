import {
  Dense,
  normalVariable,
  type Parameters,
  type Part,
  pixelPlaces,
  prefixed,
  uniformVariable,
} from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { silu } from '../decoders/fields/smooth';

export interface PooledEncoderOptions {
  readonly imageShape: readonly [number, number, number];
  /** Free latents, r. Default 16. */
  readonly freeSize?: number;
  /** Filters of the three convolutions. Default [16, 32, 48]. */
  readonly filters?: readonly [number, number, number];
  /** Hidden units after them. Default 96. */
  readonly hidden?: number;
  readonly rng: Rng;
}

/** Cells along a side of the mean-pooled picture. */
const CELLS = 8;
const SKIP_STD = 0.1;

/**
 * Pictures to ε: conv 5×5/2 → 3×3/2 → 3×3/2 → dense, SiLU, on the picture and its coordinates,
 * *plus* a linear map of the 8×8 mean-pooled picture. The linear path is what keeps the encoder
 * alive at the start: skin, hair and ground are read off it at once. No batch normalisation: it
 * blurs the pose.
 */
export class PooledEncoder implements Part {
  readonly #places: tf.Tensor4D;
  readonly #placeFilter: tf.Variable;
  readonly #filters: readonly tf.Variable[];
  readonly #biases: readonly tf.Variable[];
  readonly #hidden: Dense;
  readonly #out: Dense;
  readonly #skip: tf.Variable;
  readonly #window: readonly [number, number];

  constructor(options: PooledEncoderOptions) {
    const { imageShape, freeSize = 16, filters = [16, 32, 48], hidden = 96, rng } = options;
    const [height, width, channels] = imageShape;
    this.#places = tf.keep(tf.tensor4d(pixelPlaces(height, width), [1, height, width, 2]));
    let inputs = channels;
    let [rows, columns] = [height, width];
    const layers = filters.map((outputs, i) => {
      const size = i === 0 ? 5 : 3;
      const limit = 1 / Math.sqrt(size * size * (i === 0 ? channels + 2 : inputs));
      const own = rng.split('conv').split(i);
      const filter = uniformVariable(own.split('filter'), [size, size, inputs, outputs], limit);
      const bias = uniformVariable(own.split('bias'), [outputs], limit);
      inputs = outputs;
      rows = Math.ceil(rows / 2);
      columns = Math.ceil(columns / 2);
      return { filter, bias };
    });
    this.#filters = layers.map(({ filter }) => filter);
    this.#biases = layers.map(({ bias }) => bias);
    const limit = 1 / Math.sqrt(25 * (channels + 2));
    this.#placeFilter = uniformVariable(rng.split('places'), [5, 5, 2, filters[0]], limit);
    this.#hidden = new Dense(rng.split('hidden'), rows * columns * inputs, hidden);
    this.#out = new Dense(rng.split('out'), hidden, freeSize);
    this.#window = [Math.ceil(height / CELLS), Math.ceil(width / CELLS)];
    const cells = Math.ceil(height / this.#window[0]) * Math.ceil(width / this.#window[1]);
    this.#skip = normalVariable(rng.split('skip'), [cells * channels, freeSize], SKIP_STD);
  }

  /** [n, height, width, channels] in [0, 1] to ε [n, r]. */
  apply(images: tf.Tensor4D): tf.Tensor2D {
    const n = images.shape[0];
    const x = images.sub(0.5).mul(2) as tf.Tensor4D;
    const convolve = (y: tf.Tensor4D, filter: tf.Variable): tf.Tensor4D =>
      tf.conv2d(y, filter as tf.Variable<tf.Rank.R4>, 2, 'same');
    let y = x;
    this.#filters.forEach((filter, i) => {
      let bias: tf.Tensor = this.#biases[i]!;
      // The coordinates are those of every picture: their part of the first layer is computed once.
      if (i === 0) bias = convolve(this.#places, this.#placeFilter).add(bias);
      y = silu(convolve(y, filter).add(bias));
    });
    const deep = this.#out.apply(silu(this.#hidden.apply(y.reshape([n, -1]))));
    const pooled = tf.avgPool(x, [...this.#window], [...this.#window], 'same').reshape([n, -1]);
    return deep.add(pooled.matMul(this.#skip as tf.Tensor2D)) as tf.Tensor2D;
  }

  parameters(): Parameters {
    return {
      places: this.#placeFilter,
      ...Object.fromEntries(this.#filters.map((v, i) => [`conv-${i + 1}/filter`, v])),
      ...Object.fromEntries(this.#biases.map((v, i) => [`conv-${i + 1}/bias`, v])),
      ...prefixed('hidden', this.#hidden.parameters()),
      ...prefixed('out', this.#out.parameters()),
      skip: this.#skip,
    };
  }

  dispose(): void {
    tf.dispose([this.parameters(), this.#places]);
  }
}
