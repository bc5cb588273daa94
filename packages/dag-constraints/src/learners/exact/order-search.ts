/** Scores of one variable for each set of candidate parents (a bit mask); Infinity: not allowed. */
export type LocalScores = readonly Float64Array[];

export interface BestGraph {
  readonly score: number;
  /** The parents of each variable as a bit mask. */
  readonly parents: Int32Array;
}

/**
 * The DAG with the smallest sum of local scores, exactly: dynamic programming over subsets
 * (Silander & Myllymäki 2006), O(d²·2^d). Of equal scores the set with the lower mask wins.
 */
export function bestGraph(scores: LocalScores): BestGraph {
  const d = scores.length;
  const full = (1 << d) - 1;
  // choice[j][C]: the best parent set of j within the candidates C.
  const choice = scores.map((score) => bestSubsets(score, d));
  const total = new Float64Array(full + 1).fill(Infinity);
  const sink = new Int8Array(full + 1).fill(-1);
  total[0] = 0;
  for (let set = 1; set <= full; set++) {
    for (let j = 0; j < d; j++) {
      if (((set >> j) & 1) === 0) continue;
      const before = set & ~(1 << j);
      const value = total[before]! + scores[j]![choice[j]![before]!]!;
      if (value < total[set]!) {
        total[set] = value;
        sink[set] = j;
      }
    }
  }
  const parents = new Int32Array(d);
  for (let set = full; set > 0 && sink[set]! >= 0;) {
    const j = sink[set]!;
    set &= ~(1 << j);
    parents[j] = choice[j]![set]!;
  }
  return { score: total[full]!, parents };
}

/** For each candidate set, its subset with the lowest score. */
function bestSubsets(score: Float64Array, d: number): Int32Array {
  const best = new Int32Array(score.length);
  for (let set = 0; set < score.length; set++) {
    let subset = set;
    for (let bit = 0; bit < d; bit++) {
      if (((set >> bit) & 1) === 0) continue;
      const smaller = best[set & ~(1 << bit)]!;
      if (
        score[smaller]! < score[subset]! ||
        (score[smaller] === score[subset] && smaller < subset)
      ) {
        subset = smaller;
      }
    }
    best[set] = subset;
  }
  return best;
}
