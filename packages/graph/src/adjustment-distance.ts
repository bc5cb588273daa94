import { checkKeys, show } from '@causal/options';
import { checkPair, type Matrix } from './matrix';
import { orderOf } from './order';
import { marked, reachable } from './paths';
import { invalidEffects, marksOf, type Neighbours, neighboursOf } from './separation';

export interface AdjustmentDistanceOptions {
  /**
   * What the estimate adjusts for when asked for the effect of i on j: i's parents (`'parent'`; the
   * distance is then {@link sid}), all ancestors of i (`'ancestor'`, the default), or the
   * asymptotically optimal set (`'optimal'`, Henckel, Perković & Maathuis 2022).
   */
  readonly strategy?: 'parent' | 'ancestor' | 'optimal';
}

/**
 * Adjustment identification distance between DAGs (Henckel, Würtzen & Weichwald 2024): the number of
 * ordered pairs i ≠ j for which the estimate's answer about do(i) on j, "no effect" or "adjust for
 * this set", is wrong in the true graph.
 *
 * @throws CycleError if one of the two is no DAG (see makeAcyclic); RangeError on other shapes.
 */
export function adjustmentDistance(
  estimate: Matrix,
  truth: Matrix,
  options: AdjustmentDistanceOptions = {},
): number {
  const operation = 'adjustmentDistance(estimate, truth)';
  checkKeys(options, ['strategy'], operation);
  const { strategy = 'ancestor' } = options;
  if (!['parent', 'ancestor', 'optimal'].includes(strategy)) {
    throw new RangeError(
      `${operation}: strategy must be 'parent', 'ancestor' or 'optimal', got ${show(strategy)}.`,
    );
  }
  const d = checkPair(estimate, truth, operation);
  const graph = neighboursOf(truth);
  const guess = neighboursOf(estimate);
  orderOf(estimate, guess.children);
  orderOf(truth, graph.children);
  let wrong = 0;
  for (let i = 0; i < d; i++) {
    const moved = reachable(graph.children, [i]);
    const claimed = reachable(guess.children, [i]);
    const shared = strategy === 'optimal' ? undefined : adjustmentFor(guess, i, strategy);
    const invalid = shared && invalidEffects(graph, i, shared);
    for (let j = 0; j < d; j++) {
      if (j === i) continue;
      // Parents of the cause are claimed unmoved by every strategy; the parent strategy adjusts
      // for all others, as the SID does.
      const says = strategy === 'parent' ? shared![j] === 0 : claimed[j] === 1;
      if (!says) wrong += moved[j]!;
      else wrong += (invalid ?? invalidEffects(graph, i, optimalSet(guess, claimed, i, j)))[j]!;
    }
  }
  return wrong;
}

function adjustmentFor(guess: Neighbours, i: number, strategy: 'parent' | 'ancestor'): Uint8Array {
  if (strategy === 'parent') return marksOf(guess.parents[i]!, guess.parents.length);
  const above = reachable(guess.parents, [i]);
  above[i] = 0;
  return above;
}

/** The parents of the nodes on causal paths from i to j, but for i and what i moves on the way. */
function optimalSet(guess: Neighbours, below: Uint8Array, i: number, j: number): Uint8Array {
  const above = reachable(guess.parents, [j]);
  const onTheWay = marked(below).filter((node) => node !== i && above[node] === 1);
  const forbidden = reachable(guess.children, onTheWay);
  const set = marksOf(
    onTheWay.flatMap((node) => guess.parents[node]!),
    below.length,
  );
  set[i] = 0;
  return set.map((mark, node) => (forbidden[node] === 1 ? 0 : mark));
}
