import { host } from '@causal/linalg';
import type * as tf from '@tensorflow/tfjs';
import { differentiable } from './differentiable';
import { checkGaussians, gaussianResult, readGaussians } from './gaussian-inputs';

type Rows = readonly (readonly number[])[];

/**
 * KL(N(μ₁, Σ₁) ‖ N(μ₂, Σ₂)) = ½[tr(Σ₂⁻¹Σ₁) − p + (μ₂ − μ₁)ᵀΣ₂⁻¹(μ₂ − μ₁) + ln det Σ₂ − ln det Σ₁] in
 * nats, with gradients to all four. Reads its arguments back and works in float64 on the host.
 *
 * @param mean1 μ₁ [p]. @param cov1 Σ₁ [p, p], symmetric positive definite.
 * @param mean2 μ₂ [p]. @param cov2 Σ₂ [p, p], likewise.
 * @throws If the shapes do not fit, a covariance is not positive definite (the KL is infinite then) or
 * the result leaves float32.
 */
export function klGaussian(
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
): tf.Scalar {
  const given = [mean1, cov1, mean2, cov2] as const;
  checkGaussians(given, 'klGaussian');
  return differentiable(given, (inputs, wantsGradients) => {
    const gaussians = readGaussians(inputs, 'klGaussian');
    const p = gaussians.mean1.length;
    const log1 = logDeterminant(gaussians.cov1, 'cov1');
    const log2 = logDeterminant(gaussians.cov2, 'cov2');
    const precision2 = host.inverse(gaussians.cov2);
    const shift = gaussians.mean1.map((value, i) => value - gaussians.mean2[i]!);
    const pull = precision2.map((row) => dot(row, shift));
    const trace = precision2.reduce((sum, row, i) => sum + dot(row, gaussians.cov1[i]!), 0);
    // Of equal Gaussians the terms cancel but for rounding, on either side of 0.
    const value = Math.max(0, (trace - p + dot(shift, pull) + log2 - log1) / 2);
    if (!wantsGradients) return gaussianResult(value, undefined, 'klGaussian');
    const precision1 = host.inverse(gaussians.cov1);
    const between = host.matMul(host.matMul(precision2, gaussians.cov1), precision2);
    const half = (of: (i: number, j: number) => number): number[][] =>
      shift.map((_, i) => shift.map((_, j) => of(i, j) / 2));
    const byCov1 = half((i, j) => precision2[i]![j]! - precision1[i]![j]!);
    const byCov2 = half((i, j) => precision2[i]![j]! - between[i]![j]! - pull[i]! * pull[j]!);
    return gaussianResult(value, { byMean: pull, byCov1, byCov2 }, 'klGaussian');
  });
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** ln det Σ of a positive definite matrix: one whose pivots are more than rounding. */
function logDeterminant(cov: Rows, name: string): number {
  const scales = cov.map((row, i) => row[i]!);
  let log = 0;
  const pivots = pivotsOf(cov);
  for (let i = 0; i < scales.length; i++) {
    if (!(pivots[i]! > cov.length * Number.EPSILON * scales[i]!)) {
      throw new RangeError(
        `klGaussian: ${name} is not positive definite, where the KL is infinite. Add a small multiple of the identity to it.`,
      );
    }
    log += Math.log(pivots[i]!);
  }
  return log;
}

/** Squares on the diagonal of the Cholesky factor; none where there is no such factor. */
function pivotsOf(cov: Rows): readonly number[] {
  try {
    return host.cholesky(cov).map((row, i) => row[i]! ** 2);
  } catch {
    return [];
  }
}
