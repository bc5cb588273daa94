import { parentSum } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';

/**
 * Equation (2) of the report: ‖u − σ(Aᵀu)‖², mean over rows, summed over the concepts that have
 * parents (a root's σ(0) would only add a constant). Ties A to the labels.
 * @param adjacency A [d, d].
 * @param unitLabels u [n, d] in [0, 1].
 * @param edges [d][d], non-zero where A may differ from 0.
 */
export function labelConsistency(
  adjacency: tf.Tensor2D,
  unitLabels: tf.Tensor2D,
  edges: readonly (readonly number[])[],
): tf.Scalar {
  const hasParents = edges.map((_, j) => (edges.some((row) => row[j] !== 0) ? 1 : 0));
  const error = unitLabels.sub(parentSum(adjacency, unitLabels).sigmoid()).square();
  return error.mul(tf.tensor1d(hasParents)).sum(1).mean() as tf.Scalar;
}
