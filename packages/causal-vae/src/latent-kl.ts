import { inverse, slogdet } from '@causal/linalg';
import * as tf from '@tensorflow/tfjs';

/** A Gaussian with diagonal covariance, each [n, d, k]. */
export interface DiagonalGaussian {
  readonly mean: tf.Tensor3D;
  readonly logVariance: tf.Tensor3D;
}

/**
 * KL(q(z | x, u) ‖ p(z | u)) in nats, summed over concepts, mean over rows, exactly.
 *
 * z = Cε with C = (I − Aᵀ)⁻¹ and ε ~ N(μ, diag σ²) is N(Cμ, C diag(σ²) Cᵀ) on the concept axis, the
 * k components apart; p is diagonal N(λ₁, λ₂²). So
 * KL = ½ Σᵢ [((Cσ²Cᵀ)ᵢᵢ + (Cμ − λ₁)ᵢ²)/λ₂ᵢ² − 1 + log λ₂ᵢ² − log σᵢ²] + log |det(I − A)| · k.
 *
 * @param adjacency A [d, d].
 * @param noise q(ε | x, u).
 * @param prior p(z | u): λ₁ and log λ₂².
 */
export function latentKl(
  adjacency: tf.Tensor2D,
  noise: DiagonalGaussian,
  prior: DiagonalGaussian,
): tf.Scalar {
  const [n, d, k] = noise.mean.shape;
  const system = tf.sub(tf.eye(d), adjacency) as tf.Tensor2D; // I − A; its inverse is Cᵀ
  const transposed = inverse(system);
  const mix = (x: tf.Tensor3D, m: tf.Tensor2D): tf.Tensor3D => {
    const rows = x.transpose([0, 2, 1]).reshape([n * k, d]) as tf.Tensor2D;
    return rows.matMul(m).reshape([n, k, d]).transpose([0, 2, 1]) as tf.Tensor3D;
  };
  const variance = mix(noise.logVariance.exp(), transposed.square());
  const distance = mix(noise.mean, transposed).sub(prior.mean).square();
  const perEntry = variance
    .add(distance)
    .mul(prior.logVariance.neg().exp())
    .sub(1)
    .add(prior.logVariance)
    .sub(noise.logVariance);
  const determinant = slogdet(system).logAbsDet.mul(k);
  return perEntry.sum([1, 2]).mean().mul(0.5).add(determinant) as tf.Scalar;
}
