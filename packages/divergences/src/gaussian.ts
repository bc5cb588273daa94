import { slogdet, solve } from '@causal/linalg';
import * as tf from '@tensorflow/tfjs';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { differentiable } from './differentiable';

function checkGaussian(mean: tf.Tensor1D, cov: tf.Tensor2D, which: 1 | 2, caller: string): void {
  const p = mean.shape[0];
  if (mean.rank !== 1 || cov.rank !== 2 || cov.shape[0] !== p || cov.shape[1] !== p) {
    throw new RangeError(
      `${caller}: mean${which} must be [p] and cov${which} [p, p], got [${mean.shape.join(', ')}] and [${cov.shape.join(', ')}].`,
    );
  }
}

function checkGaussians(
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
  caller: string,
): void {
  checkGaussian(mean1, cov1, 1, caller);
  checkGaussian(mean2, cov2, 2, caller);
  if (mean1.shape[0] !== mean2.shape[0]) {
    throw new RangeError(
      `${caller}: both Gaussians must have the same dimension, got ${mean1.shape[0]} and ${mean2.shape[0]}.`,
    );
  }
}

/**
 * KL(N(μ₁, Σ₁) ‖ N(μ₂, Σ₂)) = ½[tr(Σ₂⁻¹Σ₁) − p + (μ₂ − μ₁)ᵀΣ₂⁻¹(μ₂ − μ₁) + ln det Σ₂ − ln det Σ₁] in
 * nats, algebra in float64, with gradients to all four.
 *
 * @param mean1 μ₁ [p]. @param cov1 Σ₁ [p, p], symmetric positive definite.
 * @param mean2 μ₂ [p]. @param cov2 Σ₂ [p, p].
 * @throws If the shapes do not fit or Σ₂ is singular. A singular Σ₁ gives Infinity, the true value.
 */
export function klGaussian(
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
): tf.Scalar {
  checkGaussians(mean1, cov1, mean2, cov2, 'klGaussian');
  return tf.tidy(() => {
    const p = mean1.shape[0];
    const difference = tf.reshape(tf.sub(mean2, mean1), [p, 1]) as tf.Tensor2D;
    // One factorisation of Σ₂ serves the trace and the quadratic form.
    const solved = solve(cov2, tf.concat([cov1, difference], 1) as tf.Tensor2D) as tf.Tensor2D;
    const trace = tf.sum(tf.mul(tf.slice2d(solved, [0, 0], [p, p]), tf.eye(p)));
    const quadratic = tf.sum(tf.mul(tf.slice2d(solved, [0, p], [p, 1]), difference));
    const logs = tf.sub(slogdet(cov2).logAbsDet, slogdet(cov1).logAbsDet);
    return tf.mul(tf.add(tf.sub(tf.add(trace, quadratic), p), logs), 0.5) as tf.Scalar;
  });
}

/**
 * Squared 2-Wasserstein distance between Gaussians, ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁^½Σ₂Σ₁^½)^½
 * (Bures), with gradients to all four. Singular covariances are fine: directions without variance
 * get the gradient of the rest. Reads its arguments back and works in float64 on the host.
 *
 * @param mean1 μ₁ [p]. @param cov1 Σ₁ [p, p], symmetric positive semi-definite.
 * @param mean2 μ₂ [p]. @param cov2 Σ₂ [p, p].
 */
export function gaussianW2(
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
): tf.Scalar {
  checkGaussians(mean1, cov1, mean2, cov2, 'gaussianW2');
  const p = mean1.shape[0];
  return differentiable([mean1, cov1, mean2, cov2], (inputs, wantsGradients) => {
    const [m1, c1, m2, c2] = inputs.map((tensor, at) => {
      const values = Float64Array.from(tensor.dataSync());
      // The decomposition below would not say what is wrong.
      if (!values.every(Number.isFinite)) {
        const name = ['mean1', 'cov1', 'mean2', 'cov2'][at]!;
        throw new RangeError(`gaussianW2: ${name} holds a number that is not finite.`);
      }
      return values;
    });
    const shift = m1!.map((value, i) => value - m2![i]!);
    const distance = shift.reduce((sum, value) => sum + value * value, 0);
    const [s1, s2] = [symmetric(c1!, p), symmetric(c2!, p)];
    const own = eigen(s1);
    const root = spectral(own, Math.sqrt);
    const between = eigen(root.mmul(s2).mmul(root));
    const fidelity = between.values.reduce((sum, v) => sum + Math.sqrt(Math.max(v, 0)), 0);
    const value = distance + Math.max(0, s1.trace() + s2.trace() - 2 * fidelity);
    if (!wantsGradients) return { value: tf.scalar(value) };
    // ∂W²/∂Σ₁ = I − T₁₂ with T₁₂ the optimal map from 1 to 2, and the same for Σ₂.
    const unroot = spectral(own, inverseRoot(own));
    const map12 = unroot.mmul(spectral(between, Math.sqrt)).mmul(unroot);
    const map21 = root.mmul(spectral(between, inverseRoot(between))).mmul(root);
    const identity = Matrix.eye(p);
    const tensorOf = (matrix: Matrix) => tf.tensor2d(Float32Array.from(matrix.to1DArray()), [p, p]);
    return {
      value: tf.scalar(value),
      gradients: [
        tf.tensor1d(Float32Array.from(shift, (v) => 2 * v)),
        tensorOf(Matrix.sub(identity, map12)),
        tf.tensor1d(Float32Array.from(shift, (v) => -2 * v)),
        tensorOf(Matrix.sub(identity, map21)),
      ],
    };
  });
}

function symmetric(flat: Float64Array, p: number): Matrix {
  const matrix = Matrix.from1DArray(p, p, flat);
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}

interface Spectrum {
  readonly values: readonly number[];
  readonly vectors: Matrix;
}

function eigen(matrix: Matrix): Spectrum {
  const found = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return { values: found.realEigenvalues, vectors: found.eigenvectorMatrix };
}

/** V f(Λ) Vᵀ, with rounding below 0 taken as 0. */
function spectral({ values, vectors }: Spectrum, f: (value: number) => number): Matrix {
  const scaled = vectors.clone();
  values.forEach((value, c) => scaled.mulColumn(c, f(Math.max(value, 0))));
  return scaled.mmul(vectors.transpose());
}

/** λ^−½ on the range of a matrix, 0 on what is only rounding. */
function inverseRoot({ values }: Spectrum): (value: number) => number {
  const cut = 1e-13 * values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  return (value) => (value > cut ? 1 / Math.sqrt(value) : 0);
}
