import { checkSquare, type Edge, edgesOf, type Matrix } from './matrix';

/** What {@link makeAcyclic} returns. */
export interface Acyclic {
  /** The weights with the dropped edges at 0; a new matrix. */
  readonly weights: number[][];
  /** The edges that had to go, heaviest first. */
  readonly dropped: readonly Edge[];
}

/**
 * The heaviest acyclic part of a weighted graph: edges are taken by descending |weight|, and one
 * that would close a cycle is dropped. So every dropped edge is the weakest of a cycle of heavier
 * or equal edges, none is dropped without need, and a DAG comes back as it is. Of equal weights the
 * edge that is first in row order stays. Self-loops always go.
 */
export function makeAcyclic(weights: Matrix): Acyclic {
  const d = checkSquare(weights, 'makeAcyclic(weights)');
  const kept = weights.map((row) => row.map(() => 0));
  const dropped: Edge[] = [];
  // below[i * d + j]: j can be reached from i by kept edges; every node reaches itself.
  const below = new Uint8Array(d * d);
  for (let i = 0; i < d; i++) below[i * d + i] = 1;
  // Array.prototype.sort is stable: equal weights keep their row order.
  const edges = edgesOf(weights).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  for (const edge of edges) {
    const { from, to, weight } = edge;
    if (below[to * d + from] === 1) {
      dropped.push(edge);
      continue;
    }
    kept[from]![to] = weight;
    if (below[from * d + to] === 1) continue;
    for (let above = 0; above < d; above++) {
      if (below[above * d + from] === 0) continue;
      for (let j = 0; j < d; j++) below[above * d + j]! |= below[to * d + j]!;
    }
  }
  return { weights: kept, dropped };
}
