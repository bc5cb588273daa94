import type { Matrix } from '@causal/graph';
import type * as tf from '@tensorflow/tfjs';
import { isTensor } from '../data/table';
import { checkFinite, readSquare } from '../numeric/square';
import { DomainError, logDetBlock } from './log-det';
import { penalise } from './penalty';
import { checkS } from './settings';
import { checkSquareTensor } from './tensor';

/**
 * Whether ρ(W∘W) < s, that is whether {@link logDet} is defined at W: decided by the pivots of
 * sI − W∘W, which are all positive exactly there.
 * @param w square matrix or tensor.
 * @param options.s s > 0; default 1.
 */
export function isInDomain(
  w: Matrix | tf.Tensor2D,
  options: { readonly s?: number } = {},
): boolean {
  const block = logDetBlock(checkS(options, 'isInDomain'));
  const square = isTensor(w)
    ? checkFinite(
        { size: checkSquareTensor(w, 'isInDomain'), values: Float64Array.from(w.dataSync()) },
        'isInDomain',
      )
    : readSquare(w, 'isInDomain');
  try {
    penalise(square, block, 'isInDomain');
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}
