import { checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { type Activation, activate, checkActivation } from '../concept-mlp';
import { gumbelMask } from '../gumbel-mask';
import { checkLayerArgs, conceptCount } from './shapes';
import { glorotKernel } from './initial';

/** Options of {@link GumbelMaskLayer}; plain JSON, saved with a model. */
export interface GumbelMaskLayerArgs {
  /** Width of the hidden layer. Default 32. */
  readonly hidden?: number;
  /** Activation of the hidden layer. Default `'elu'`. */
  readonly activation?: Activation;
  /** Temperature of the mask. Default 0.2. */
  readonly temperature?: number;
  /** Seed of the initial weights and of the mask's noise in training. Default 0. */
  readonly seed?: number;
  readonly trainable?: boolean;
  readonly name?: string;
}

/**
 * One small network per concept on *all* concepts, each under its own learned mask of causes
 * (MCSL, Ng et al. 2022): outⱼ = gⱼ(mask₁ⱼ·z₁, …, mask_dⱼ·z_d), with the mask of
 * {@link gumbelMask}. Noise is drawn in training only. Feed it z itself, not Aᵀz: the mask takes the
 * place of the adjacency.
 *
 * [batch, d] (k = 1) or [batch, d, k] in, the same shape out.
 */
export class GumbelMaskLayer extends tf.layers.Layer {
  /** @nocollapse */
  static className = 'GumbelMaskLayer';
  readonly #args: Required<Omit<GumbelMaskLayerArgs, 'name' | 'trainable'>>;
  readonly #rng: Rng;
  #weights: tf.LayerVariable[] = [];

  constructor(args: GumbelMaskLayerArgs = {}) {
    checkLayerArgs(args, ['hidden', 'activation', 'temperature', 'seed'], 'GumbelMaskLayer');
    super({
      trainable: args.trainable ?? true,
      ...(args.name === undefined ? {} : { name: args.name }),
    });
    const { hidden = 32, activation = 'elu', temperature = 0.2, seed = 0 } = args;
    checkNumber(hidden, 'hidden', 'GumbelMaskLayer', { integer: true, least: 1 });
    checkActivation(activation, 'GumbelMaskLayer');
    checkNumber(temperature, 'temperature', 'GumbelMaskLayer', { above: 0 });
    checkNumber(seed, 'seed', 'GumbelMaskLayer');
    this.#args = { hidden, activation, temperature, seed };
    this.#rng = createRng(seed).split('gumbel-noise');
  }

  override build(inputShape: tf.Shape): void {
    const d = conceptCount(inputShape, 'GumbelMaskLayer');
    const k = inputShape[2] ?? 1;
    const { hidden: h, seed } = this.#args;
    const rng = createRng(seed).split('gumbel-mask-layer');
    const zeros = tf.initializers.zeros();
    this.#weights = [
      this.addWeight('logits', [d, d], 'float32', zeros),
      glorotKernel(this.addWeight('kernel1', [d, k, d, h], 'float32', zeros), d * k, h, rng),
      this.addWeight('bias1', [d, h], 'float32', zeros),
      glorotKernel(this.addWeight('kernel2', [d, h, k], 'float32', zeros), h, k, rng),
      this.addWeight('bias2', [d, k], 'float32', zeros),
    ];
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  /** The mask without noise, [d, d], entry [i][j] for i → j. The caller disposes it. */
  mask(): tf.Tensor2D {
    if (this.#weights.length === 0) {
      throw new Error('GumbelMaskLayer.mask(): apply the layer once, or call build([batch, d]).');
    }
    return gumbelMask(this.#weights[0]!.read() as tf.Tensor2D, {
      temperature: this.#args.temperature,
    });
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean } = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const [logits, kernel1, bias1, kernel2, bias2] = this.#weights.map((w) => w.read());
      const [d, k, , h] = kernel1!.shape as [number, number, number, number];
      const mask = gumbelMask(logits as tf.Tensor2D, {
        temperature: this.#args.temperature,
        ...(kwargs.training === true ? { rng: this.#rng } : {}),
      });
      // Masking the inputs of child j is masking the rows of its kernel: one product for all.
      const masked = tf.mul(kernel1!, tf.reshape(mask, [d, 1, d, 1]));
      const flat = tf.reshape(x, [-1, d * k]) as tf.Tensor2D;
      const sums = tf.reshape(tf.matMul(flat, tf.reshape(masked, [d * k, d * h]) as tf.Tensor2D), [
        -1,
        d,
        h,
      ]);
      const hidden = activate(this.#args.activation, tf.add<tf.Tensor3D>(sums, bias1!));
      const out = tf.matMul(tf.transpose(hidden, [1, 0, 2]), kernel2 as tf.Tensor3D);
      const shaped = tf.add(tf.transpose(out, [1, 0, 2]), bias2!);
      return x.rank === 2 ? tf.squeeze(shaped, [2]) : shaped;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#args };
  }
}

tf.serialization.registerClass(GumbelMaskLayer);
