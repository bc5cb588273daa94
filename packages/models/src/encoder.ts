import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { ConvolutionalFeatures } from './convolutional-features';
import { Dense } from '@causal/nn';
import { layersParameters } from '@causal/nn';
import { prefixed, type Parameters } from '@causal/nn';

export interface EncoderOptions {
  readonly imageShape: readonly [number, number, number];
  readonly conceptCount: number;
  readonly latentSize: number;
  /** Your own network from pictures to features [n, f]. */
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

/** Pictures to features: what an encoder is built on. */
interface FeatureNetwork {
  readonly size: number;
  apply(images: tf.Tensor4D): tf.Tensor2D;
  parameters(): Parameters;
}

/** f: pictures to features; features to labels û; features and labels to the noise ε. */
export class ImageEncoder {
  readonly #network: FeatureNetwork;
  readonly #label: Dense;
  readonly #noiseHidden: Dense;
  readonly #noiseOut: Dense;

  constructor(options: EncoderOptions) {
    const { imageShape, conceptCount, latentSize, network, rng } = options;
    this.#network = network
      ? layersNetwork(network, imageShape)
      : new ConvolutionalFeatures(rng.split('network'), imageShape);
    const features = this.#network.size;
    const latents = conceptCount * latentSize;
    this.#label = new Dense(rng.split('label'), features, conceptCount);
    this.#noiseHidden = new Dense(rng.split('noise'), features + conceptCount, NOISE_HIDDEN);
    this.#noiseOut = new Dense(rng.split('noise-out'), NOISE_HIDDEN, 2 * latents);
    const start = options.initialLogSigma ?? 0;
    tf.tidy(() =>
      this.#noiseOut.bias.assign(tf.concat([tf.zeros([latents]), tf.fill([latents], start)])),
    );
  }

  /** Pictures [n, h, w, c] to features [n, f]. */
  features(images: tf.Tensor4D): tf.Tensor2D {
    return this.#network.apply(images);
  }

  /** The label head û [n, d] on the unit scale. */
  labels(features: tf.Tensor2D): tf.Tensor2D {
    return this.#label.apply(features);
  }

  /** q(ε | x, u): features [n, f] and unit labels [n, d]. */
  noise(features: tf.Tensor2D, labels: tf.Tensor2D): NoisePosterior {
    const hidden = tf.elu(this.#noiseHidden.apply(tf.concat2d([features, labels], 1)));
    const [mean, logSigma] = tf.split(this.#noiseOut.apply(hidden), 2, 1) as tf.Tensor2D[];
    return { mean: mean!, logSigma: tf.clipByValue(logSigma!, ...LOG_SIGMA_RANGE) };
  }

  parameters(): Parameters {
    return {
      ...prefixed('network', this.#network.parameters()),
      ...prefixed('label', this.#label.parameters()),
      ...prefixed('noise-hidden', this.#noiseHidden.parameters()),
      ...prefixed('noise-out', this.#noiseOut.parameters()),
    };
  }
}

/** @throws if the network does not take the pictures or does not give features [n, f]. */
function layersNetwork(network: tf.LayersModel, imageShape: readonly number[]): FeatureNetwork {
  const input = network.inputs[0]!.shape.slice(1);
  const output = network.outputs[0]!.shape;
  const size = output[1];
  if (input.join() !== imageShape.join() || output.length !== 2 || !size) {
    throw new Error(
      `The encoder maps [${network.inputs[0]!.shape}] to [${output}]; expected [null, ${imageShape.join(', ')}] to features [null, size].`,
    );
  }
  return {
    size,
    apply: (images) => network.apply(images) as tf.Tensor2D,
    parameters: () => layersParameters(network),
  };
}
