import { createRng } from '@causal/random';
import fc from 'fast-check';
import { expPenalty, plainExpPenalty } from './exp-penalty';

describe('expPenalty', () => {
  it('is the public penalty to ten digits, at every norm and size', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 19 }),
        fc.integer({ min: -30, max: 10 }).map((tenths) => tenths / 10),
        (seed, d, exponent) => {
          const rng = createRng(seed);
          const scale = 10 ** exponent / Math.sqrt(d);
          const w = Float64Array.from({ length: d * d }, () => scale * rng.normal());
          const [fast, plain] = [new Float64Array(d * d), new Float64Array(d * d)];
          for (const what of ['value', 'curvature'] as const) {
            const value = expPenalty(d, 'test')[what](w, fast);
            const reference = plainExpPenalty(d, 'test')[what](w, plain);
            expect(value / reference).toBeCloseTo(1, 9);
            const largest = plain.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
            fast.forEach((v, i) => expect(Math.abs(v - plain[i]!)).toBeLessThan(1e-9 * largest));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('bends as it says: finite differences of the slope at W[i][j] = 0', () => {
    const d = 6;
    const rng = createRng(3);
    const w = Float64Array.from({ length: d * d }, () => rng.normal());
    const penalty = expPenalty(d, 'test');
    const [curvature, up, down] = [w, w, w].map(() => new Float64Array(d * d));
    for (const at of [1, 8, 17, 31]) {
      w[at] = 0;
      penalty.curvature(w, curvature!);
      w[at] = 1e-4;
      penalty.value(w, up!);
      w[at] = -1e-4;
      penalty.value(w, down!);
      expect((up![at]! - down![at]!) / 2e-4 / curvature![at]!).toBeCloseTo(1, 5);
    }
  });

  it('is Infinity beyond float64, by both', () => {
    for (const d of [2, 40]) {
      const w = new Float64Array(d * d).fill(30);
      for (const make of [expPenalty, plainExpPenalty]) {
        for (const what of ['value', 'curvature'] as const) {
          expect(make(d, 'test')[what](w, new Float64Array(d * d))).toBe(Infinity);
          expect(make(d, 'test')[what](w.fill(1e200), new Float64Array(d * d))).toBe(Infinity);
          w.fill(30);
        }
      }
    }
  });
});
