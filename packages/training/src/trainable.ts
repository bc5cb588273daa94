import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';

export interface LossContext {
  /** A stream of this step alone: depends on the run's seed and `step`, nothing else. */
  readonly rng: Rng;
  /** Steps done before this one: 0 for the first. */
  readonly step: number;
  /** Steps the whole run will do. */
  readonly steps: number;
  /** False where the loss is only looked at (validation): no dropout, no running statistics. */
  readonly training: boolean;
}

/** Tensors of a step that outlive its tape: codes, draws of the prior, errors of pixels. */
export type Carried = Readonly<Record<string, tf.Tensor>>;

/** One loss: what is minimised, and its named parts as they are logged. */
export interface Loss {
  readonly total: tf.Scalar;
  readonly terms: Readonly<Record<string, tf.Scalar>>;
  /** Kept until the step is over: the batch of the adversary, and what `afterStep` is told. */
  readonly carried?: Carried;
}

/** Something with named parameters and a loss: what an optimiser needs. */
export interface Player<B> {
  /** Name → variable; the names are those of the checkpoint. */
  parameters(): Readonly<Record<string, tf.Variable>>;
  /** Called inside a gradient tape; everything but the result is disposed by the caller. */
  loss(batch: B, context: LossContext): Loss;
  /** Learning-rate group of a parameter (see FitOptions.learningRate). Default `'default'`. */
  group?(parameter: string): string;
}

/** The one contract between models and the training loop. */
export interface Trainable<B> extends Player<B> {
  /**
   * A second player with its own optimiser (a discriminator). Its batch is what the model's loss
   * carried in the same step, without gradients to the model: one encoding serves both.
   */
  readonly adversary?: Player<Carried> | undefined;
  /** Variables that no gradient trains (running statistics): saved in checkpoints beside the rest. */
  buffers?(): Readonly<Record<string, tf.Variable>>;
  /**
   * What makes this model the model that it is, as JSON: its kind, options, concepts with their
   * ranges, graph. A run is resumed only by a model that says the same. Numbers that training
   * changes do not belong here.
   */
  identity?(): unknown;
  /** JSON state beside the parameters (a multiplier, a schedule), saved in checkpoints. */
  state?(): unknown;
  restore?(state: unknown): void;
  /** Called after each step, outside the tape. The carried tensors are disposed afterwards. */
  afterStep?(context: LossContext, carried: Carried): void | Promise<void>;
}
