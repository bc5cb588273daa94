import type * as tf from '@tensorflow/tfjs';
import { expTraceBlock } from './exp-trace';
import { logDetBlock } from './log-det';
import { penalise } from './penalty';
import { polyTraceBlock } from './poly-trace';
import { checkAlpha, checkS, checkTerms } from './settings';
import { spectralRadiusBlock } from './spectral-radius';
import { onTape } from './tensor';
import { truncatedGeometricBlock } from './truncated-geometric';

/**
 * h(W) = tr e^{W∘W} − d (Zheng et al. 2018, NOTEARS): zero iff W is a DAG.
 * @param w square matrix, `w[i][j] ≠ 0` means i → j.
 * @returns a scalar, computed in float64 and joined to the tape; positive for every cyclic graph.
 * @throws TypeError for another shape; RangeError for NaN, infinity, or a value beyond float32.
 */
export const expTrace = (w: tf.Tensor2D): tf.Scalar =>
  onTape(w, 'expTrace', (square) => penalise(square, expTraceBlock, 'expTrace'));

/**
 * h(W) = tr(I + α W∘W)^d − d (Yu et al. 2019, DAG-GNN): zero iff W is a DAG.
 * @param w square matrix, `w[i][j] ≠ 0` means i → j.
 * @param options.alpha α > 0; default 1/d.
 * @returns and throws as {@link expTrace}.
 */
export function polyTrace(w: tf.Tensor2D, options: { readonly alpha?: number } = {}): tf.Scalar {
  const block = polyTraceBlock(checkAlpha(options));
  return onTape(w, 'polyTrace', (square) => penalise(square, block, 'polyTrace'));
}

/**
 * h(W) = −log det(sI − W∘W) + d log s (Bello et al. 2022, DAGMA): zero iff W is a DAG, defined
 * where ρ(W∘W) < s (see {@link isInDomain}).
 * @param w square matrix, `w[i][j] ≠ 0` means i → j.
 * @param options.s s > 0; default 1.
 * @returns as {@link expTrace}.
 * @throws DomainError outside the domain, else as {@link expTrace}.
 */
export function logDet(w: tf.Tensor2D, options: { readonly s?: number } = {}): tf.Scalar {
  const block = logDetBlock(checkS(options));
  return onTape(w, 'logDet', (square) => penalise(square, block, 'logDet'));
}

/**
 * h(W) = Σ_{i=1…m} tr (W∘W)ⁱ (Zhang et al. 2022, TMPI): zero iff W is a DAG, for m ≥ d.
 * @param w square matrix, `w[i][j] ≠ 0` means i → j.
 * @param options.terms m; default d.
 * @returns and throws as {@link expTrace}.
 */
export function truncatedGeometric(
  w: tf.Tensor2D,
  options: { readonly terms?: number } = {},
): tf.Scalar {
  const block = truncatedGeometricBlock(checkTerms(options));
  return onTape(w, 'truncatedGeometric', (square) => penalise(square, block, 'truncatedGeometric'));
}

/**
 * h(W) = ρ(W∘W), the spectral radius (Lee et al. 2019, NOBEARS): zero iff W is a DAG. To full
 * precision, not by a few power iterations.
 * @param w square matrix, `w[i][j] ≠ 0` means i → j.
 * @returns and throws as {@link expTrace}.
 */
export const spectralRadius = (w: tf.Tensor2D): tf.Scalar =>
  onTape(w, 'spectralRadius', (square) =>
    penalise(square, spectralRadiusBlock, 'spectralRadius', 'largest'),
  );
