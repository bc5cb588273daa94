import { createRng, type Rng } from '@causal/random';
import fc from 'fast-check';
import { LassoColumn, type ColumnProblem } from './lasso-column';

interface Problem extends ColumnProblem {
  readonly c: Float64Array;
}

/** C of `rank` (below d: singular), columns in units that differ by 10³. */
function randomProblem(rng: Rng, d: number, rank: number): Problem {
  const units = Float64Array.from({ length: d }, () => 10 ** (3 * rng.uniform() - 1));
  const rows = Array.from({ length: rank }, () => units.map((unit) => unit * rng.normal()));
  const c = new Float64Array(d * d);
  for (const row of rows) {
    for (let i = 0; i < d; i++)
      for (let j = 0; j < d; j++) c[i * d + j]! += (row[i]! * row[j]!) / rank;
  }
  const each = (value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: d }, (_, i) => value(i));
  return {
    c,
    extra: each((i) => 1e-3 * units[i]! ** 2 * rng.uniform()),
    v: each((i) => units[i]! * rng.normal()),
    b: each((i) => units[i]! * rng.normal()),
    lambda: [0, 0.05, 0.5, 100][rng.int(4)]!,
    fixed: Uint8Array.from({ length: d }, () => (rng.uniform() < 0.2 ? 1 : 0)),
  };
}

/** Qz − b. */
function slopes({ c, extra, v, b }: Problem, z: Float64Array): Float64Array {
  const d = z.length;
  const along = z.reduce((sum, value, i) => sum + value * v[i]!, 0);
  return z.map((value, i) => {
    let sum = extra[i]! * value + v[i]! * along - b[i]!;
    for (let k = 0; k < d; k++) sum += c[i * d + k]! * z[k]!;
    return sum;
  });
}

describe.each([
  { by: 'the SIMD kernels', kernels: true },
  { by: 'JavaScript', kernels: false },
])('LassoColumn by $by', (by) => {
  it('meets the conditions of a minimum, from anywhere and one problem after another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 25 }), (seed, d) => {
        const rng = createRng(seed);
        const { c, ...first } = randomProblem(rng, d, 1 + rng.int(2 * d));
        const column = new LassoColumn(d, c, by);
        for (let repeat = 0; repeat < 3; repeat++) {
          const problem = repeat === 0 ? { ...first, c } : { ...randomProblem(rng, d, 1), c };
          const { lambda, fixed, extra, v } = problem;
          const z = Float64Array.from({ length: d }, (_, i) =>
            fixed[i] || rng.uniform() < 0.5 ? 0 : rng.normal(),
          );
          column.minimise(problem, z);
          slopes(problem, z).forEach((slope, i) => {
            if (fixed[i]) return expect(z[i]).toBe(0);
            const unit = Math.sqrt(c[i * d + i]! + extra[i]! + v[i]! ** 2);
            const off =
              z[i] === 0 ? Math.abs(slope) - lambda : Math.abs(slope + lambda * Math.sign(z[i]!));
            expect(off / unit).toBeLessThan(1e-6);
          });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('soft-thresholds where nothing depends on anything', () => {
    const d = 7;
    const c = new Float64Array(d * d);
    for (let i = 0; i < d; i++) c[i * (d + 1)] = i + 1;
    const b = Float64Array.from([3, -3, 0.4, -0.4, 0.5, 9, 1]);
    const z = Float64Array.from([0, 2, 5, 0, 0, 0, -1]);
    const fixed = Uint8Array.from([0, 0, 0, 0, 0, 1, 0]);
    const none = new Float64Array(d);
    new LassoColumn(d, c, by).minimise({ extra: none, v: none, b, lambda: 0.5, fixed }, z);
    [2.5, -1.25, 0, 0, 0, 0, 0.5 / 7].forEach((value, i) => expect(z[i]).toBeCloseTo(value, 12));
    for (const i of [2, 3, 4, 5]) expect(z[i]).toBe(0);
  });
});
