import { checkKeys, show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';

export interface RandomDagOptions {
  /** Number of nodes. */
  readonly nodes: number;
  /** Number of edges, exactly: 0 … nodes(nodes − 1)/2. */
  readonly edges: number;
  /**
   * `'erdos-renyi'` (default): every set of edges along a random order is as likely.
   * `'scale-free'`: nodes come one by one and point to older ones with probability proportional to
   * 1 + in-degree (Barabási & Albert 1999; a few nodes get many causes, as in the NOTEARS
   * benchmarks).
   */
  readonly kind?: 'erdos-renyi' | 'scale-free';
  /** Weights are ±U[low, high). Default: every edge is 1. */
  readonly weights?: readonly [low: number, high: number];
  readonly rng?: Rng;
  /** Used when there is no rng. Default 0. */
  readonly seed?: number;
}

/**
 * A random DAG, its nodes in random order.
 * @throws RangeError if so many edges do not fit.
 */
export function randomDag(options: RandomDagOptions): number[][] {
  checkKeys(options, ['nodes', 'edges', 'kind', 'weights', 'rng', 'seed'], 'randomDag');
  const { nodes, edges, kind = 'erdos-renyi', weights } = options;
  const most = (nodes * (nodes - 1)) / 2;
  if (!Number.isInteger(nodes) || nodes < 1) {
    throw new RangeError(`randomDag: nodes must be a positive integer, got ${show(nodes)}.`);
  }
  if (!Number.isInteger(edges) || edges < 0 || edges > most) {
    throw new RangeError(
      `randomDag: ${nodes} nodes take 0 … ${most} edges (a whole number), got ${show(edges)}.`,
    );
  }
  if (weights !== undefined) {
    const bounds: unknown = weights;
    const fits =
      Array.isArray(bounds) &&
      bounds.length === 2 &&
      bounds.every(Number.isFinite) &&
      bounds[0] > 0 &&
      bounds[1] >= bounds[0];
    if (!fits) {
      throw new RangeError(
        `randomDag: weights must be [low, high] with 0 < low ≤ high, got ${show(weights)}.`,
      );
    }
  }
  const rng = options.rng ?? createRng(options.seed ?? 0);
  const place = rng.permutation(nodes);
  const pairs = pairsOf(kind, nodes, edges, rng);
  const a = Array.from({ length: nodes }, () => Array<number>(nodes).fill(0));
  for (const [from, to] of pairs) {
    const sign = weights !== undefined && rng.uniform() < 0.5 ? -1 : 1;
    const size = weights === undefined ? 1 : weights[0] + (weights[1] - weights[0]) * rng.uniform();
    a[place[from]!]![place[to]!] = sign * size;
  }
  return a;
}

type Pair = readonly [from: number, to: number];

function pairsOf(kind: string, nodes: number, edges: number, rng: Rng): Pair[] {
  if (kind === 'erdos-renyi') return uniformPairs(nodes, edges, rng);
  if (kind === 'scale-free') return attachedPairs(nodes, edges, rng);
  throw new RangeError(`randomDag: kind must be 'erdos-renyi' or 'scale-free', got ${show(kind)}.`);
}

function uniformPairs(nodes: number, edges: number, rng: Rng): Pair[] {
  const all: Pair[] = [];
  for (let i = 0; i < nodes; i++) for (let j = i + 1; j < nodes; j++) all.push([i, j]);
  return rng.shuffle(all).slice(0, edges);
}

/** Newer nodes point to older ones, so that every pair goes down in index. */
function attachedPairs(nodes: number, edges: number, rng: Rng): Pair[] {
  // Node t points to min(t, m) older ones, m as large as the number of edges allows; what is left
  // goes one each to randomly chosen nodes that have room.
  const total = (m: number) =>
    Array.from({ length: nodes }, (_, t) => Math.min(t, m)).reduce((s, v) => s + v, 0);
  let m = 0;
  while (m < nodes - 1 && total(m + 1) <= edges) m++;
  const quota = Array.from({ length: nodes }, (_, t) => Math.min(t, m));
  const room = rng.shuffle([...quota.keys()].filter((t) => t > m)).slice(0, edges - total(m));
  for (const t of room) quota[t]!++;
  const indegree = new Float64Array(nodes);
  const pairs: Pair[] = [];
  for (let t = 1; t < nodes; t++) {
    const chosen = new Set<number>();
    while (chosen.size < quota[t]!) {
      let sum = 0;
      for (let s = 0; s < t; s++) if (!chosen.has(s)) sum += 1 + indegree[s]!;
      let left = rng.uniform() * sum;
      let pick = -1;
      for (let s = 0; s < t && left >= 0; s++) {
        if (chosen.has(s)) continue;
        pick = s;
        left -= 1 + indegree[s]!;
      }
      chosen.add(pick);
    }
    for (const s of chosen) {
      indegree[s]!++;
      pairs.push([t, s]);
    }
  }
  return pairs;
}
