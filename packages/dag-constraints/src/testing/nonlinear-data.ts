import { createRng } from '@causal/random';

/** Edges of {@link nonlinearData}. */
export const NONLINEAR_TRUTH: readonly (readonly number[])[] = [
  [0, 1, 1, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 0],
];

/** Four variables with additive noise and mechanisms that are not linear: 0 → 1 → 2 → 3, 0 → 2. */
export function nonlinearData(rows: number, seed: number): number[][] {
  const rng = createRng(seed);
  return Array.from({ length: rows }, () => {
    const a = rng.normal();
    const b = 2 * Math.sin(1.5 * a) + 0.5 * rng.normal();
    const c = 2 * Math.tanh(b) + a * a + 0.5 * rng.normal();
    return [a, b, c, 2 * Math.cos(c) + 0.5 * rng.normal()];
  });
}
