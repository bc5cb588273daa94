import type { Matrix } from '@causal/graph';
import { expTraceBlock } from './exp-trace';
import { logDetBlock } from './log-det';
import { onHost, type PenaltyResult } from './penalty';
import { polyTraceBlock } from './poly-trace';
import { checkAlpha, checkS, checkTerms } from './settings';
import { spectralRadiusBlock } from './spectral-radius';
import { truncatedGeometricBlock } from './truncated-geometric';

/**
 * h(W) = tr e^{W∘W} − d in float64, with its gradient (Zheng et al. 2018, NOTEARS).
 *
 * Zero exactly where W is a DAG, whatever its weights; on a cyclic W at least the smallest positive
 * float64. Entries are accurate to about 1e-13 *relatively*, however small the value is.
 * @param matrix square; `matrix[i][j] ≠ 0` means i → j.
 * @throws TypeError for a matrix that is not square, RangeError for NaN, infinity or overflow.
 */
const expTrace = (matrix: Matrix): PenaltyResult => onHost(matrix, expTraceBlock, 'expTrace');

/**
 * h(W) = tr(I + α W∘W)^d − d in float64, with its gradient (Yu et al. 2019, DAG-GNN).
 * @param matrix square; `matrix[i][j] ≠ 0` means i → j.
 * @param options.alpha α > 0; default 1/d.
 * @throws as {@link expTrace}.
 */
const polyTrace = (matrix: Matrix, options: { readonly alpha?: number } = {}): PenaltyResult =>
  onHost(matrix, polyTraceBlock(checkAlpha(options)), 'polyTrace');

/**
 * h(W) = −log det(sI − W∘W) + d log s in float64, with its gradient (Bello et al. 2022, DAGMA).
 * @param matrix square; `matrix[i][j] ≠ 0` means i → j.
 * @param options.s s > ρ(W∘W); default 1.
 * @throws DomainError where ρ(W∘W) ≥ s, else as {@link expTrace}.
 */
const logDet = (matrix: Matrix, options: { readonly s?: number } = {}): PenaltyResult =>
  onHost(matrix, logDetBlock(checkS(options)), 'logDet');

/**
 * h(W) = Σ_{i=1…m} tr (W∘W)ⁱ in float64, with its gradient (Zhang et al. 2022, TMPI).
 * @param matrix square; `matrix[i][j] ≠ 0` means i → j.
 * @param options.terms m; default d. With fewer than d terms longer cycles are not seen, and the
 * value is then 0 or the smallest positive number on them.
 * @throws as {@link expTrace}.
 */
const truncatedGeometric = (
  matrix: Matrix,
  options: { readonly terms?: number } = {},
): PenaltyResult =>
  onHost(matrix, truncatedGeometricBlock(checkTerms(options)), 'truncatedGeometric');

/**
 * h(W) = ρ(W∘W), the spectral radius, in float64, with its gradient (Lee et al. 2019, NOBEARS).
 * Where several strongly connected parts share the radius, the gradient is that of the first.
 * @param matrix square; `matrix[i][j] ≠ 0` means i → j.
 * @throws as {@link expTrace}.
 */
const spectralRadius = (matrix: Matrix): PenaltyResult =>
  onHost(matrix, spectralRadiusBlock, 'spectralRadius', 'largest');

/** The penalties in float64 on plain matrices: `{ value, gradient }`. */
export const host = { expTrace, polyTrace, logDet, truncatedGeometric, spectralRadius };
