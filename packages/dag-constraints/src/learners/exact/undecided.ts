import type { Constraints } from '../../prior-knowledge';
import type { Pacer } from '../../progress';
import { bestGraph, type BestGraph, type ScoresByParents } from './order-search';

/**
 * The edges whose direction is not determined: the best graph with such an edge turned round, whatever
 * else that changes, has hardly less evidence. Prior knowledge that forbids the turn decides.
 * @param margin nats per row that the turned graph must be worse by.
 */
export async function undecidedEdges(
  best: BestGraph,
  scores: readonly ScoresByParents[],
  { size, required }: Constraints,
  margin: number,
  pacer: Pacer,
): Promise<[number, number][]> {
  const edges: [number, number][] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      if (((best.parents[j]! >> i) & 1) === 0 || required[i * size + j]) continue;
      const turned = scores.map((byParents, child) => {
        if (child !== i && child !== j) return byParents;
        const kept = [...byParents].filter(([mask]) =>
          child === i ? (mask >> j) & 1 : !((mask >> i) & 1),
        );
        return new Map(kept);
      });
      const other = await bestGraph(turned, pacer);
      if (other && other.evidence - best.evidence <= margin) edges.push([i, j]);
    }
  }
  return edges;
}
