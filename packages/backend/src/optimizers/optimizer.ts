import type * as tf from '@tensorflow/tfjs';

/** A learning rate for all parameters, or one by parameter name. */
export type LearningRate = number | ((name: string) => number);

/** Slots and counters of an optimiser, by name: what a checkpoint stores. */
export interface OptimizerState {
  readonly tensors: Record<string, tf.Tensor>;
  readonly scalars: Record<string, number>;
}

/** Changes parameters by their gradients, and remembers what its rule needs between steps. */
export interface Optimizer {
  /**
   * One step, in place. Parameters without a gradient stay as they are; nothing of the caller's is
   * disposed.
   * @param options.learningRate overrides the optimiser's own for this step (schedules).
   * @throws Error if a gradient has no parameter, or another shape than it, or (with clipping) if
   *   the gradients are not finite.
   */
  step(
    grads: Record<string, tf.Tensor>,
    params: Record<string, tf.Variable>,
    options?: { learningRate?: LearningRate },
  ): void;
  /** The live slots (not to be disposed by the caller), e.g. `adam/m/<parameter>`. */
  state(): OptimizerState;
  /** Takes over a state that {@link state} gave: copies it. */
  restore(state: OptimizerState): void;
  dispose(): void;
}

/** What every rule takes. */
export interface OptimizerOptions {
  /** Step size. Default 1e-3. */
  readonly learningRate?: LearningRate;
  /**
   * Decoupled weight decay (Loshchilov & Hutter 2019): parameters shrink by learningRate ×
   * weightDecay a step; a function gives it by parameter name. Default 0.
   */
  readonly weightDecay?: number | ((name: string) => number);
  /** Gradients are scaled down together so that their global norm is at most this. Default none. */
  readonly clipNorm?: number;
}
