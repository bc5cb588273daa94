import type { Concept, Matrix } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';

/**
 * Native label units ↔ [0, 1] over each concept's range: the scale that the networks see.
 * Saved with a model, so that do() always speaks the user's units.
 */
export class ConceptScale {
  readonly concepts: readonly Concept[];

  /** @throws if a concept's range is empty or not finite. */
  constructor(concepts: readonly Concept[]) {
    for (const { name, range } of concepts) {
      if (!(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[1] > range[0])) {
        throw new RangeError(
          `Concept "${name}" has the range [${range[0]}, ${range[1]}]; expected two finite numbers, the second larger. A constant concept cannot be learned: leave it out.`,
        );
      }
    }
    this.concepts = concepts;
  }

  /** Number of concepts, d. */
  get size(): number {
    return this.concepts.length;
  }

  get names(): string[] {
    return this.concepts.map((concept) => concept.name);
  }

  /** One native value of concept `index` to the unit scale. */
  toUnitValue(index: number, value: number): number {
    const [low, high] = this.concepts[index]!.range;
    return (value - low) / (high - low);
  }

  /** One unit value of concept `index` back to native units. */
  toNativeValue(index: number, value: number): number {
    const [low, high] = this.concepts[index]!.range;
    return low + value * (high - low);
  }

  /** Label rows [n, d], native to unit. */
  toUnit(labels: Matrix): number[][] {
    return labels.map((row) => row.map((value, j) => this.toUnitValue(j, value)));
  }

  /** Label rows [n, d], unit to native. */
  toNative(labels: Matrix): number[][] {
    return labels.map((row) => row.map((value, j) => this.toNativeValue(j, value)));
  }

  /** The same on tensors [n, d]. */
  toUnitTensor(labels: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => labels.sub(this.#low()).div(this.#width()) as tf.Tensor2D);
  }

  /** The same on tensors [n, d]. */
  toNativeTensor(labels: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => labels.mul(this.#width()).add(this.#low()) as tf.Tensor2D);
  }

  #low(): tf.Tensor1D {
    return tf.tensor1d(this.concepts.map((concept) => concept.range[0]));
  }

  #width(): tf.Tensor1D {
    return tf.tensor1d(this.concepts.map((concept) => concept.range[1] - concept.range[0]));
  }
}
