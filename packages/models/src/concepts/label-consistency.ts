import type { Matrix } from '@causal/datasets';
import { parentSum } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';

/**
 * Equation (2) of the report: ‖u − σ(Aᵀu)‖², mean over rows, summed over the concepts that have
 * parents (a root's σ(0) would only add a constant). Ties A to the labels.
 * @param adjacency A [d, d].
 * @param unit u [n, d] in [0, 1].
 * @param edges [d][d], non-zero where A may differ from 0.
 * @param mean Mean over rows.
 */
export function labelConsistency(
  adjacency: tf.Tensor2D,
  unit: tf.Tensor2D,
  edges: Matrix,
  mean: (perRow: tf.Tensor) => tf.Scalar = (perRow) => perRow.mean() as tf.Scalar,
): tf.Scalar {
  const hasParents = edges.map((_, j) => (edges.some((row) => row[j] !== 0) ? 1 : 0));
  const error = unit.sub(parentSum(adjacency, unit).sigmoid()).square();
  return mean(error.mul(tf.tensor1d(hasParents)).sum(1));
}
