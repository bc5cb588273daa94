import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { uniformVariable, type Parameters } from './parameters';
import { disposeVariables, type Part } from './part';

export interface ConvolutionOptions {
  /** Side of the filter. */
  readonly size: number;
  /** Channels of what comes in. */
  readonly inputs: number;
  /** Channels of what goes out: the number of filters. */
  readonly outputs: number;
  /** Default 1. */
  readonly stride?: number;
  /** Filter and bias start in U(±limit). Default 1/√(size²·inputs). */
  readonly limit?: number;
}

/** A convolution [n, h, w, inputs] → [n, ⌈h/stride⌉, ⌈w/stride⌉, outputs], 'same' padding. */
export class Convolution implements Part {
  readonly filter: tf.Variable<tf.Rank.R4>;
  readonly bias: tf.Variable;
  readonly #stride: number;

  constructor(rng: Rng, { size, inputs, outputs, stride = 1, limit }: ConvolutionOptions) {
    const bound = limit ?? 1 / Math.sqrt(size * size * inputs);
    const shape = [size, size, inputs, outputs];
    this.filter = uniformVariable(rng.split('filter'), shape, bound) as tf.Variable<tf.Rank.R4>;
    this.bias = uniformVariable(rng.split('bias'), [outputs], bound);
    this.#stride = stride;
  }

  /** @param bias What is added instead of the bias, e.g. the bias and a part known beforehand. */
  apply(x: tf.Tensor4D, bias: tf.Tensor = this.bias): tf.Tensor4D {
    return tf.conv2d(x, this.filter, this.#stride, 'same').add(bias);
  }

  parameters(): Parameters {
    return { filter: this.filter, bias: this.bias };
  }

  dispose(): void {
    disposeVariables(this.parameters());
  }
}
