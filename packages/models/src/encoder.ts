import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { Dense, silu } from './dense';
import { layersParameters, seedLayers } from './layers-model';
import { prefixed, type Parameters } from './parameters';
import { pixelPlaces } from './pixels';

export interface EncoderOptions {
  readonly imageShape: readonly [number, number, number];
  readonly conceptCount: number;
  readonly latentSize: number;
  /** Your own network from pictures (with or without two coordinate channels) to features [n, f]. */
  readonly network?: tf.LayersModel;
  /** Start of log σ of the noise. Default 0. */
  readonly initialLogSigma?: number;
  readonly rng: Rng;
}

export interface NoisePosterior {
  /** Mean and log standard deviation of ε, each [n, d·k]. */
  readonly mean: tf.Tensor2D;
  readonly logSigma: tf.Tensor2D;
}

const NOISE_HIDDEN = 64;
/** log σ is kept in here by a clip: σ from e⁻⁶ to e. */
const LOG_SIGMA_RANGE = [-6, 1] as const;

/** f: pictures to features; features to labels û; features and labels to the noise ε. */
export class ImageEncoder {
  readonly network: tf.LayersModel;
  readonly #places: tf.Tensor3D | null;
  readonly #label: Dense;
  readonly #noiseHidden: Dense;
  readonly #noiseOut: Dense;
  readonly #latents: number;

  constructor(options: EncoderOptions) {
    const { imageShape, conceptCount, latentSize, rng } = options;
    const [height, width, channels] = imageShape;
    this.network = options.network ?? convolutionalNetwork(rng.split('network'), imageShape);
    const input = this.network.inputs[0]!.shape.slice(1);
    const wantsPlaces = input[2] === channels + 2;
    if (input[0] !== height || input[1] !== width || !(wantsPlaces || input[2] === channels)) {
      throw new Error(
        `The encoder takes [${input}]; expected [${imageShape}], or with two coordinate channels [${height}, ${width}, ${channels + 2}].`,
      );
    }
    const output = this.network.outputs[0]!.shape;
    const features = output[1];
    if (output.length !== 2 || !features) {
      throw new Error(`The encoder gives [${output}]; expected features of shape [null, size].`);
    }
    this.#places = wantsPlaces
      ? tf.tensor3d(pixelPlaces(height, width), [height, width, 2])
      : null;
    this.#latents = conceptCount * latentSize;
    this.#label = new Dense(rng.split('label'), features, conceptCount);
    this.#noiseHidden = new Dense(rng.split('noise'), features + conceptCount, NOISE_HIDDEN);
    this.#noiseOut = new Dense(rng.split('noise-out'), NOISE_HIDDEN, 2 * this.#latents);
    const start = options.initialLogSigma ?? 0;
    const bias = this.#noiseOut.bias;
    tf.tidy(() => bias.assign(tf.concat([tf.zeros([this.#latents]), tf.fill([this.#latents], start)])));
  }

  /** Pictures [n, h, w, c] to features [n, f]. */
  features(images: tf.Tensor4D): tf.Tensor2D {
    let x = images;
    if (this.#places) {
      const [n, height, width] = images.shape;
      const places = this.#places.expandDims(0).tile([n, 1, 1, 1]) as tf.Tensor4D;
      x = tf.concat([images, places.reshape([n, height, width, 2])], 3) as tf.Tensor4D;
    }
    return this.network.apply(x) as tf.Tensor2D;
  }

  /** The label head û [n, d] on the unit scale. */
  labels(features: tf.Tensor2D): tf.Tensor2D {
    return this.#label.apply(features);
  }

  /** q(ε | x, u): features [n, f] and unit labels [n, d]. */
  noise(features: tf.Tensor2D, labels: tf.Tensor2D): NoisePosterior {
    const hidden = silu(this.#noiseHidden.apply(tf.concat2d([features, labels], 1)));
    const [mean, logSigma] = tf.split(this.#noiseOut.apply(hidden), 2, 1) as tf.Tensor2D[];
    return { mean: mean!, logSigma: tf.clipByValue(logSigma!, ...LOG_SIGMA_RANGE) };
  }

  parameters(): Parameters {
    return {
      ...prefixed('network', layersParameters(this.network)),
      ...prefixed('label', this.#label.parameters()),
      ...prefixed('noise-hidden', this.#noiseHidden.parameters()),
      ...prefixed('noise-out', this.#noiseOut.parameters()),
    };
  }
}

/** conv 5×5/2 (16) → 3×3/2 (32) → 3×3/2 (32) → dense 128, SiLU; two coordinate channels. */
function convolutionalNetwork(
  rng: Rng,
  [height, width, channels]: readonly [number, number, number],
): tf.LayersModel {
  const input = tf.input({ shape: [height, width, channels + 2] });
  let y = input;
  for (const [filters, kernelSize] of [
    [16, 5],
    [32, 3],
    [32, 3],
  ] as const) {
    y = tf.layers
      .conv2d({ filters, kernelSize, strides: 2, padding: 'same', activation: 'swish' })
      .apply(y) as tf.SymbolicTensor;
  }
  y = tf.layers.flatten().apply(y) as tf.SymbolicTensor;
  y = tf.layers.dense({ units: 128, activation: 'swish' }).apply(y) as tf.SymbolicTensor;
  const model = tf.model({ inputs: input, outputs: y });
  seedLayers(model, rng);
  return model;
}
