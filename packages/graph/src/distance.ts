import { checkKeys } from '@causal/options';
import { checkPair, type Matrix } from './matrix';

export interface ShdOptions {
  /** What a reversed edge counts: 1 (default, one mistake) or 2 (one missing, one extra). */
  readonly reversal?: 1 | 2;
}

/**
 * Structural Hamming distance (Tsamardinos et al. 2006): the number of edges to add, remove or turn
 * round to get from one graph to the other.
 *
 * With `reversal: 1` that is the number of pairs of nodes that are joined differently, with
 * `reversal: 2` the number of matrix entries that differ. Both are defined on cyclic estimates too
 * (i ⇄ j is a fourth way for a pair to be joined), and both are metrics. Self-loops count one each.
 */
export function shd(estimate: Matrix, truth: Matrix, options: ShdOptions = {}): number {
  const operation = 'shd(estimate, truth)';
  const d = checkPair(estimate, truth, operation);
  checkKeys(options, ['reversal'], operation);
  const { reversal = 1 } = options;
  if (reversal !== 1 && reversal !== 2) {
    throw new RangeError(`${operation}: reversal must be 1 or 2, got ${String(reversal)}.`);
  }
  const differs = (i: number, j: number) => (estimate[i]![j] !== 0) !== (truth[i]![j] !== 0);
  let distance = 0;
  for (let i = 0; i < d; i++) {
    if (differs(i, i)) distance++;
    for (let j = i + 1; j < d; j++) {
      const entries = Number(differs(i, j)) + Number(differs(j, i));
      distance += reversal === 1 ? Math.min(entries, 1) : entries;
    }
  }
  return distance;
}
