import type { Matrix } from '../matrix';
import { expTraceBlock } from './exp-trace';
import { onHost, type PenaltyResult } from './penalty';
import { polyTraceBlock } from './poly-trace';
import { checkAlpha } from './settings';

/**
 * h(W) = tr e^{W∘W} − d in float64, with its gradient (Zheng et al. 2018, NOTEARS).
 *
 * Zero exactly where W is a DAG, whatever its weights; on a cyclic W at least the smallest positive
 * float64. Entries are accurate to about 1e-14 *relatively*, however small the value is.
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
  onHost(matrix, polyTraceBlock(checkAlpha(options.alpha)), 'polyTrace');

/** The penalties in float64 on plain matrices: `{ value, gradient }`. */
export const host = { expTrace, polyTrace };
