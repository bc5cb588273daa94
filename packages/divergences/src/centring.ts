import * as tf from '@tensorflow/tfjs';
import { offDiagonalMask } from './bandwidth';

/** How Gram matrices are centred, and what the inner product of two is multiplied by. */
export interface Centring {
  /** Orthogonal projection of a symmetric matrix, in O(n²): row means, never a product with H. */
  readonly centre: (gram: tf.Tensor2D) => tf.Tensor2D;
  readonly scale: number;
}

/** HKH with H = I − 11ᵀ/n; ⟨HKH, HLH⟩/n² is the biased HSIC. */
export function biasedCentring(n: number): Centring {
  return {
    centre: (gram) =>
      tf.tidy(() => {
        const rows = tf.mean(gram, 1, true) as tf.Tensor2D;
        const shift = tf.sub(rows, tf.mul(tf.mean(rows), 0.5)) as tf.Tensor2D;
        return tf.sub(tf.sub(gram, shift), tf.transpose(shift)) as tf.Tensor2D;
      }),
    scale: 1 / (n * n),
  };
}

/**
 * U-centring (Székely & Rizzo 2014, eq. 2.3): the diagonal taken out, then row sums by n − 2 and the
 * total by (n − 1)(n − 2). ⟨K̃, L̃⟩/n(n − 3) is the unbiased HSIC of Song et al.
 */
export function unbiasedCentring(n: number): Centring {
  return {
    centre: (gram) =>
      tf.tidy(() => {
        const mask = offDiagonalMask(n);
        const hollow = tf.mul(gram, mask) as tf.Tensor2D;
        const rows = tf.div(tf.sum(hollow, 1, true), n - 2) as tf.Tensor2D;
        // Σ rows = total/(n − 2).
        const shift = tf.sub(rows, tf.div(tf.sum(rows), 2 * (n - 1))) as tf.Tensor2D;
        return tf.mul(tf.sub(tf.sub(hollow, shift), tf.transpose(shift)), mask) as tf.Tensor2D;
      }),
    scale: 1 / (n * (n - 3)),
  };
}
