import * as tf from '@tensorflow/tfjs';

/**
 * Labels as the encoder sees them: those given; where one is missing (NaN), the label head's own
 * reading. And the head's mean squared error over the labels that are there.
 * @param given Unit labels [n, d], NaN where missing.
 * @param head û [n, d].
 */
export function usedLabels(
  given: tf.Tensor2D,
  head: tf.Tensor2D,
): { readonly unitLabels: tf.Tensor2D; readonly labelError: tf.Scalar } {
  const missing = given.isNaN();
  const filled = tf.where(missing, head, given) as tf.Tensor2D;
  const present = tf.sub(1, missing.cast('float32'));
  const squared = head.sub(filled).square().mul(present).sum();
  const labelError = squared.div(present.sum().maximum(1)) as tf.Scalar;
  return { unitLabels: filled, labelError };
}
