import * as tf from '@tensorflow/tfjs';
import type { Concept } from '@causal/datasets';
import type { ConceptSpace } from './concept-space';

/** Outputs of the label head for each concept: one number, or one score for each category. */
export function headSizes({ concepts, levels }: ConceptSpace): number[] {
  return concepts.map(({ kind }, j) => {
    if (kind === 'categorical') return levels[j]!;
    return kind === 'ordinal' ? levels[j]! - 1 : 1;
  });
}

/**
 * The label head's outputs [n, Σ sizes] as labels: what they say û is, and how wrong they are.
 *
 * - continuous: û itself, squared error;
 * - binary: a logit, cross-entropy;
 * - categorical: a logit for each category, cross-entropy;
 * - ordinal: a logit for "more than c", for each c but the last (Frank & Hall 2001), cross-entropy.
 */
export class LabelHead {
  readonly #space: ConceptSpace;
  readonly #sizes: readonly number[];
  /** All concepts are continuous: head and labels are the same numbers. */
  readonly #plain: boolean;

  constructor(space: ConceptSpace) {
    this.#space = space;
    this.#sizes = headSizes(space);
    this.#plain = space.concepts.every(({ kind }) => kind === 'continuous');
  }

  /** û [n, d] on the unit scale; of discrete concepts the likeliest value, never one between. */
  read(head: tf.Tensor2D): tf.Tensor2D {
    if (this.#plain) return head;
    const columns = this.#parts(head).map((part, j) => {
      const kind = this.#space.concepts[j]!.kind;
      const last = this.#space.levels[j]! - 1;
      if (kind === 'continuous') return part;
      return stepped(part, (x) =>
        kind === 'categorical'
          ? x.argMax(1).expandDims(1).cast('float32').div(last)
          : x.greater(0).cast('float32').sum(1, true).div(last),
      );
    });
    return tf.concat2d(columns as tf.Tensor2D[], 1);
  }

  /**
   * Error of each label [n, d] (nats, or squared units of the range), 0 where `given` is NaN.
   * @param given Unit labels [n, d], NaN where missing.
   */
  errors(head: tf.Tensor2D, given: tf.Tensor2D): tf.Tensor2D {
    const missing = given.isNaN();
    const present = tf.sub(1, missing.cast('float32'));
    const filled = tf.where(missing, tf.zerosLike(given), given) as tf.Tensor2D;
    if (this.#plain) {
      return tf.where(missing, filled, head).sub(filled).square().mul(present) as tf.Tensor2D;
    }
    const columns = this.#parts(head).map((part, j): tf.Tensor2D => {
      const truth = filled.slice([0, j], [-1, 1]) as tf.Tensor2D;
      return labelError(this.#space.concepts[j]!, this.#space.levels[j]!, part, truth);
    });
    return tf.concat2d(columns, 1).mul(present);
  }

  #parts(head: tf.Tensor2D): tf.Tensor2D[] {
    return tf.split(head, [...this.#sizes], 1);
  }
}

/** A step of scores: its slope is 0 wherever it has one, and the engine's comparisons have none. */
function stepped(scores: tf.Tensor, step: (scores: tf.Tensor) => tf.Tensor): tf.Tensor {
  const op = tf.customGrad((x: tf.Tensor | tf.GradSaveFunc) => ({
    value: step(x as tf.Tensor),
    gradFunc: () => tf.zerosLike(scores),
  }));
  return op(scores);
}

function labelError(
  { kind }: Concept,
  levels: number,
  part: tf.Tensor2D,
  truth: tf.Tensor2D,
): tf.Tensor2D {
  if (kind === 'continuous') return part.sub(truth).square() as tf.Tensor2D;
  const category = truth.mul(levels - 1).round();
  if (kind === 'categorical') {
    const picked = tf.oneHot(category.squeeze([1]).cast('int32') as tf.Tensor1D, levels);
    return part.logSoftmax().mul(picked).sum(1, true).neg() as tf.Tensor2D;
  }
  // −log σ(±logit), one for each threshold c: is the label more than c?
  const thresholds = tf.range(0, levels - 1).reshape([1, levels - 1]);
  const sign = category.greater(thresholds).cast('float32').mul(2).sub(1);
  return part.mul(sign).neg().softplus().sum(1, true) as tf.Tensor2D;
}
