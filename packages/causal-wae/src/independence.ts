import { cka, dhsic, hsic } from '@causal/divergences';
import type { Rng } from '@causal/random';
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

const PROJECTIONS = 24;
/** Standard deviation of the projections, on standardised labels. */
const FREQUENCY = 0.8;

/**
 * How much free latents know of the labels: the mean squared correlation between each latent and the
 * labels, and sines and cosines of random projections of them. That is HSIC with a linear kernel on
 * the latents and a Gaussian one on the labels, in random Fourier features, normalised for each latent;
 * projections are drawn anew at each step.
 *
 * @param free [n, r]. @param labels [n, features].
 */
export function fourierDependence(free: tf.Tensor2D, labels: tf.Tensor2D, rng: Rng): tf.Scalar {
  const n = free.shape[0];
  const scaled = standardised(labels);
  const size = labels.shape[1];
  const draws = rng
    .split('projections')
    .fillNormal(new Float32Array(size * PROJECTIONS), 0, FREQUENCY);
  const waves = scaled.matMul(tf.tensor2d(draws, [size, PROJECTIONS]));
  const features = standardised(
    tf.concat2d([scaled, tf.sin(waves), tf.cos(waves)] as tf.Tensor2D[], 1),
  );
  return features.matMul(standardised(free), true).div(n).square().mean() as tf.Scalar;
}

/** Columns of mean 0 and deviation 1; a constant column becomes 0. */
function standardised(x: tf.Tensor2D): tf.Tensor2D {
  const centred = x.sub(x.mean(0));
  return centred.div(centred.square().mean(0).add(1e-6).sqrt().add(1e-3)) as tf.Tensor2D;
}
