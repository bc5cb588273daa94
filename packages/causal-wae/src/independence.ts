import { cka, dhsic, hsic } from '@causal/divergences';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** H of equation (8) by name. */
export type IndependenceName = 'hsic' | 'dhsic' | 'cka' | 'none';

/** What {@link independenceTerm} documents. */
export const independenceShape = {
  independence: z.enum(['hsic', 'dhsic', 'cka', 'none']).default('hsic'),
} as const;

/**
 * H(f(X, U), U): dependence of the code on the labels.
 *
 * - `'hsic'`: HSIC with Gaussian kernels, which are characteristic: 0 only where code and labels are
 *   independent. Bandwidths: the median distance of the batch, of code and labels apart. Biased
 *   estimator, normalised to [0, 1].
 * - `'dhsic'`: dHSIC (Pfister et al. 2018) of the labels and every latent of the code: they are also
 *   to be independent of one another. Same kernels, median bandwidth of each.
 * - `'cka'`: linear CKA. It sees correlation only, not dependence, and is the cheapest.
 *
 * @param code [n, code]. @param labels [n, features].
 */
export function independenceTerm(
  independence: IndependenceName,
  code: tf.Tensor2D,
  labels: tf.Tensor2D,
): tf.Scalar {
  switch (independence) {
    case 'hsic':
      return hsic(code, labels, { kernel: 'rbf', normalized: true });
    case 'dhsic':
      return dhsic([labels, ...tf.split(code, code.shape[1], 1)] as tf.Tensor2D[]);
    case 'cka':
      return cka(code, labels);
    case 'none':
      return tf.scalar(0);
  }
}
