import { OptionsError, show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { isTensor } from '../data/table';

/**
 * Weights that are a DAG by construction: W_ij = S_ij · ReLU(φ_j − φ_i), so that edges go only from
 * lower to higher potential (Yu et al. 2021, DAG-NoCurl, theorem 2.1). Every DAG can be written so.
 * @param strengths S [d, d]
 * @param potential φ [d]
 * @returns W [d, d], differentiable in both.
 * @throws TypeError for other shapes.
 */
export function noCurl(strengths: tf.Tensor2D, potential: tf.Tensor1D): tf.Tensor2D {
  if (![strengths, potential].every(isTensor)) {
    throw new OptionsError('noCurl', [
      `expected two tensors, strengths [d, d] and potential [d], got ${show(strengths)} and ${show(potential)}.`,
    ]);
  }
  const d = potential.shape[0]!;
  if (potential.rank !== 1 || strengths.rank !== 2 || strengths.shape.some((s) => s !== d)) {
    throw new TypeError(
      `noCurl: expected strengths [d, d] and potential [d], got [${strengths.shape.join(', ')}] and [${potential.shape.join(', ')}].`,
    );
  }
  return tf.tidy(() => {
    const rise = tf.sub(tf.reshape(potential, [1, d]), tf.reshape(potential, [d, 1]));
    return tf.mul(strengths, tf.relu(rise)) as tf.Tensor2D;
  });
}
