import { Dense, prefixed, type Parameters, type Part } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { ConceptSpace } from './concept-space';

/** Features of the causes to numbers of one effect: three dense layers. */
export class MechanismNetwork implements Part {
  readonly #space: ConceptSpace;
  readonly #parents: readonly number[];
  readonly #layers: readonly [Dense, Dense, Dense];

  constructor(
    rng: Rng,
    space: ConceptSpace,
    { parents, hidden, outputs }: { parents: readonly number[]; hidden: number; outputs: number },
  ) {
    this.#space = space;
    this.#parents = parents;
    const inputs = parents.reduce((sum, i) => sum + space.featureSizes[i]!, 0);
    this.#layers = [
      new Dense(rng.split(1), inputs, hidden),
      new Dense(rng.split(2), hidden, hidden),
      new Dense(rng.split(3), hidden, outputs),
    ];
  }

  /** Unit labels [n, d] to [n, outputs]. */
  apply(unit: tf.Tensor2D): tf.Tensor2D {
    const [first, second, last] = this.#layers;
    const features = this.#parents.map((i) => this.#space.featuresOf(i, unit));
    // Numbers to [−1, 1]: inside, the scale networks like.
    const x = tf.concat2d(features, 1).mul(2).sub(1) as tf.Tensor2D;
    return last.apply(bend(second.apply(bend(first.apply(x)))));
  }

  parameters(): Parameters {
    return Object.assign(
      {},
      ...this.#layers.map((layer, i) => prefixed(`${i + 1}`, layer.parameters())),
    );
  }

  dispose(): void {
    this.#layers.forEach((layer) => layer.dispose());
  }
}

/**
 * Leaky ReLU: mechanisms of the world have kinks (a shadow cannot be shorter than its thing), which
 * smooth activations round off: twenty times the error on the pendulum's shadow with SiLU.
 */
function bend(x: tf.Tensor2D): tf.Tensor2D {
  return tf.leakyRelu(x, 0.01);
}
