import { host } from '@causal/linalg';
import type * as tf from '@tensorflow/tfjs';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { differentiable } from './differentiable';
import { checkGaussians, gaussianResult, readGaussians } from './gaussian-inputs';

/**
 * Squared 2-Wasserstein distance between Gaussians, ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁^½Σ₂Σ₁^½)^½
 * (Bures), with gradients to all four. Singular covariances are fine: directions without variance
 * get the gradient of the rest. Reads its arguments back and works in float64 on the host.
 *
 * @param mean1 μ₁ [p]. @param cov1 Σ₁ [p, p], symmetric positive semi-definite.
 * @param mean2 μ₂ [p]. @param cov2 Σ₂ [p, p].
 * @throws If the shapes do not fit, a covariance has negative eigenvalues (beyond 1e-4 of the
 * largest, which is rounding) or the result leaves float32.
 */
export function gaussianW2(
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
): tf.Scalar {
  const given = [mean1, cov1, mean2, cov2] as const;
  checkGaussians(given, 'gaussianW2');
  return differentiable(given, (inputs, wantsGradients) => {
    const { mean1: m1, cov1: s1, mean2: m2, cov2: s2 } = readGaussians(inputs, 'gaussianW2');
    const shift = m1.map((value, i) => value - m2[i]!);
    const distance = shift.reduce((sum, value) => sum + value * value, 0);
    const own = eigen(s1);
    const largest = Math.max(...own.values.map(Math.abs));
    checkSemiDefinite(own, largest, 'cov1');
    const root = spectral(own, Math.sqrt);
    const between = eigen(host.matMul(host.matMul(root, s2), root));
    checkSemiDefinite(between, largest * trace(s2), 'cov2');
    const fidelity = between.values.reduce((sum, v) => sum + Math.sqrt(Math.max(v, 0)), 0);
    const value = distance + Math.max(0, trace(s1) + trace(s2) - 2 * fidelity);
    if (!wantsGradients) return gaussianResult(value, undefined, 'gaussianW2');
    // ∂W²/∂Σ₁ = I − T₁₂ with T₁₂ the optimal map from 1 to 2, and the same for Σ₂.
    const unroot = spectral(own, inverseRoot(own));
    const map12 = host.matMul(host.matMul(unroot, spectral(between, Math.sqrt)), unroot);
    const map21 = host.matMul(host.matMul(root, spectral(between, inverseRoot(between))), root);
    const [byCov1, byCov2] = [map12, map21].map((map) =>
      map.map((row, i) => row.map((v, j) => (i === j ? 1 : 0) - v)),
    ) as [number[][], number[][]];
    const byMean = shift.map((v) => 2 * v);
    return gaussianResult(value, { byMean, byCov1, byCov2 }, 'gaussianW2');
  });
}

type Rows = readonly (readonly number[])[];

const trace = (matrix: Rows): number => matrix.reduce((sum, row, i) => sum + row[i]!, 0);

interface Spectrum {
  readonly values: readonly number[];
  readonly vectors: Rows;
}

function eigen(matrix: number[][]): Spectrum {
  const found = new EigenvalueDecomposition(new Matrix(matrix), { assumeSymmetric: true });
  return { values: found.realEigenvalues, vectors: found.eigenvectorMatrix.to2DArray() };
}

function checkSemiDefinite({ values }: Spectrum, scale: number, name: string): void {
  if (Math.min(...values) < -1e-4 * Math.abs(scale)) {
    throw new RangeError(`gaussianW2: ${name} is no covariance: it has negative eigenvalues.`);
  }
}

/** V f(Λ) Vᵀ, with rounding below 0 taken as 0. */
function spectral({ values, vectors }: Spectrum, f: (value: number) => number): number[][] {
  const scales = values.map((value) => f(Math.max(value, 0)));
  const scaled = vectors.map((row) => row.map((v, c) => v * scales[c]!));
  return host.matMul(scaled, transpose(vectors));
}

const transpose = (matrix: Rows): number[][] => matrix.map((_, i) => matrix.map((row) => row[i]!));

/** λ^−½ on the range of a matrix, 0 on what is only rounding. */
function inverseRoot({ values }: Spectrum): (value: number) => number {
  const cut = 1e-13 * values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  return (value) => (value > cut ? 1 / Math.sqrt(value) : 0);
}
