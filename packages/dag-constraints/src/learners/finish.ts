import { makeAcyclic } from '@causal/graph';
import { regress } from '../numeric/regress';
import { toRows } from '../numeric/square';
import type { Constraints } from '../prior-knowledge';
import type { LearnedGraph } from '../progress';

/**
 * Weights of an optimiser into a DAG within the constraints: small edges go, then the weakest edge
 * of each remaining cycle (decided discretely, not by the penalty), required edges never.
 * @param covariance of linear learners: a required edge that the L1 norm has brought to 0 gets the
 * coefficient of its child's least-squares regression on its parents.
 */
export function finish(
  w: ArrayLike<number>,
  { size, required, forbidden }: Constraints,
  threshold: number,
  covariance?: Float64Array,
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
  if (covariance) refit(weights, required, covariance);
  return { weights, adjacency };
}

/** Puts least-squares coefficients where a required edge has no weight of its own. */
function refit(weights: number[][], required: ArrayLike<number>, covariance: Float64Array): void {
  const d = weights.length;
  for (let child = 0; child < d; child++) {
    const parents = [...weights.keys()].filter((i) => weights[i]![child] !== 0);
    const bare = parents.filter(
      (i) => required[i * d + child] && Math.abs(weights[i]![child]!) <= Number.EPSILON,
    );
    if (bare.length === 0) continue;
    const coefficients = regress(covariance, d, parents, child);
    for (const i of bare) {
      weights[i]![child] = coefficients[parents.indexOf(i)]! || Number.EPSILON;
    }
  }
}
