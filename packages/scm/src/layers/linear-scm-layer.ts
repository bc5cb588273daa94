import type { Matrix } from '@causal/graph';
import { checkChoice, checkMatrix } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { type Concepts, endogenous, exogenous } from '../linear';
import { checkedMatrix, checkLayerArgs, conceptCount } from './shapes';

/** Options of {@link LinearScmLayer}; plain JSON, saved with a model. */
export interface LinearScmLayerArgs {
  /** The adjacency to start from, d×d. Default: zeros, the model without edges. */
  readonly adjacency?: Matrix;
  /** Edges that may exist, d×d, non-zero = allowed. Default: all but self-loops. */
  readonly allowed?: Matrix;
  /** ε → z (default) or z → ε. */
  readonly direction?: 'endogenous' | 'exogenous';
  /** Whether the adjacency is learned. Default true. */
  readonly trainable?: boolean;
  readonly name?: string;
}

/**
 * The linear structural causal model z = Aᵀz + ε as a layer: [batch, d] or [batch, d, k] in, the
 * same shape out. Its one weight holds A; the diagonal and edges that are not allowed are zero by
 * construction, whatever an optimiser writes there.
 */
export class LinearScmLayer extends tf.layers.Layer {
  /** @nocollapse */
  static className = 'LinearScmLayer';
  readonly #args: LinearScmLayerArgs;
  #mask: number[][] = [];
  #weight: tf.LayerVariable | undefined;

  constructor(args: LinearScmLayerArgs = {}) {
    checkLayerArgs(args, ['adjacency', 'allowed', 'direction'], 'LinearScmLayer');
    super({
      trainable: args.trainable ?? true,
      ...(args.name === undefined ? {} : { name: args.name }),
    });
    const { direction, adjacency, allowed } = args;
    if (direction !== undefined) {
      checkChoice(direction, ['endogenous', 'exogenous'], 'direction', 'LinearScmLayer');
    }
    if (adjacency !== undefined) checkMatrix(adjacency, 'adjacency', 'LinearScmLayer');
    if (allowed !== undefined) checkMatrix(allowed, 'allowed', 'LinearScmLayer');
    this.#args = args;
  }

  override build(inputShape: tf.Shape): void {
    const d = conceptCount(inputShape, 'LinearScmLayer');
    const allowed = checkedMatrix(this.#args.allowed, d, 'LinearScmLayer: allowed', 1);
    this.#mask = allowed.map((row, i) => row.map((on, j) => (on !== 0 && i !== j ? 1 : 0)));
    const start = checkedMatrix(this.#args.adjacency, d, 'LinearScmLayer: adjacency', 0);
    this.#weight = this.addWeight('adjacency', [d, d], 'float32', tf.initializers.zeros());
    const initial = tf.tensor2d(start, [d, d]);
    this.#weight.write(initial);
    initial.dispose();
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return inputShape;
  }

  /** A as it acts: allowed edges only, zero diagonal. Differentiable; the caller disposes it. */
  adjacency(): tf.Tensor2D {
    const weight = this.#weight;
    if (weight === undefined) {
      throw new Error(
        'LinearScmLayer.adjacency(): apply the layer once, or call build([batch, d]).',
      );
    }
    return tf.tidy(() => tf.mul(weight.read() as tf.Tensor2D, tf.tensor2d(this.#mask)));
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as Concepts;
      const a = this.adjacency();
      return this.#args.direction === 'exogenous' ? exogenous(a, x) : endogenous(a, x);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...(this.#args as object), name: this.name };
  }
}

tf.serialization.registerClass(LinearScmLayer);
