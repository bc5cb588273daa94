import { checkNumber } from '@causal/options';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { type Activation, checkActivation, conceptMlp } from '../concept-mlp';
import type { Concepts } from '../linear';
import { glorotKernel } from './initial';
import { checkLayerArgs, conceptCount } from './shapes';

/** Options of {@link MaskLayer}; plain JSON, saved with a model. */
export interface MaskLayerArgs {
  /** Width of the hidden layer. Default 32. */
  readonly hidden?: number;
  /** Activation of the hidden layer. Default `'elu'`. */
  readonly activation?: Activation;
  /** Seed of the initial weights (Glorot uniform). Default 0. */
  readonly seed?: number;
  readonly trainable?: boolean;
  readonly name?: string;
}

/**
 * One small network per concept, gᵢ: k → hidden → k, applied to row i of its input: the mask layer
 * of CausalVAE (after Ng et al. 2022). Feed it Aᵀz ({@link parentSum}) and add the noise:
 * zᵢ = gᵢ((Aᵀz)ᵢ) + εᵢ. All d networks run as one batched product.
 *
 * [batch, d] (k = 1) or [batch, d, k] in, the same shape out.
 */
export class MaskLayer extends tf.layers.Layer {
  /** @nocollapse */
  static className = 'MaskLayer';
  readonly #args: Required<Omit<MaskLayerArgs, 'name' | 'trainable'>>;
  #weights: tf.LayerVariable[] = [];

  constructor(args: MaskLayerArgs = {}) {
    checkLayerArgs(args, ['hidden', 'activation', 'seed'], 'MaskLayer');
    super({
      trainable: args.trainable ?? true,
      ...(args.name === undefined ? {} : { name: args.name }),
    });
    const { hidden = 32, activation = 'elu', seed = 0 } = args;
    checkNumber(hidden, 'hidden', 'MaskLayer', { integer: true, least: 1 });
    checkActivation(activation, 'MaskLayer');
    checkNumber(seed, 'seed', 'MaskLayer');
    this.#args = { hidden, activation, seed };
  }

  override build(inputShape: tf.Shape): void {
    const d = conceptCount(inputShape, 'MaskLayer');
    const k = inputShape[2] ?? 1;
    const { hidden, seed } = this.#args;
    const rng = createRng(seed).split('mask-layer');
    const zeros = tf.initializers.zeros();
    this.#weights = [
      glorotKernel(this.addWeight('kernel1', [d, k, hidden], 'float32', zeros), k, hidden, rng),
      this.addWeight('bias1', [d, 1, hidden], 'float32', zeros),
      glorotKernel(this.addWeight('kernel2', [d, hidden, k], 'float32', zeros), hidden, k, rng),
      this.addWeight('bias2', [d, 1, k], 'float32', zeros),
    ];
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as Concepts;
    const [kernel1, bias1, kernel2, bias2] = this.#weights.map((w) => w.read() as tf.Tensor3D);
    return conceptMlp(
      x,
      { kernel1: kernel1!, bias1: bias1!, kernel2: kernel2!, bias2: bias2! },
      this.#args.activation,
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#args };
  }
}

tf.serialization.registerClass(MaskLayer);
