import { createRng } from '@causal/random';

/** Edges of {@link nonlinearData} and {@link wavyData}. */
export const NONLINEAR_TRUTH: readonly (readonly number[])[] = [
  [0, 1, 1, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];

/**
 * Four variables with additive noise and mechanisms that are not linear: 0 → 1 → 2 → 3, 0 → 2. Every
 * child is correlated with its parents: networks whose first layer starts from 0 first see only
 * correlations, so that an even mechanism (a², cos) leaves them, ours and the reference's, in minima
 * that depend on the start.
 */
export function nonlinearData(rows: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: rows }, () => {
    const a = rng.normal();
    const b = a + Math.sin(2 * a) + rng.normal();
    const c = b + Math.sin(b) + 2 * Math.tanh(a) + rng.normal();
    return [a, b, c, c + 2 * Math.sin(c) + rng.normal()];
  });
}

/** The same graph with stronger curves and less noise, which masks of whole columns need. */
export function wavyData(rows: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: rows }, () => {
    const a = rng.normal();
    const b = a + 2 * Math.sin(2 * a) + 0.5 * rng.normal();
    const c = b + 2 * Math.sin(b) + a * a + 0.5 * rng.normal();
    return [a, b, c, c / 2 + 2 * Math.sin(c) + 0.5 * rng.normal()];
  });
}
