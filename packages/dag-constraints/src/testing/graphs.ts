import type { Rng } from '@causal/random';

/** A random DAG over a random order: each admissible edge with probability `density`. */
export function randomDagWeights(
  d: number,
  rng: Rng,
  { density = 0.5, weight = () => rng.normal() } = {},
): number[][] {
  const order = rng.permutation(d);
  const w = Array.from({ length: d }, () => new Array<number>(d).fill(0));
  for (let i = 0; i < d; i++) {
    for (let j = i + 1; j < d; j++) {
      if (rng.uniform() < density) w[order[i]!]![order[j]!] = weight();
    }
  }
  return w;
}

/** One cycle through all d nodes in random order. */
export function singleCycle(d: number, weight: number, rng: Rng): number[][] {
  const order = rng.permutation(d);
  const w = Array.from({ length: d }, () => new Array<number>(d).fill(0));
  for (let i = 0; i < d; i++) w[order[i]!]![order[(i + 1) % d]!] = weight;
  return w;
}

/** P W Pᵀ for a permutation given as the new order of the nodes. */
export const relabel = (w: readonly (readonly number[])[], order: ArrayLike<number>): number[][] =>
  Array.from({ length: w.length }, (_, i) =>
    Array.from({ length: w.length }, (_, j) => w[order[i]!]![order[j]!]!),
  );

/** An independent check: repeatedly remove nodes without incoming edges. */
export function isAcyclic(w: readonly (readonly number[])[]): boolean {
  const left = new Set(w.keys());
  for (let removed = true; removed;) {
    removed = false;
    for (const node of left) {
      if ([...left].some((i) => w[i]![node] !== 0)) continue;
      left.delete(node);
      removed = true;
    }
  }
  return left.size === 0;
}
