import { countTensors, numericGradient, useEngine } from '@causal/testing';
import fc from 'fast-check';
import {
  gradientsOf,
  normalRows,
  plainEnergy,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { energyDistance } from './index';

useEngine();

const value = (x: Rows, y: Rows, options = {}): number =>
  scalarOf(() => energyDistance(tensor(x), tensor(y), options));

describe('energyDistance', () => {
  it.each([2, 6])('definition and gradient, p = %s', (p) => {
    const x = normalRows(7, p, 'x');
    const y = normalRows(9, p, 'y', { mean: 0.5 });
    for (const estimator of ['biased', 'unbiased'] as const) {
      const plain = (a: Rows, b: Rows) => plainEnergy(a, b, estimator === 'unbiased');
      expect(Math.abs(value(x, y, { estimator }) - plain(x, y))).toBeLessThan(3e-6);
      const [gx, gy] = gradientsOf((a, b) => energyDistance(a, b, { estimator }), x, y);
      const nx = numericGradient((f) => plain(rowsOf(f, p), y), x.flat());
      const ny = numericGradient((f) => plain(x, rowsOf(f, p)), y.flat());
      expect(relativeError(gx!, nx)).toBeLessThan(2e-5);
      expect(relativeError(gy!, ny)).toBeLessThan(2e-5);
    }
  });

  it('in tiles as in one piece', () => {
    const [x, y] = [normalRows(20, 5, 1), normalRows(13, 5, 2)];
    expect(value(x, y, { blockSize: 6 })).toBeCloseTo(value(x, y), 5);
    const whole = gradientsOf((a, b) => energyDistance(a, b), x, y);
    const tiled = gradientsOf((a, b) => energyDistance(a, b, { blockSize: 6 }), x, y);
    tiled.forEach((g, v) => expect(relativeError(g, whole[v]!)).toBeLessThan(1e-5));
  });

  it('laws: Diracs, 0 on equal samples, symmetric, scales with the data', () => {
    expect(value([[1, 1]], [[4, 5]])).toBeCloseTo(10, 5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const [x, y] = [normalRows(6, 4, seed), normalRows(5, 4, seed + 1)];
        const base = value(x, y);
        expect(Math.abs(value(x, x))).toBeLessThan(1e-3);
        expect(relativeError([value(y, x)], [base])).toBeLessThan(1e-5);
        for (const factor of [2 ** -66, 2 ** 66]) {
          const scaled = (rows: Rows) => rows.map((r) => r.map((v) => v * factor));
          expect(relativeError([value(scaled(x), scaled(y)) / factor], [base])).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('unbiased is right on average: Gaussians', () => {
    // N(0, 1) against N(1, 1.5²): E|N(μ, s²)| = s√(2/π) exp(−μ²/2s²) + μ(2Φ(μ/s) − 1). The mean of 100
    // estimates is within 5 standard errors: fails by chance less than once in 10⁶.
    // For μ = 1, s² = 3.25: Φ(1/s) = 0.71045013.
    const s = Math.sqrt(3.25);
    const cross = s * Math.sqrt(2 / Math.PI) * Math.exp(-1 / 6.5) + (2 * 0.71045013 - 1);
    const expected = 2 * cross - (2 / Math.sqrt(Math.PI)) * (1 + 1.5);
    const draws = Array.from({ length: 100 }, (_, seed) =>
      value(normalRows(8, 1, `x${seed}`), normalRows(8, 1, `y${seed}`, { mean: 1, std: 1.5 }), {
        estimator: 'unbiased',
      }),
    );
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / (draws.length - 1);
    expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
  });

  it('of duplicates and constants has a finite gradient', () => {
    for (const [x, y] of [
      [[[1], [1]], [[1]]],
      [normalRows(3, 512, 1), normalRows(3, 512, 1)],
    ] as Array<[Rows, Rows]>) {
      for (const g of gradientsOf((a, b) => energyDistance(a, b), x, y)) {
        expect(g.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('leaves no tensor behind', async () => {
    expect(
      await countTensors(() => {
        value([[1, 2]], [[3, 4]]);
        gradientsOf((a, b) => energyDistance(a, b), [[1, 2]], [[3, 4]]);
      }),
    ).toBe(0);
  });
});
