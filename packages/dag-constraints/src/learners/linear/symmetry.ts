import type { LongWork } from '../../progress';
import type { LinearLoss } from './losses';

/** Relative difference below which the two directions of a pair count as alike. */
const ALIKE = 1e-3;
/** By how much more than λ₁ the loss must pull at an edge that is not there. */
const PULL = 1.05;

interface Ended {
  readonly theta: Float64Array;
  /** What the learner minimises, without what is left of the acyclicity penalty. */
  readonly price: number;
}

/**
 * Runs a learner, and where it ended in a symmetric saddle, once more from beside it: with the pairs in
 * question directed from the earlier column to the later one.
 *
 * Two columns that are alike but for their order (standardised, correlated, without others that would
 * tell them apart) have the same gradient in either direction. Both weights stay equal on the whole way;
 * the acyclicity penalty, which allows one of them, brings both to 0, and a pair correlated at .97 has no
 * edge. Neither direction is better there; none at all is worse, which is how the second run wins.
 */
export async function pastSymmetry<T extends Ended>(
  run: (fixed: Uint8Array, work: LongWork) => Promise<T>,
  fixed: Uint8Array,
  work: LongWork,
  problem: { readonly size: number; readonly loss: LinearLoss; readonly lambda1: number },
): Promise<T> {
  const first = await run(fixed, work);
  const twins = collapsed(first.theta, fixed, problem);
  if (twins.length === 0) return first;
  const directed = fixed.slice();
  for (const [i, j] of twins) directed[j * problem.size + i] = 1;
  const { signal, onProgress } = work;
  const second = await run(directed, {
    ...(signal && { signal }),
    ...(onProgress && { onProgress: ({ stage }) => onProgress({ done: 1, total: 1, stage }) }),
  });
  return second.price < first.price ? second : first;
}

/** Pairs i < j with the same weight in both directions although the loss pulls, as much, at either. */
function collapsed(
  theta: Float64Array,
  fixed: Uint8Array,
  { size, loss, lambda1 }: { size: number; loss: LinearLoss; lambda1: number },
): [number, number][] {
  const alike = (a: number, b: number, floor: number): boolean =>
    Math.abs(a - b) <= ALIKE * Math.max(Math.abs(a), Math.abs(b), floor);
  const pairs: [number, number][] = [];
  const without = theta.slice();
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const [there, back] = [i * size + j, j * size + i];
      if (fixed[there] || fixed[back] || !alike(theta[there]!, theta[back]!, 1)) continue;
      pairs.push([i, j]);
      without[there] = without[back] = 0;
    }
  }
  if (pairs.length === 0) return [];
  const gradient = new Float64Array(theta.length);
  loss(without, gradient);
  return pairs.filter(([i, j]) => {
    const [there, back] = [gradient[i * size + j]!, gradient[j * size + i]!];
    return Math.min(Math.abs(there), Math.abs(back)) > PULL * lambda1 && alike(there, back, 0);
  });
}
