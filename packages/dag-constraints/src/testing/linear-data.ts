import { randomDag, topologicalOrder } from '@causal/graph';
import { createRng } from '@causal/random';

/** Observations of a random linear SCM with equal noise variances, and its weights. */
export function linearData(
  nodes: number,
  edges: number,
  rows: number,
  seed: number,
): { x: number[][]; weights: number[][] } {
  const rng = createRng(seed);
  const weights = randomDag({ nodes, edges, weights: [0.5, 2], rng });
  const order = topologicalOrder(weights);
  const x = Array.from({ length: rows }, () => {
    const row = new Array<number>(nodes).fill(0);
    for (const j of order) {
      row[j] = rng.normal();
      for (let i = 0; i < nodes; i++) row[j]! += weights[i]![j]! * row[i]!;
    }
    return row;
  });
  return { x, weights };
}
