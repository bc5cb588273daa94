import { createRng } from '@causal/random';
import fc from 'fast-check';
import { Curvature } from './curvature';
import { FreeGram } from './free-gram';
import { addRows, addSquares, rowDot } from './rows';

describe('FreeGram', () => {
  it('is the plain product, whatever pairs and variables come and go', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 7 }),
        (seed, n, memory) => {
          const rng = createRng(seed);
          const curvature = new Curvature(n, memory);
          const gram = new FreeGram(n, curvature);
          const { columns, pairs } = curvature;
          let share = 0.5;
          for (let round = 0; round < 25; round++) {
            if (rng.uniform() < 0.1) curvature.forget();
            for (
              let updates = rng.uniform() < 0.8 ? 1 : rng.uniform() < 0.5 ? 0 : 2;
              updates > 0;
              updates--
            ) {
              const step = Float64Array.from({ length: n }, () =>
                rng.uniform() < 0.3 ? 0 : rng.normal(),
              );
              curvature.update(
                step,
                step.map((v) => 2 * v + 0.1 * rng.normal()),
              );
            }
            if (rng.uniform() < 0.2) share = rng.uniform();
            const free: number[] = [];
            for (let i = 0; i < n; i++) if (rng.uniform() < share) free.push(i);
            const v = Float64Array.from({ length: n }, () => rng.normal());
            const right = new Float64Array(columns).fill(7);
            gram.refresh(Int32Array.from(free), free.length, v, right);
            for (let k = 0; k < columns; k++) {
              const at = (i: number, column: number): number => pairs[i * columns + column]!;
              expect(right[k]).toBeCloseTo(
                free.reduce((sum, i) => sum + at(i, k) * v[i]!, 0),
                8,
              );
              for (let j = 0; j <= k; j++) {
                const sum = free.reduce((total, i) => total + at(i, k) * at(i, j), 0);
                expect(gram.values[k * columns + j]).toBeCloseTo(sum, 8);
              }
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('products with rows', () => {
  it.each([1, 2, 5, 12])('are the plain sums for %i columns', (columns) => {
    const rng = createRng(columns);
    const pairs = Float64Array.from({ length: 11 * columns }, () => rng.normal());
    const v = Float64Array.from({ length: Math.max(11, columns) }, () => rng.normal());
    const rows = Int32Array.from([0, 2, 3, 4, 7, 8, 10]);
    for (let count = 0; count <= rows.length; count++) {
      const out = new Float64Array(columns);
      const gram = new Float64Array(columns ** 2);
      addRows({ columns, pairs }, rows, count, v, out);
      addSquares({ columns, pairs }, rows, count, gram);
      const chosen = [...rows.subarray(0, count)];
      for (let k = 0; k < columns; k++) {
        const of = (i: number, c: number): number => pairs[i * columns + c]!;
        expect(out[k]).toBeCloseTo(
          chosen.reduce((sum, i) => sum + v[i]! * of(i, k), 0),
          12,
        );
        for (let j = 0; j <= k; j++) {
          const sum = chosen.reduce((total, i) => total + of(i, k) * of(i, j), 0);
          expect(gram[k * columns + j]).toBeCloseTo(sum, 12);
        }
      }
    }
    const plain = [...v.subarray(0, columns)].reduce(
      (sum, x, k) => sum + x * pairs[3 * columns + k]!,
      0,
    );
    expect(rowDot({ columns, pairs }, 3, v)).toBeCloseTo(plain, 12);
  });
});
