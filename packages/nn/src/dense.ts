import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { constantVariable, uniformVariable, type Parameters } from './parameters';
import { disposeVariables, type Part } from './part';

/** x·W + b on the last axis of [n, inputs]; W, b ~ U(±1/√inputs). */
export class Dense implements Part {
  readonly weight: tf.Variable;
  readonly bias: tf.Variable;

  constructor(rng: Rng, inputs: number, outputs: number, options: { zero?: boolean } = {}) {
    const limit = 1 / Math.sqrt(inputs);
    this.weight = options.zero
      ? constantVariable([inputs, outputs])
      : uniformVariable(rng.split('weight'), [inputs, outputs], limit);
    this.bias = options.zero
      ? constantVariable([outputs])
      : uniformVariable(rng.split('bias'), [outputs], limit);
  }

  apply(x: tf.Tensor2D): tf.Tensor2D {
    return x.matMul(this.weight as tf.Tensor2D).add(this.bias) as tf.Tensor2D;
  }

  parameters(): Parameters {
    return { weight: this.weight, bias: this.bias };
  }

  dispose(): void {
    disposeVariables(this.parameters());
  }
}
