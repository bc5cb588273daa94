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
          // One comparison a run: thousands of `expect`s would take longer than the search.
          const distances: number[][] = [];
          const scanned: number[][] = [];
          let proper = true;
          for (let i = 0; i < n; i++) {
            const mine = [...found.subarray(i * k, i * k + k)];
            proper &&= !mine.includes(i) && new Set(mine).size === k;
            const others = [...Array(n).keys()].filter((j) => j !== i);
            const ascending = (rows: number[]): number[] =>
              [...Float64Array.from(rows, (j) => squared(i, j)).sort()].slice(0, k);
            distances.push(ascending(mine));
            scanned.push(ascending(others));
          }
          expect(proper).toBe(true);
          expect(distances).toEqual(scanned);
        },
      ),
    );
  });
});
