import type * as tf from '@tensorflow/tfjs';

/**
 * Anything whose do() can be judged: a model of ours, somebody else's, or a renderer in disguise.
 * Interventions are in native label units, by concept name.
 */
export interface CounterfactualModel {
  /** Images [n, h, w, c] in, images of the same shape under do() out. The caller disposes them. */
  counterfactual(
    images: tf.Tensor4D,
    interventions: Readonly<Record<string, number>>,
  ): tf.Tensor4D | Promise<tf.Tensor4D>;
  /** What the model makes of images without an intervention. */
  reconstruct?(images: tf.Tensor4D): tf.Tensor4D | Promise<tf.Tensor4D>;
}
