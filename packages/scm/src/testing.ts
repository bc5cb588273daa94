import { createRng } from '@causal/random';
import fc from 'fast-check';

/** A random DAG with weights in ±[0.2, 1), in a random order of its nodes. */
export function randomWeights(seed: number, d: number, density: number): number[][] {
  const rng = createRng(seed);
  const place = rng.split('order').permutation(d);
  return Array.from({ length: d }, (_, i) =>
    Array.from({ length: d }, (_, j) =>
      place[i]! < place[j]! && rng.uniform() < density
        ? (rng.uniform() < 0.5 ? -1 : 1) * (0.2 + 0.8 * rng.uniform())
        : 0,
    ),
  );
}

/** n rows of d standard normal numbers. */
export function randomRows(seed: number, n: number, d: number): number[][] {
  const rng = createRng(seed).split('rows');
  return Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()));
}

/** Seed, number of concepts, density of edges. */
export const models = (max: number) =>
  fc.record({
    seed: fc.integer(),
    d: fc.integer({ min: 1, max }),
    density: fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
  });

/** Largest |a − b|, the shapes being equal. */
export function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
}
