import type * as tf from '@tensorflow/tfjs';
import { expTraceBlock } from './exp-trace';
import { penalise } from './penalty';
import { polyTraceBlock } from './poly-trace';
import { checkAlpha } from './settings';
import { onTape } from './tensor';

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
  const block = polyTraceBlock(checkAlpha(options.alpha));
  return onTape(w, 'polyTrace', (square) => penalise(square, block, 'polyTrace'));
}
