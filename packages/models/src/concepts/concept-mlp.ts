import type { Rng } from '@causal/random';
import { conceptMlp } from '@causal/scm';
import type * as tf from '@tensorflow/tfjs';
import {
  constantVariable,
  disposeVariables,
  uniformVariable,
  type Parameters,
  type Part,
} from '@causal/nn';

/**
 * Trainable weights for {@link conceptMlp} of @causal/scm: one small network per concept,
 * [n, d, inputs] → [n, d, outputs]. With `zero` the last layer starts at 0.
 */
export class ConceptMlp implements Part {
  readonly #kernel1: tf.Variable;
  readonly #bias1: tf.Variable;
  readonly #kernel2: tf.Variable;
  readonly #bias2: tf.Variable;

  constructor(
    rng: Rng,
    size: { concepts: number; inputs: number; hidden: number; outputs: number },
    options: { zero?: boolean } = {},
  ) {
    const { concepts: d, inputs, hidden, outputs } = size;
    const limit = 1 / Math.sqrt(inputs);
    this.#kernel1 = uniformVariable(rng.split('kernel1'), [d, inputs, hidden], limit);
    this.#bias1 = uniformVariable(rng.split('bias1'), [d, 1, hidden], limit);
    this.#kernel2 = options.zero
      ? constantVariable([d, hidden, outputs])
      : uniformVariable(rng.split('kernel2'), [d, hidden, outputs], 1 / Math.sqrt(hidden));
    this.#bias2 = constantVariable([d, 1, outputs]);
  }

  apply(x: tf.Tensor3D): tf.Tensor3D {
    return conceptMlp(x, {
      kernel1: this.#kernel1 as tf.Tensor3D,
      bias1: this.#bias1 as tf.Tensor3D,
      kernel2: this.#kernel2 as tf.Tensor3D,
      bias2: this.#bias2 as tf.Tensor3D,
    }) as tf.Tensor3D;
  }

  parameters(): Parameters {
    return {
      kernel1: this.#kernel1,
      bias1: this.#bias1,
      kernel2: this.#kernel2,
      bias2: this.#bias2,
    };
  }

  dispose(): void {
    disposeVariables(this.parameters());
  }
}
