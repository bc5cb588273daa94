import { createRng } from '@causal/random';
import fc from 'fast-check';
import { pearson, ranks } from './correlation';
import { mcc, mccMatch } from './mcc';

const table = (seed: number, n: number, d: number): number[][] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()));
};

/** Every one-to-one matching tried. */
function bestMatching(gains: readonly (readonly number[])[], labels: number): number {
  const place = (label: number, used: Set<number>): number => {
    if (label === labels) return 0;
    let best = place(label + 1, used); // this label goes without
    gains.forEach((row, z) => {
      if (used.has(z)) return;
      best = Math.max(best, row[label]! + place(label + 1, new Set([...used, z])));
    });
    return best;
  };
  return place(0, new Set()) / labels;
}

describe('mcc', () => {
  it('finds the best matching, whatever the numbers of latents and labels', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('pearson' as const, 'spearman' as const),
        (seed, m, d, correlation) => {
          const match = mccMatch(table(seed, 12, m), table(seed + 1, 12, d), { correlation });
          expect(match.score).toBeCloseTo(bestMatching(match.correlations, d), 10);
          const sum = match.latentOf.reduce(
            (s, z, label) => s + (z < 0 ? 0 : match.correlations[z]![label]!),
            0,
          );
          expect(sum / d).toBeCloseTo(match.score, 12);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is 1 and unchanged under order, sign, scale and shift of the latents', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const u = table(seed, 30, 3);
        const z = u.map(([a, b, c]) => [5 - 2 * c!, 0.1 * a!, -b!]);
        expect(mcc(z, u)).toBeCloseTo(1, 10);
        expect(mccMatch(z, u).latentOf).toEqual([1, 2, 0]);
        const noisy = u.map((row, i) => row.map((v, j) => v + ((i * 7 + j * 3) % 5)));
        const moved = noisy.map(([a, b, c]) => [3 * b!, -c! + 1, a!]);
        expect(mcc(moved, u)).toBeCloseTo(mcc(noisy, u), 10);
      }),
      { numRuns: 50 },
    );
  });

  it('with ranks is 1 under monotone maps, where Pearson is not', () => {
    const u = table(3, 60, 2);
    const z = u.map(([a, b]) => [Math.exp(3 * b!), a! ** 5]);
    expect(mcc(z, u, { correlation: 'spearman' })).toBeCloseTo(1, 12);
    expect(mcc(z, u)).toBeLessThan(0.95);
  });

  it('gives constant latents 0 and says what is wrong with tables', () => {
    const u = table(3, 10, 2);
    expect(
      mcc(
        u.map(() => [0.1 + 0.2, 5]),
        u,
      ),
    ).toBe(0);
    expect(() => mcc(u, u.slice(1))).toThrow(/latents have 10 rows and labels 9/);
    expect(() => mcc([[1, NaN]], [[1]])).toThrow(
      /latents: expected finite numbers, got NaN in row 0, column 1/,
    );
    expect(() => mcc([[1, 2], [3]], u)).toThrow(/row 1 has 1 numbers, row 0 has 2/);
  });
});

describe('correlation', () => {
  it('averages tied ranks', () => {
    expect([...ranks([3, 1, 3, 2, 3])]).toEqual([4, 1, 4, 2, 4]);
  });

  it('is bounded and signed', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBe(1);
    expect(pearson([1, 2, 3], [3, 2, 1])).toBe(-1);
    expect(pearson([1, 2, 3], [4, 4, 4])).toBe(0);
  });
});
