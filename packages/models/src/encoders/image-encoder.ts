import {
  Dense,
  disposeParts,
  LayersPart,
  prefixed,
  type Mode,
  type Parameters,
  type Part,
} from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { PooledEncoder } from './pooled-encoder';
import { ConvolutionEncoder, type ConvolutionEncoderOptions } from './convolution-encoder';

export interface ImageEncoderOptions extends Omit<ConvolutionEncoderOptions, 'rng'> {
  /** Your own network from pictures to features [n, f]. */
  readonly network?: tf.LayersModel;
  /** Size of the code: all latents, of concepts and free ones. */
  readonly codeSize: number;
  /** Outputs of the label head; 0 where the model knows no labels. */
  readonly labelOutputs: number;
  /** What q(ε | x, u) sees of the labels; 0 for q(z | x). */
  readonly labelFeatures: number;
  /** Start of log σ. */
  readonly initialLogSigma: number;
  /**
   * Free latents that an encoder of their own reads, with a fixed σ, straight off the picture; they are
   * the last columns of the code. Default: none, one network reads the whole code.
   */
  readonly free?: { readonly size: number; readonly sigma: number };
  readonly rng: Rng;
}

/** q(code | x[, u]): a Gaussian with diagonal covariance, each [n, code]. */
export interface CodePosterior {
  readonly mean: tf.Tensor2D;
  readonly logSigma: tf.Tensor2D;
}

const HIDDEN = 64;
/** log σ is kept in here by a clip: σ from e⁻⁶ to e. */
const LOG_SIGMA_RANGE = [-6, 1] as const;

/** Pictures to features: what an encoder is built on. */
interface FeatureNetwork extends Part {
  readonly size: number;
  apply(images: tf.Tensor4D, mode: Mode): tf.Tensor2D;
  regularization?(): tf.Scalar | null;
}

/** f: pictures to features; features to the label head; features and labels to the code. */
export class ImageEncoder implements Part {
  readonly #network: FeatureNetwork;
  readonly #label: Dense | null;
  readonly #hidden: Dense;
  readonly #out: Dense;
  readonly #free: PooledEncoder | null;
  readonly #freeLogSigma: number;

  constructor(options: ImageEncoderOptions) {
    const { labelOutputs, labelFeatures, initialLogSigma, network, rng, free } = options;
    const codeSize = options.codeSize - (free?.size ?? 0);
    this.#network = network
      ? ownNetwork(network, options.imageShape)
      : new ConvolutionEncoder({ ...options, rng: rng.split('network') });
    const features = this.#network.size;
    this.#label = labelOutputs > 0 ? new Dense(rng.split('label'), features, labelOutputs) : null;
    this.#free = free
      ? new PooledEncoder({
          imageShape: options.imageShape,
          freeSize: free.size,
          rng: rng.split('free'),
        })
      : null;
    this.#freeLogSigma = Math.log(free?.sigma ?? 1);
    this.#hidden = new Dense(rng.split('noise'), features + labelFeatures, HIDDEN);
    this.#out = new Dense(rng.split('noise-out'), HIDDEN, 2 * codeSize);
    tf.tidy(() =>
      this.#out.bias.assign(
        tf.concat([tf.zeros([codeSize]), tf.fill([codeSize], initialLogSigma)]),
      ),
    );
  }

  /** Pictures [n, h, w, c] to features [n, f]. */
  features(images: tf.Tensor4D, mode: Mode): tf.Tensor2D {
    return this.#network.apply(images, mode);
  }

  /** The label head's outputs [n, labelOutputs]. */
  labels(features: tf.Tensor2D): tf.Tensor2D {
    if (!this.#label) throw new Error('This encoder was built without a label head.');
    return this.#label.apply(features);
  }

  /** q(code | x, u) from features [n, f], what it sees of the labels, and the pictures themselves. */
  posterior(features: tf.Tensor2D, labels: tf.Tensor2D | null, images: tf.Tensor4D): CodePosterior {
    const x = labels ? tf.concat2d([features, labels], 1) : features;
    const hidden = tf.elu(this.#hidden.apply(x));
    const [mean, raw] = tf.split(this.#out.apply(hidden), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    const logSigma = tf.clipByValue(raw, ...LOG_SIGMA_RANGE);
    if (!this.#free) return { mean, logSigma };
    const free = this.#free.apply(images);
    const fixed = tf.fill<tf.Rank.R2>([free.shape[0], free.shape[1]], this.#freeLogSigma);
    return { mean: tf.concat2d([mean, free], 1), logSigma: tf.concat2d([logSigma, fixed], 1) };
  }

  /** Regularisers of a user's own network. */
  regularization(): tf.Scalar | null {
    return this.#network.regularization?.() ?? null;
  }

  parameters(): Parameters {
    return {
      ...prefixed('network', this.#network.parameters()),
      ...(this.#label ? prefixed('label', this.#label.parameters()) : {}),
      ...prefixed('noise-hidden', this.#hidden.parameters()),
      ...prefixed('noise-out', this.#out.parameters()),
      ...(this.#free ? prefixed('free', this.#free.parameters()) : {}),
    };
  }

  buffers(): Parameters {
    return prefixed('network', this.#network.buffers?.() ?? {});
  }

  dispose(): void {
    const optional = [this.#label, this.#free].filter((part) => part !== null);
    disposeParts([this.#network, this.#hidden, this.#out, ...optional]);
  }
}

/** @throws if the network does not take the pictures or does not give features [n, f]. */
function ownNetwork(network: tf.LayersModel, imageShape: readonly number[]): FeatureNetwork {
  const input = network.inputs[0]!.shape.slice(1);
  const output = network.outputs[0]!.shape;
  const size = output[1];
  if (input.join() !== imageShape.join() || output.length !== 2 || !size) {
    throw new RangeError(
      `The encoder maps [${network.inputs[0]!.shape}] to [${output}]; expected [null, ${imageShape.join(', ')}] to features [null, size].`,
    );
  }
  return Object.assign(new LayersPart(network, 'encoder'), { size }) as FeatureNetwork;
}
