import type { Concept, Matrix } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';

/**
 * The labels of a model's concepts in their three forms.
 *
 * - *native*: as the data set tells them, in the user's units; categories are 0, 1, …
 * - *unit*: [0, 1] over each concept's range, what is stored, propagated and intervened on.
 * - *features*: what networks see. A continuous, binary or ordinal concept is one number (its unit
 *   value), a categorical one is one-hot: its categories have no order.
 */
export class ConceptSpace {
  readonly concepts: readonly Concept[];
  /** Features of each concept: 1, or the number of categories. */
  readonly featureSizes: readonly number[];
  /** Categories of each discrete concept (binary: 2); 0 for continuous ones. */
  readonly levels: readonly number[];
  #low: tf.Tensor1D | null = null;
  #width: tf.Tensor1D | null = null;

  /** @throws RangeError if there is no concept, a range is empty, or categories are not 0, 1, … */
  constructor(concepts: readonly Concept[]) {
    if (concepts.length === 0) throw new RangeError('The data set has no concepts.');
    for (const { name, range } of concepts) {
      if (!(Number.isFinite(range[0]) && Number.isFinite(range[1]) && range[1] > range[0])) {
        throw new RangeError(
          `Concept "${name}" has the range [${range[0]}, ${range[1]}]; expected two finite numbers, the second larger. A constant concept cannot be learned: leave it out.`,
        );
      }
    }
    this.concepts = concepts;
    this.levels = concepts.map(levelsOf);
    this.featureSizes = concepts.map(({ kind }, j) =>
      kind === 'categorical' ? this.levels[j]! : 1,
    );
  }

  /** Number of concepts, d. */
  get size(): number {
    return this.concepts.length;
  }

  get names(): string[] {
    return this.concepts.map((concept) => concept.name);
  }

  /** Features of all concepts side by side. */
  get flatFeatures(): number {
    return this.featureSizes.reduce((sum, size) => sum + size, 0);
  }

  /** Features of the concept that has most, F. */
  get widestFeatures(): number {
    return Math.max(...this.featureSizes);
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
    const [low, width] = this.#constants();
    return tf.tidy(() => labels.sub(low).div(width) as tf.Tensor2D);
  }

  /** The same on tensors [n, d]. */
  toNativeTensor(labels: tf.Tensor2D): tf.Tensor2D {
    const [low, width] = this.#constants();
    return tf.tidy(() => labels.mul(width).add(low) as tf.Tensor2D);
  }

  /** Features of one concept [n, its features] from unit labels [n, d]. */
  featuresOf(index: number, unit: tf.Tensor2D): tf.Tensor2D {
    const column = unit.slice([0, index], [-1, 1]) as tf.Tensor2D;
    const size = this.featureSizes[index]!;
    if (size === 1) return column;
    const category = column
      .mul(size - 1)
      .round()
      .cast('int32')
      .squeeze([1]) as tf.Tensor1D;
    return tf.oneHot(category, size).cast('float32') as tf.Tensor2D;
  }

  /** Features of all concepts side by side [n, Σ features]: what the encoder sees of the labels. */
  flat(unit: tf.Tensor2D): tf.Tensor2D {
    if (this.flatFeatures === this.size) return unit;
    return tf.concat2d(
      this.concepts.map((_, j) => this.featuresOf(j, unit)),
      1,
    );
  }

  /**
   * Features [n, d, F] concept by concept, zeros behind those of concepts that have fewer; single
   * numbers are centred to [−1, 1].
   */
  stacked(unit: tf.Tensor2D): tf.Tensor3D {
    const centred = unit.mul(2).sub(1) as tf.Tensor2D;
    const widest = this.widestFeatures;
    if (widest === 1) return centred.expandDims(2) as tf.Tensor3D;
    const rows = this.concepts.map((_, j) => {
      const one = this.featureSizes[j] === 1;
      const features = one
        ? (centred.slice([0, j], [-1, 1]) as tf.Tensor2D)
        : this.featuresOf(j, unit);
      return features.pad([
        [0, 0],
        [0, widest - features.shape[1]],
      ]);
    });
    return tf.stack(rows, 1) as tf.Tensor3D;
  }

  /** Frees what was uploaded. */
  dispose(): void {
    this.#low?.dispose();
    this.#width?.dispose();
    this.#low = this.#width = null;
  }

  /** Low ends and widths of the ranges, uploaded once. */
  #constants(): readonly [tf.Tensor1D, tf.Tensor1D] {
    this.#low ??= tf.keep(tf.tensor1d(this.concepts.map(({ range }) => range[0])));
    this.#width ??= tf.keep(tf.tensor1d(this.concepts.map(({ range }) => range[1] - range[0])));
    return [this.#low, this.#width];
  }
}

function levelsOf({ name, kind, range: [low, high], categories }: Concept): number {
  if (kind === 'continuous') return 0;
  if (kind === 'binary') return 2;
  const levels = high - low + 1;
  if (low !== 0 || !Number.isInteger(high)) {
    throw new RangeError(
      `The ${kind} concept "${name}" has the range [${low}, ${high}]; its categories must be 0, 1, … in whole numbers.`,
    );
  }
  if (categories && categories.length !== levels) {
    throw new RangeError(
      `Concept "${name}" names ${categories.length} categories for the range [${low}, ${high}].`,
    );
  }
  return levels;
}
