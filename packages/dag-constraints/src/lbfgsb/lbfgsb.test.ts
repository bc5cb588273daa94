import { createRng } from '@causal/random';
import fc from 'fast-check';
import { lbfgsb, type Objective } from './lbfgsb';

const rosenbrock: Objective = (x, g) => {
  g.fill(0);
  let f = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! ** 2;
    const b = 1 - x[i]!;
    f += 100 * a * a + b * b;
    g[i]! += -400 * a * x[i]! - 2 * b;
    g[i + 1]! += 200 * a;
  }
  return f;
};

const tight = { gradientTolerance: 1e-9, valueTolerance: 0 };

describe('lbfgsb', () => {
  it.each([2, 10, 50])('solves Rosenbrock without bounds, n = %d', async (n) => {
    const start = Array.from({ length: n }, (_, i) => (i % 2 ? 1 : -1.2));
    const { x, value } = await lbfgsb(rosenbrock, start, tight);
    // n > 3 has a second minimum near (−1, 1, …, 1), with f about 3.99.
    expect(value < 1e-12 || Math.abs(value - 3.98) < 0.1).toBe(true);
    if (value < 1) x.forEach((v) => expect(v).toBeCloseTo(1, 5));
  });

  it('solves Rosenbrock with an active upper bound, and starts from outside', async () => {
    const { x, value } = await lbfgsb(rosenbrock, [-5, 7], { ...tight, upper: [0.5, 10] });
    expect(x[0]).toBe(0.5);
    expect(x[1]).toBeCloseTo(0.25, 6);
    expect(value).toBeCloseTo(0.25, 10);
  });

  it('solves the driver problem of the authors’ code (n = 25, odd variables ≥ 1)', async () => {
    // f = (x₁−1)²/4·4 + 4 Σ (xᵢ − xᵢ₋₁²)², 1 ≤ x_odd ≤ 100, −100 ≤ x_even ≤ 100, start 3: f* = 1.083490083518441e-9 at loose tolerance; 0 in truth.
    const n = 25;
    const f: Objective = (x, g) => {
      g.fill(0);
      let sum = 0.25 * (x[0]! - 1) ** 2;
      g[0] = 0.5 * (x[0]! - 1);
      for (let i = 1; i < n; i++) {
        const t = x[i]! - x[i - 1]! ** 2;
        sum += t * t;
        g[i]! += 2 * t;
        g[i - 1]! -= 4 * t * x[i - 1]!;
      }
      for (let i = 0; i < n; i++) g[i]! *= 4;
      return 4 * sum;
    };
    const lower = Array.from({ length: n }, (_, i) => (i % 2 ? -100 : 1));
    const { value, iterations } = await lbfgsb(f, Array<number>(n).fill(3), {
      lower,
      upper: Array<number>(n).fill(100),
    });
    expect(value).toBeLessThan(1e-6);
    expect(iterations).toBeLessThan(60);
  });

  it('satisfies the KKT conditions of random convex quadratics in boxes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 15 }), async (seed, n) => {
        const rng = createRng(seed);
        const root = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
        const q = root.map((a, i) =>
          root.map((b, j) => a.reduce((s, v, k) => s + v * b[k]!, i === j ? 0.1 : 0)),
        );
        const c = Array.from({ length: n }, () => 3 * rng.normal());
        const f: Objective = (x, g) => {
          let value = 0;
          for (let i = 0; i < n; i++) {
            let qx = 0;
            for (let j = 0; j < n; j++) qx += q[i]![j]! * x[j]!;
            g[i] = qx + c[i]!;
            value += x[i]! * (0.5 * qx + c[i]!);
          }
          return value;
        };
        const lower = c.map(() => (rng.uniform() < 0.3 ? -Infinity : -rng.uniform()));
        const upper = c.map((_, i) =>
          rng.uniform() < 0.2 ? Math.max(lower[i]!, 0) : rng.uniform(),
        );
        const start = c.map(() => rng.normal());
        const kept = [...start];
        const { x } = await lbfgsb(f, start, { ...tight, lower, upper });
        expect(start).toEqual(kept);
        const g = new Float64Array(n);
        f(x, g);
        x.forEach((v, i) => {
          expect(v).toBeGreaterThanOrEqual(lower[i]!);
          expect(v).toBeLessThanOrEqual(upper[i]!);
          const outward = (v === lower[i] && g[i]! >= 0) || (v === upper[i] && g[i]! <= 0);
          if (!outward) expect(Math.abs(g[i]!)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('stays within a domain given by an infinite objective', async () => {
    // −log x + 3x, only for x > 0: minimum 1/3.
    const f: Objective = (x, g) => {
      g[0] = 3 - 1 / x[0]!;
      return x[0]! > 0 ? 3 * x[0]! - Math.log(x[0]!) : Infinity;
    };
    const { x } = await lbfgsb(f, [20], tight);
    expect(x[0]).toBeCloseTo(1 / 3, 7);
    await expect(lbfgsb(f, [-1])).rejects.toThrow(/Infinity at the start/);
  });

  it('refuses crossed bounds and stops when asked', async () => {
    await expect(lbfgsb(rosenbrock, [0, 0], { lower: [0, 2], upper: [1, 1] })).rejects.toThrow(
      /variable 1/,
    );
    await expect(lbfgsb(rosenbrock, [0, 0], { lower: [0] })).rejects.toThrow(
      /2 variables, but 1 lower/,
    );
    const stop = (): never => {
      throw new Error('stop');
    };
    await expect(lbfgsb(rosenbrock, [-1, 1], { onIteration: stop })).rejects.toThrow('stop');
  });
});
