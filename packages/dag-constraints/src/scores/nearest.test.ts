import { createRng } from '@causal/random';
import fc from 'fast-check';
import { nearestRows } from './nearest';

describe('nearestRows', () => {
  it('finds rows at the same distances as a full scan, also with many ties', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 8, max: 120 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (seed, n, dims, k, coarse) => {
          const rng = createRng(seed);
          const columns = Array.from({ length: dims }, () =>
            Float64Array.from({ length: n }, () => (coarse ? rng.int(3) : rng.normal())),
          );
          const squared = (a: number, b: number): number =>
            columns.reduce((s, c) => s + (c[a]! - c[b]!) ** 2, 0);
          const found = nearestRows(columns, k);
          for (let i = 0; i < n; i++) {
            const mine = [...found.subarray(i * k, i * k + k)];
            expect(mine).not.toContain(i);
            expect(new Set(mine).size).toBe(k);
            const all = [...Array(n).keys()]
              .filter((j) => j !== i)
              .map((j) => squared(i, j))
              .sort((a, b) => a - b);
            expect(mine.map((j) => squared(i, j)).sort((a, b) => a - b)).toEqual(all.slice(0, k));
          }
        },
      ),
    );
  });
});
