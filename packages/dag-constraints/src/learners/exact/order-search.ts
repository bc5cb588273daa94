import type { Pacer } from '../../progress';
import type { LocalScore } from '../../scores/local-score';

/** Scores of one variable by bit mask of its parents; absent: not allowed. */
export type ScoresByParents = ReadonlyMap<number, LocalScore>;

export interface BestGraph {
  readonly score: number;
  /** The score without what only prefers. */
  readonly evidence: number;
  /** The parents of each variable as a bit mask. */
  readonly parents: Int32Array;
  /** The variables before each variable in the order found. */
  readonly before: Int32Array;
}

/** Cost of a variable with these parents when `before` holds all variables ahead of it. */
export function costAfter({ cost, dependence }: LocalScore, before: number): number {
  let sum = cost;
  if (dependence) {
    for (let i = 0, rest = before; rest > 0; i++, rest >>= 1) if (rest & 1) sum += dependence[i]!;
  }
  return sum;
}

/** Sets of variables between two chances for the event loop. */
const SLICE = 256;

/**
 * The order and the parent sets with the smallest sum of costs, exactly: dynamic programming over
 * subsets (Silander & Myllymäki 2006). Of equal costs the parent set scored first wins. Undefined where
 * no DAG has allowed parent sets only.
 * @param pacer lets other work in between.
 */
export async function bestGraph(
  scores: readonly ScoresByParents[],
  pacer: Pacer,
): Promise<BestGraph | undefined> {
  const d = scores.length;
  const full = 2 ** d - 1;
  const total = new Float64Array(full + 1).fill(Infinity);
  const sink = new Int8Array(full + 1);
  const chosen = new Int32Array(full + 1);
  total[0] = 0;
  // Cheapest first: what a variable's dependence adds is not negative, so that the first set that is too
  // dear ends the search.
  const lists = scores.map((byParents) =>
    [...byParents].filter(([, { cost }]) => cost < Infinity).sort((a, b) => a[1].cost - b[1].cost),
  );
  for (let set = 1; set <= full; set++) {
    for (let j = 0; j < d; j++) {
      if (((set >> j) & 1) === 0) continue;
      const before = set & ~(1 << j);
      const start = total[before]!;
      if (start === Infinity) continue;
      for (const [parents, score] of lists[j]!) {
        if (start + score.cost >= total[set]!) break;
        if ((parents & ~before) !== 0) continue;
        const value = start + costAfter(score, before);
        if (!(value < total[set]!)) continue; // NaN neither
        total[set] = value;
        sink[set] = j;
        chosen[set] = parents;
      }
    }
    if (set % SLICE === 0) await pacer.pause();
  }
  if (total[full] === Infinity) return undefined;
  const parents = new Int32Array(d);
  const before = new Int32Array(d);
  for (let set = full; set > 0;) {
    const j = sink[set]!;
    parents[j] = chosen[set]!;
    set &= ~(1 << j);
    before[j] = set;
  }
  let preferred = 0;
  parents.forEach((mask, j) => (preferred += scores[j]!.get(mask)!.preference ?? 0));
  return { score: total[full]!, evidence: total[full]! - preferred, parents, before };
}
