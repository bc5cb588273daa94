import { host } from '@causal/linalg';
import * as tf from '@tensorflow/tfjs';

/** Folds of the cross-validation: rows 0 … n − 1 in equal runs. */
const FOLDS = 3;
/** Added to the diagonal of the features' Gram matrix (features are about 1, rows thousands). */
const RIDGE = 1;

/**
 * Cross-validated squared errors of predicting pictures from features by ridge regression, in closed
 * form: each fold is predicted by the other two. The Gram matrix is inverted in float64 on the host.
 * @param features [n, q].
 * @param pictures [n, pixels·channels], centred.
 * @returns Squared error, channels summed [n, pixels].
 */
export function ridgeErrors(
  features: tf.Tensor2D,
  pictures: tf.Tensor2D,
  channels: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const [n, q] = features.shape;
    const bounds = Array.from({ length: FOLDS + 1 }, (_, i) => Math.round((i * n) / FOLDS));
    const folds = Array.from({ length: FOLDS }, (_, i) => {
      const rows = bounds[i + 1]! - bounds[i]!;
      const a = features.slice([bounds[i]!, 0], [rows, q]);
      const x = pictures.slice([bounds[i]!, 0], [rows, -1]);
      return { a, x, gram: a.matMul(a, true), moment: a.matMul(x, true) };
    });
    const errors = folds.map(({ a, x }, i) =>
      tf.tidy(() => {
        const others = folds.filter((_, j) => j !== i);
        const gram = tf.addN(others.map((fold) => fold.gram)) as tf.Tensor2D;
        const moment = tf.addN(others.map((fold) => fold.moment)) as tf.Tensor2D;
        const coefficients = inverseOf(gram).matMul(moment);
        const squared = x.sub(a.matMul(coefficients)).square();
        const pixels = squared.shape[1]! / channels;
        return squared.reshape([a.shape[0], pixels, channels]).sum(2) as tf.Tensor2D;
      }),
    );
    return tf.concat(errors, 0);
  });
}

function inverseOf(gram: tf.Tensor2D): tf.Tensor2D {
  const rows = gram.arraySync();
  rows.forEach((row, i) => (row[i]! += RIDGE));
  return tf.tensor2d(host.inverse(rows));
}
