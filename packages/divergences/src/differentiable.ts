import * as tf from '@tensorflow/tfjs';

/** A scalar and its gradients with respect to the inputs, in their order. */
export interface ValueAndGradients {
  readonly value: tf.Scalar;
  /** Present when gradients were asked for. */
  readonly gradients?: readonly tf.Tensor[];
}

/**
 * Puts a scalar function with a hand-written gradient on the tape.
 *
 * `evaluate` computes value and gradients in one pass: every gradient here is as small as its
 * input, so a pass over blocks can add it up beside the value, and nothing of size n·m is kept for
 * the way back. It is told whether a tape is recording, so that a plain evaluation pays nothing
 * for gradients. First-order only: the saved gradients are constants to a second tape.
 */
export function differentiable(
  inputs: readonly tf.Tensor[],
  evaluate: (inputs: readonly tf.Tensor[], wantsGradients: boolean) => ValueAndGradients,
): tf.Scalar {
  const wantsGradients = tf.engine().state.gradientDepth > 0;
  if (!wantsGradients) return tf.tidy(() => evaluate(inputs, false).value);
  const onTape = tf.customGrad((...args: Array<tf.Tensor | tf.GradSaveFunc>) => {
    const save = args[args.length - 1] as tf.GradSaveFunc;
    const { value, gradients } = evaluate(args.slice(0, -1) as tf.Tensor[], true);
    if (gradients === undefined) throw new Error('evaluate() gave no gradients.');
    save([...gradients]);
    return {
      value,
      gradFunc: (dy: tf.Scalar, saved: tf.Tensor[]) => {
        const scaled = saved.map((gradient) => tf.mul(gradient, dy));
        return scaled.length === 1 ? scaled[0]! : scaled;
      },
    };
  });
  return onTape(...inputs);
}
