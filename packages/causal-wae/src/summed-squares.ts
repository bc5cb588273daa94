import type { Pass } from '@causal/models';
import type * as tf from '@tensorflow/tfjs';

/** ‖x − G(z)‖² of each row [n], over all values of a picture, from the pixels that were painted. */
export function summedSquares({ painted, target, images }: Pass): tf.Tensor1D {
  const n = images.shape[0];
  const values = images.size / n;
  return painted.sub(target).square().reshape([n, -1]).mean(1).mul(values) as tf.Tensor1D;
}
