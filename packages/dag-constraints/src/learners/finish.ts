import { makeAcyclic } from '@causal/graph';
import { toRows } from '../numeric/square';
import type { Constraints } from '../prior-knowledge';
import type { LearnedGraph } from '../progress';

/**
 * Weights of an optimiser into a DAG within the constraints: small edges go, then the weakest edge
 * of each remaining cycle (decided discretely, not by the penalty), required edges never.
 */
export function finish(
  w: ArrayLike<number>,
  { size, required, forbidden }: Constraints,
  threshold: number,
): Pick<LearnedGraph, 'weights' | 'adjacency'> {
  const kept = Float64Array.from(w, (value, at) => {
    if (forbidden[at]) return 0;
    if (required[at]) return value || Number.EPSILON;
    return Math.abs(value) >= threshold ? value : 0;
  });
  // Required edges first, whatever their weight: makeAcyclic keeps the heavier ones.
  const most = kept.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
  const ranked = toRows(
    kept.map((value, at) => (required[at] ? 2 * most + 1 : value)),
    size,
  );
  const adjacency = makeAcyclic(ranked).weights.map((row) => row.map((v) => (v === 0 ? 0 : 1)));
  const weights = adjacency.map((row, i) => row.map((v, j) => (v ? kept[i * size + j]! : 0)));
  return { weights, adjacency };
}
