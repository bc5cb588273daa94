import { inverse, slogdet } from '@causal/linalg';
import * as tf from '@tensorflow/tfjs';

/** A Gaussian with diagonal covariance, both of the same shape. */
export interface DiagonalGaussian {
  readonly mean: tf.Tensor;
  readonly logSigma: tf.Tensor;
}

/** Mean over rows, rows counting by their weights. */
export type RowMean = (perRow: tf.Tensor) => tf.Scalar;

/**
 * KL(q ‖ N(0, I)) of each row in nats [n]: ½ Σ (μ² + σ² − 1 − log σ²) (Kingma & Welling, appendix B).
 */
export function klToStandardNormal({ mean, logSigma }: DiagonalGaussian): tf.Tensor1D {
  const n = mean.shape[0]!;
  const terms = mean.square().add(logSigma.mul(2).exp()).sub(1).sub(logSigma.mul(2));
  return terms.reshape([n, -1]).sum(1).mul(0.5) as tf.Tensor1D;
}

/** KL(q ‖ p) of each row in nats [n], both diagonal. */
export function klDiagonal(q: DiagonalGaussian, p: DiagonalGaussian): tf.Tensor1D {
  const scale = p.logSigma.neg().exp();
  const mean = q.mean.sub(p.mean).mul(scale);
  return klToStandardNormal({ mean, logSigma: q.logSigma.sub(p.logSigma) });
}

/**
 * −log p(x | z) in nats, up to a constant, for N(painted, variance·I) over all values of a picture, from
 * the pixels that were painted.
 * @param painted [n, pixels, channels]. @param values Values of a whole picture.
 */
export function negativeLogLikelihood(
  painted: tf.Tensor3D,
  target: tf.Tensor3D,
  { values, variance, mean }: { values: number; variance: number; mean: RowMean },
): tf.Scalar {
  return mean(painted.sub(target).square()).mul(values / (2 * variance)) as tf.Scalar;
}

/**
 * KL(q(z | x, u) ‖ p(z | u)) in nats, summed over concepts, exactly.
 *
 * z = Cε with C = (I − Aᵀ)⁻¹ and ε ~ N(μ, diag σ²) is N(Cμ, C diag(σ²) Cᵀ) on the concept axis, the
 * k components apart; p is diagonal N(λ₁, λ₂²). So
 * KL = ½ Σᵢ [((Cσ²Cᵀ)ᵢᵢ + (Cμ − λ₁)ᵢ²)/λ₂ᵢ² − 1 + log λ₂ᵢ² − log σᵢ²] + log |det(I − A)| · k.
 *
 * @param adjacency A [d, d].
 * @param noise q(ε | x, u), each [n, d, k].
 * @param prior p(z | u): λ₁ and log λ₂, each [n, d, k].
 */
export function latentKl(
  adjacency: tf.Tensor2D,
  noise: DiagonalGaussian,
  prior: DiagonalGaussian,
  mean: RowMean,
): tf.Scalar {
  const [n, d, k] = noise.mean.shape as [number, number, number];
  const system = tf.sub(tf.eye(d), adjacency) as tf.Tensor2D; // I − A; its inverse is Cᵀ
  const transposed = inverse(system);
  const mix = (x: tf.Tensor, m: tf.Tensor2D): tf.Tensor => {
    const rows = x.transpose([0, 2, 1]).reshape([n * k, d]) as tf.Tensor2D;
    return rows.matMul(m).reshape([n, k, d]).transpose([0, 2, 1]);
  };
  const variance = mix(noise.logSigma.mul(2).exp(), transposed.square());
  const distance = mix(noise.mean, transposed).sub(prior.mean).square();
  const perEntry = variance
    .add(distance)
    .mul(prior.logSigma.mul(-2).exp())
    .sub(1)
    .add(prior.logSigma.sub(noise.logSigma).mul(2));
  const determinant = slogdet(system).logAbsDet.mul(k);
  return mean(perEntry.sum([1, 2]))
    .mul(0.5)
    .add(determinant) as tf.Scalar;
}
