import { parentSum } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';

/**
 * Equation (2) of the report: ‖u − σ(Aᵀu)‖², mean over rows, summed over the concepts that have
 * parents (a root's σ(0) would only add a constant). Ties A to the labels.
 * @param adjacency A [d, d].
 * @param unitLabels u [n, d] in [0, 1].
 * @param withParents [d], 1 where a concept has parents.
 */
export function labelConsistency(
  adjacency: tf.Tensor2D,
  unitLabels: tf.Tensor2D,
  withParents: readonly number[],
): tf.Scalar {
  const error = unitLabels.sub(parentSum(adjacency, unitLabels).sigmoid()).square();
  return error
    .mul(tf.tensor1d([...withParents]))
    .sum(1)
    .mean() as tf.Scalar;
}
