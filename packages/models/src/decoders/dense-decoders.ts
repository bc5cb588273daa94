import {
  constantVariable,
  Dense,
  disposeParts,
  disposeVariables,
  dropout,
  LayersPart,
  prefixed,
  type Mode,
  type Parameters,
  type Part,
} from '@causal/nn';
import type { Rng } from '@causal/random';
import type { LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import type { Decoder, DecoderContext, DecoderInput, PaintedSample } from './decoder';

/** Injective, as Theorem 1 asks of the decoder. */
const LEAK = 0.1;

export interface DenseDecoderOptions {
  /** Units of the first hidden layer; each further one has twice as many. Default 128. */
  readonly width?: number;
  /** Hidden layers. Default 2. */
  readonly depth?: number;
  /** Share of hidden units dropped in training. Default 0. */
  readonly dropout?: number;
}

/** All latents of a batch side by side [n, d·k + r]. */
function joined({ concepts, free }: DecoderInput): tf.Tensor2D {
  const flat = concepts && (concepts.reshape([concepts.shape[0], -1]) as tf.Tensor2D);
  if (flat && free) return tf.concat2d([flat, free], 1);
  const one = flat ?? free;
  if (!one) throw new Error('A decoder needs latents: of concepts, free ones, or both.');
  return one;
}

/** A decoder of whole pictures from a function that gives their logits or values. */
abstract class WholePictures implements Decoder {
  protected readonly shape: readonly [number, number, number];

  constructor(shape: readonly [number, number, number]) {
    this.shape = shape;
  }

  /** Latents to pictures, flat or not, in [0, 1]. */
  protected abstract paint(input: DecoderInput, mode: Mode): tf.Tensor;
  abstract parameters(): Parameters;
  abstract dispose(): void;

  decode(input: DecoderInput): tf.Tensor4D {
    return tf.tidy(() => this.paint(input, { training: false }).reshape([-1, ...this.shape]));
  }

  sample(input: DecoderInput, images: tf.Tensor4D, context: LossContext): PaintedSample {
    const [height, width, channels] = this.shape;
    const flat: [number, number, number] = [images.shape[0], height * width, channels];
    const mode = { training: context.training, rng: context.rng.split('dropout') };
    const penalty = this.penalty();
    return {
      painted: this.paint(input, mode).reshape(flat) as tf.Tensor3D,
      target: images.reshape(flat),
      ...(penalty ? { penalty } : {}),
    };
  }

  protected penalty(): tf.Scalar | null {
    return null;
  }
}

/** Dense, leaky ReLU, …, dense: latents [n, inputs] to values of all pixels, before the sigmoid. */
class DenseNetwork implements Part {
  readonly #layers: readonly Dense[];
  readonly #dropout: number;

  constructor(rng: Rng, inputs: number, outputs: number, options: DenseDecoderOptions) {
    const { width = 128, depth = 2 } = options;
    const sizes = [inputs, ...Array.from({ length: depth }, (_, i) => width * 2 ** i), outputs];
    this.#layers = sizes.slice(1).map((size, i) => new Dense(rng.split(i), sizes[i]!, size));
    this.#dropout = options.dropout ?? 0;
  }

  apply(x: tf.Tensor2D, mode: Mode): tf.Tensor2D {
    const last = this.#layers.length - 1;
    let y = x;
    this.#layers.forEach((layer, i) => {
      y = layer.apply(y);
      if (i < last) y = dropout(tf.leakyRelu(y, LEAK), this.#dropout, streamOf(mode, i));
    });
    return y;
  }

  parameters(): Parameters {
    return Object.assign(
      {},
      ...this.#layers.map((layer, i) => prefixed(`dense-${i + 1}`, layer.parameters())),
    );
  }

  dispose(): void {
    disposeParts(this.#layers);
  }
}

const streamOf = ({ training, rng }: Mode, i: number): Mode =>
  rng ? { training, rng: rng.split(i) } : { training };

/** `joint`: one dense network on all latents. It draws combinations it has seen. */
export class JointDecoder extends WholePictures {
  readonly #network: DenseNetwork;

  constructor(context: DecoderContext, options: DenseDecoderOptions = {}) {
    super(context.imageShape);
    const { conceptCount: d, latentSize: k, freeLatents: r, imageShape, rng } = context;
    const outputs = tf.util.sizeFromShape([...imageShape]);
    this.#network = new DenseNetwork(rng, d * k + r, outputs, options);
  }

  protected paint(input: DecoderInput, mode: Mode): tf.Tensor {
    return this.#network.apply(joined(input), mode).sigmoid();
  }

  parameters(): Parameters {
    return this.#network.parameters();
  }

  dispose(): void {
    this.#network.dispose();
  }
}

/**
 * Several dense networks, each on the latents of its own block of concepts, their values added before
 * the sigmoid. `additive` (Lachapelle et al., NeurIPS 2023): combinations of blocks that were never
 * seen together are drawn right. `perConcept` (the released CausalVAE code): a block for each concept,
 * logits averaged.
 */
export class BlockSumDecoder extends WholePictures {
  readonly #blocks: readonly (readonly number[])[];
  readonly #networks: readonly DenseNetwork[];
  readonly #free: DenseNetwork | null;
  readonly #bias: tf.Variable;
  readonly #mean: boolean;

  /** @param blocks Concepts of each block; free latents are a block of their own. */
  constructor(
    context: DecoderContext,
    blocks: readonly (readonly number[])[],
    options: DenseDecoderOptions & { readonly mean?: boolean } = {},
  ) {
    super(context.imageShape);
    const { conceptCount, latentSize: k, freeLatents: r, imageShape, rng } = context;
    checkBlocks(blocks, conceptCount);
    const outputs = tf.util.sizeFromShape([...imageShape]);
    this.#blocks = blocks;
    this.#networks = blocks.map(
      (block, b) => new DenseNetwork(rng.split(b), block.length * k, outputs, options),
    );
    this.#free = r > 0 ? new DenseNetwork(rng.split('free'), r, outputs, options) : null;
    this.#bias = constantVariable([outputs]);
    this.#mean = options.mean ?? false;
  }

  protected paint({ concepts, free }: DecoderInput, mode: Mode): tf.Tensor {
    const n = concepts!.shape[0];
    const parts: tf.Tensor[] = this.#blocks.map((block, b) => {
      const own = block.map((i) => concepts!.slice([0, i, 0], [-1, 1, -1]).reshape([n, -1]));
      const x = (own.length === 1 ? own[0]! : tf.concat(own, 1)) as tf.Tensor2D;
      return this.#networks[b]!.apply(x, streamOf(mode, b));
    });
    if (this.#free) parts.push(this.#free.apply(free!, streamOf(mode, parts.length)));
    const sum = tf.addN(parts);
    return (this.#mean ? sum.div(parts.length) : sum).add(this.#bias).sigmoid();
  }

  parameters(): Parameters {
    return {
      ...Object.assign({}, ...this.#networks.map((n, b) => prefixed(`block-${b}`, n.parameters()))),
      ...(this.#free ? prefixed('free', this.#free.parameters()) : {}),
      bias: this.#bias,
    };
  }

  dispose(): void {
    disposeParts([...this.#networks, ...(this.#free ? [this.#free] : [])]);
    disposeVariables({ bias: this.#bias });
  }
}

function checkBlocks(blocks: readonly (readonly number[])[], concepts: number): void {
  const all = blocks.flat().sort((a, b) => a - b);
  if (all.length === concepts && all.every((c, i) => c === i)) return;
  throw new RangeError(
    `The decoder's blocks [${blocks.map((b) => `[${b.join(', ')}]`).join(', ')}] must hold each concept from 0 to ${concepts - 1} once.`,
  );
}

/** A decoder that is a user's own tf.LayersModel from [d·k + r] latents to pictures. */
export class OwnDecoder extends WholePictures {
  readonly #network: LayersPart;

  /** @throws RangeError if the network's input or output is not of the right shape. */
  constructor(network: tf.LayersModel, context: Omit<DecoderContext, 'rng'>) {
    super(context.imageShape);
    const { conceptCount: d, latentSize: k, freeLatents: r, imageShape } = context;
    const from = network.inputs[0]!.shape.slice(1);
    const to = network.outputs[0]!.shape.slice(1);
    if (from.join() !== String(d * k + r) || to.join() !== imageShape.join()) {
      throw new RangeError(
        `The decoder maps [${from}] to [${to}]; expected [${d * k + r}] (concepts × latent size + free latents) to [${imageShape}].`,
      );
    }
    this.#network = new LayersPart(network, 'decoder');
  }

  protected paint(input: DecoderInput, mode: Mode): tf.Tensor {
    return this.#network.apply(joined(input), mode);
  }

  protected override penalty(): tf.Scalar | null {
    return this.#network.regularization();
  }

  parameters(): Parameters {
    return this.#network.parameters();
  }

  buffers(): Parameters {
    return this.#network.buffers();
  }

  dispose(): void {
    this.#network.dispose();
  }
}
