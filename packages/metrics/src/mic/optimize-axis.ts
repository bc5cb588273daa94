import type { Ranked } from './ranked';

/** table[k] = k·ln k, so that entropies of counts are look-ups. */
export function countLogs(n: number): Float64Array {
  const table = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) table[k] = k * Math.log(k);
  return table;
}

/**
 * The largest mutual information, in nats, of the given rows with every number of columns from 1 to
 * `columns`, column borders chosen among the clumps' (OptimizeXAxis, Reshef et al. 2011 SOM,
 * algorithm 2).
 *
 * I(P; Q) = H(Q) − H(Q | P), and n·H(Q | P) is a sum over columns of cost(s, t) = N ln N − Σ_q c_q ln c_q.
 * So the dynamic programme minimises that sum. A column's cost only grows as it is widened to the
 * left and sums of costs are never negative, so the search for a column's left border stops as soon
 * as the column alone costs more than the best found; that leaves the result unchanged.
 *
 * @param starts First rank of each clump, and the number of points.
 * @returns best[l] for l columns; best[0] and best[1] are 0.
 */
export function optimizeAxis(
  x: Ranked,
  row: Int32Array,
  rows: number,
  starts: Int32Array,
  columns: number,
  logs: Float64Array,
): Float64Array {
  const { n } = x;
  const k = starts.length - 1;
  const best = new Float64Array(columns + 1);
  if (rows < 2 || k < 2) return best;

  // cumulative[q·(k + 1) + t]: points of row q in the first t clumps.
  const width = k + 1;
  const cumulative = new Int32Array(rows * width);
  for (let t = 0; t < k; t++) {
    for (let q = 0; q < rows; q++) cumulative[q * width + t + 1] = cumulative[q * width + t]!;
    for (let r = starts[t]!; r < starts[t + 1]!; r++) {
      cumulative[row[x.order[r]!]! * width + t + 1]!++;
    }
  }

  // cost[t·width + s] for the column of clumps s … t − 1.
  const cost = new Float64Array(width * width);
  for (let t = 1; t <= k; t++) {
    const line = t * width;
    const end = starts[t]!;
    for (let s = 0; s < t; s++) cost[line + s] = logs[end - starts[s]!]!;
    for (let q = 0; q < rows; q++) {
      const base = q * width;
      const upTo = cumulative[base + t]!;
      for (let s = 0; s < t; s++) cost[line + s]! -= logs[upTo - cumulative[base + s]!]!;
    }
  }

  let rowEntropy = logs[n]!; // n·H(Q)
  for (let q = 0; q < rows; q++) rowEntropy -= logs[cumulative[q * width + k]!]!;

  let before = new Float64Array(width);
  for (let t = 1; t <= k; t++) before[t] = cost[t * width]!;
  let after = new Float64Array(width);
  const most = Math.min(columns, k);
  for (let l = 2; l <= most; l++) {
    // All columns are wanted only of the last line: earlier ones feed the next number of columns.
    for (let t = l; t <= k; t++) {
      const line = t * width;
      let least = Infinity;
      for (let s = t - 1; s >= l - 1; s--) {
        const own = cost[line + s]!;
        if (own >= least) break;
        const total = before[s]! + own;
        if (total < least) least = total;
      }
      after[t] = least;
    }
    best[l] = Math.max(0, (rowEntropy - after[k]!) / n);
    [before, after] = [after, before];
  }
  for (let l = most + 1; l <= columns; l++) best[l] = best[most]!;
  return best;
}
