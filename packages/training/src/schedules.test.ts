import fc from 'fast-check';
import { constant, cosine, oneCycle, stepDecay, warmUp } from './schedules';

describe('oneCycle', () => {
  it('is PyTorch’s OneCycleLR: first, top, last, and the places between', () => {
    const rate = oneCycle({ warmUp: 0.3 });
    // total_steps 10, pct_start .3: top at step 2, last at step 9.
    expect(rate(0, 10)).toBeCloseTo(0.04, 12);
    expect(rate(1, 10)).toBeCloseTo((0.04 + 1) / 2, 12);
    expect(rate(2, 10)).toBeCloseTo(1, 12);
    expect(rate(9, 10)).toBeCloseTo(0.04 / 1e4, 12);
    // pct = (5 − 2)/(9 − 2): 4e-6 + (1 − 4e-6)/2·(1 + cos(3π/7)) = 0.61126…
    expect(rate(5, 10)).toBeCloseTo(
      4e-6 + ((1 - 4e-6) / 2) * (1 + Math.cos((3 * Math.PI) / 7)),
      12,
    );
  });

  it('rises, then falls, within its bounds, for any length of run', () => {
    const length = fc.integer({ min: 1, max: 500 });
    const part = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(length, part, (n, warm) => {
        const rates = Array.from({ length: n }, (_, i) => oneCycle({ warmUp: warm })(i, n));
        const top = rates.indexOf(Math.max(...rates));
        const rises = rates.map((rate, i) => rate - (rates[i - 1] ?? 0));
        expect(Math.min(...rises.slice(0, top + 1))).toBeGreaterThanOrEqual(0);
        expect(Math.max(-1, ...rises.slice(top + 1))).toBeLessThanOrEqual(0);
        expect(rates[top]).toBeLessThanOrEqual(1);
        expect(Math.min(...rates)).toBeGreaterThanOrEqual(4e-6 - 1e-12);
      }),
    );
  });
});

describe('the other schedules', () => {
  it('give these rates', () => {
    expect(constant(7, 9)).toBe(1);
    expect([0, 1, 2, 4].map((s) => cosine()(s, 5))).toEqual([1, expect.closeTo(0.8536, 4), 0.5, 0]);
    expect([0, 1, 2, 9].map((s) => cosine({ warmUp: 0.2, floor: 0.1 })(s, 10))).toEqual([
      1 / 3,
      2 / 3,
      1,
      0.1,
    ]);
    expect([0, 2, 3, 6].map((s) => stepDecay({ every: 3, factor: 0.5 })(s, 9))).toEqual([
      1, 1, 0.5, 0.25,
    ]);
    expect([0, 1, 2, 3, 6].map((s) => warmUp(3, cosine())(s, 7))).toEqual([0.25, 0.5, 0.75, 1, 0]);
  });

  it('refuse nonsense', () => {
    expect(() => oneCycle({ warmUp: 1 })).toThrow(/`warmUp` must be .* ≥ 0 and < 1, got 1/);
    expect(() => oneCycle({ divFactor: NaN })).toThrow(/`divFactor` must be .* ≥ 1, got NaN/);
    expect(() => oneCycle({ warmup: 0.1 } as never)).toThrow(/did you mean `warmUp`/);
    expect(() => cosine({ warmUp: -1 })).toThrow(/`warmUp` must be .* ≥ 0 and < 1, got -1/);
    expect(() => cosine({ floor: 2 })).toThrow(/`floor` must be .* ≤ 1, got 2/);
    expect(() => stepDecay({ every: 0 })).toThrow(/`every` must be an integer ≥ 1, got 0/);
    expect(() => stepDecay({ every: 1, factor: Infinity })).toThrow(/`factor` .* got Infinity/);
    expect(() => warmUp(1.5)).toThrow(/`steps` must be an integer ≥ 0, got 1.5/);
  });
});
