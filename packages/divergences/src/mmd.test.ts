import { countTensors, numericGradient, useEngine } from '@causal/testing';
import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  plainKernels,
  plainMmd,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { imq, laplacian, linear, mmd, rationalQuadratic, rbf, type MmdOptions } from './index';

useEngine();

const value = (x: Rows, y: Rows, options: MmdOptions): number =>
  scalarOf(() => mmd(tensor(x), tensor(y), options));

const wae = (p: number) => [0.1, 0.2, 0.5, 1, 2, 5, 10].map((s) => 2 * p * s);
const kernels = (p: number) =>
  [
    ['rbf', rbf({ sigma: 1.3 }), plainKernels.rbf(1.3)],
    ['laplacian', laplacian({ sigma: 2 }), plainKernels.laplacian(2)],
    [
      'rational quadratic',
      rationalQuadratic({ sigma: 0.8, alpha: 1.5 }),
      plainKernels.rationalQuadratic(0.8, 1.5),
    ],
    ['imq', imq({ c: 0.7 }), plainKernels.imq([0.7])],
    ['wae', imq(), plainKernels.imq(wae(p))],
    ['linear', linear(), plainKernels.linear()],
  ] as const;

describe.each([false, true])('mmd, unbiased %s', (unbiased) => {
  const estimator = unbiased ? 'unbiased' : 'biased';

  it.each(kernels(3))('%s: definition and gradient', (_, kernel, plain) => {
    const x = normalRows(7, 3, 'x');
    const y = normalRows(9, 3, 'y', { mean: 0.7, std: 1.5 });
    const expected = plainMmd(x, y, plain, unbiased);
    expect(Math.abs(value(x, y, { kernel, estimator }) - expected)).toBeLessThan(
      1e-5 * Math.max(Math.abs(expected), 0.1),
    );
    const [gx, gy] = gradientsOf((a, b) => mmd(a, b, { kernel, estimator }), x, y);
    const nx = numericGradient((f) => plainMmd(rowsOf(f, 3), y, plain, unbiased), x.flat());
    const ny = numericGradient((f) => plainMmd(x, rowsOf(f, 3), plain, unbiased), y.flat());
    expect(relativeError(gx!, nx)).toBeLessThan(2e-5);
    expect(relativeError(gy!, ny)).toBeLessThan(2e-5);
  });

  it('adds or averages bandwidths as asked', () => {
    const x = normalRows(6, 2, 1);
    const y = normalRows(5, 2, 2, { mean: 1 });
    const parts = [0.5, 1, 4].map((sigma) => value(x, y, { kernel: rbf({ sigma }), estimator }));
    const sum = parts.reduce((a, b) => a + b, 0);
    const sigma = [0.5, 1, 4];
    expect(value(x, y, { kernel: rbf({ sigma }), estimator })).toBeCloseTo(sum, 5);
    expect(value(x, y, { kernel: rbf({ sigma, reduce: 'mean' }), estimator })).toBeCloseTo(
      sum / 3,
      5,
    );
  });

  it('is invariant to common shifts, far from the origin too, and to the order of rows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: -512, max: 512 }),
        (seed, shift) => {
          // Quarters: adding the shift is exact in float32.
          const quarters = (rows: Rows) => rows.map((r) => r.map((v) => Math.round(v * 4) / 4));
          const x = quarters(normalRows(5, 2, seed));
          const y = quarters(normalRows(6, 2, seed + 1));
          const moved = (rows: Rows) => rows.map((r) => r.map((v) => v + shift));
          const base = value(x, y, { kernel: rbf({ sigma: 1 }), estimator });
          const other = value(moved(x).reverse(), moved(y).reverse(), {
            kernel: rbf({ sigma: 1 }),
            estimator,
          });
          expect(Math.abs(base - other)).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is finite, with its gradient, on degenerate data', () => {
    const cases: Array<[Rows, Rows]> = [
      [
        [[1], [1]],
        [[1], [1]],
      ],
      [normalRows(4, 2, 1, { std: 1e-20 }), normalRows(4, 2, 2, { std: 1e-20 })],
      [normalRows(4, 2, 1, { std: 1e20 }), normalRows(4, 2, 2, { std: 1e20 })],
      [normalRows(4, 3, 1), normalRows(4, 3, 2, { mean: 1e10 })],
      [normalRows(3, 512, 1), normalRows(3, 512, 2)],
    ];
    for (const [x, y] of cases) {
      for (const kernel of ['rbf', 'laplacian', 'imq', 'rational-quadratic', 'wae'] as const) {
        expect(Number.isFinite(value(x, y, { kernel, estimator }))).toBe(true);
        for (const g of gradientsOf((a, b) => mmd(a, b, { kernel, estimator }), x, y)) {
          expect(g.every(Number.isFinite)).toBe(true);
        }
      }
    }
  });

  it('sees data of any scale alike under a median bandwidth', () => {
    const x = normalRows(8, 2, 5);
    const y = normalRows(8, 2, 6, { mean: 1 });
    const base = value(x, y, { estimator });
    for (const factor of [2 ** -66, 2 ** 66]) {
      const scaled = (rows: Rows) => rows.map((r) => r.map((v) => v * factor));
      expect(Math.abs(value(scaled(x), scaled(y), { estimator }) - base)).toBeLessThan(1e-5);
    }
  });
});

describe('mmd in tiles', () => {
  const x = normalRows(23, 3, 'x');
  const y = normalRows(17, 3, 'y', { mean: 0.5 });
  it.each(['rbf', 'laplacian', 'wae', 'linear'] as const)('%s: as in one piece', (kernel) => {
    for (const estimator of ['biased', 'unbiased'] as const) {
      const whole = { kernel, estimator };
      const tiled = { ...whole, blockSize: 5 };
      expect(Math.abs(value(x, y, tiled) - value(x, y, whole))).toBeLessThan(5e-6);
      const plain = gradientsOf((a, b) => mmd(a, b, whole), x, y);
      const parts = gradientsOf((a, b) => mmd(a, b, tiled), x, y);
      parts.forEach((part, v) => expect(relativeError(part, plain[v]!)).toBeLessThan(1e-5));
    }
  });
});

describe('mmd on part of the pairs', () => {
  const x = normalRows(9, 2, 'x');
  const y = normalRows(9, 2, 'y', { mean: 1 });
  const k = plainKernels.rbf(1.2);

  it.each(['rbf', 'laplacian'] as const)('linear, %s: definition and gradient', (name) => {
    const plainKernel = name === 'rbf' ? k : plainKernels.laplacian(1.2);
    const options = { kernel: name, bandwidth: 1.2, estimator: 'linear' as const };
    const plain = (a: Rows, b: Rows) => {
      let sum = 0;
      for (let i = 0; i + 1 < a.length; i += 2) {
        sum += plainKernel(a[i]!, a[i + 1]!) + plainKernel(b[i]!, b[i + 1]!);
        sum -= plainKernel(a[i]!, b[i + 1]!) + plainKernel(a[i + 1]!, b[i]!);
      }
      return sum / Math.floor(a.length / 2);
    };
    expect(value(x, y, options)).toBeCloseTo(plain(x, y), 5);
    const [gx, gy] = gradientsOf((a, b) => mmd(a, b, options), x, y);
    expect(
      relativeError(
        gx!,
        numericGradient((f) => plain(rowsOf(f, 2), y), x.flat()),
      ),
    ).toBeLessThan(1e-5);
    expect(
      relativeError(
        gy!,
        numericGradient((f) => plain(x, rowsOf(f, 2)), y.flat()),
      ),
    ).toBeLessThan(1e-5);
  });

  it('block: mean of the parts, definition and gradient', () => {
    const options = { bandwidth: 1.2, estimator: 'block' as const, parts: 2 };
    const plain = (a: Rows, b: Rows) =>
      (plainMmd(a.slice(0, 4), b.slice(0, 4), k, true) +
        plainMmd(a.slice(4), b.slice(4), k, true)) /
      2;
    expect(value(x, y, options)).toBeCloseTo(plain(x, y), 5);
    const [gx, gy] = gradientsOf((a, b) => mmd(a, b, options), x, y);
    expect(
      relativeError(
        gx!,
        numericGradient((f) => plain(rowsOf(f, 2), y), x.flat()),
      ),
    ).toBeLessThan(1e-5);
    expect(
      relativeError(
        gy!,
        numericGradient((f) => plain(x, rowsOf(f, 2)), y.flat()),
      ),
    ).toBeLessThan(1e-5);
  });

  it('refuses what it cannot do', () => {
    const [a, b] = [tensor(x), tensor(y.slice(1))];
    expect(() => mmd(a, b, { estimator: 'linear' })).toThrow('as many rows, got 9 and 8');
    expect(() => mmd(a, b, { estimator: 'block', parts: 5 })).toThrow('needs two rows');
    tf.dispose([a, b]);
  });
});

describe('mmd', () => {
  it('between Diracs is 2(k(0) − k(δ))', () => {
    const d = 1.7;
    expect(value([[0, 0]], [[0, d]], { kernel: rbf({ sigma: 2 }) })).toBeCloseTo(
      2 - 2 * Math.exp(-(d * d) / 8),
      6,
    );
  });

  it('of distinct points too far apart for any kernel to see: 1/n + 1/m', () => {
    for (const std of [1e9, 1e16, 1e18, 1e20, 1e37]) {
      const [x, y] = [normalRows(8, 2, 1, { std }), normalRows(4, 2, 2, { std })];
      for (const kernel of [rbf({ sigma: 1 }), laplacian({ sigma: 1 }), imq({ c: 1 })]) {
        expect(value(x, y, { kernel })).toBeCloseTo(0.375, 5);
      }
      expect(value([x[0]!, x[0]!], y, { bandwidth: 1 })).toBeCloseTo(1.25, 5);
    }
  });

  it('with the linear kernel is the squared distance of the means, at any scale', () => {
    for (const std of [1e-15, 1e-8, 1, 1e8, 1e18]) {
      const [x, y] = [normalRows(8, 2, 1, { std }), normalRows(8, 2, 2, { std })];
      const mean = (rows: Rows, c: number) => rows.reduce((sum, row) => sum + row[c]!, 0) / 8;
      const expected = [0, 1].reduce((sum, c) => sum + (mean(x, c) - mean(y, c)) ** 2, 0);
      expect(relativeError([value(x, y, { kernel: 'linear' })], [expected])).toBeLessThan(1e-5);
      const [gx] = gradientsOf((a, b) => mmd(a, b, { kernel: 'linear' }), x, y);
      expect(relativeError([gx![0]!], [(mean(x, 0) - mean(y, 0)) / 4])).toBeLessThan(1e-5);
    }
  });

  it('biased: 0 on equal samples, never negative', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const x = normalRows(6, 3, seed);
        expect(Math.abs(value(x, x, { kernel: 'wae' }))).toBeLessThan(3e-6);
        expect(
          value(x, normalRows(9, 3, seed + 1), { kernel: rbf({ sigma: 0.3 }) }),
        ).toBeGreaterThan(-1e-6);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves no tensor behind', async () => {
    const [x, y] = [tensor(normalRows(6, 3, 1)), tensor(normalRows(5, 3, 2))];
    for (const kernel of ['rbf', 'laplacian', 'wae', 'linear'] as const) {
      const step = () => {
        const { value: v, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
          mmd(a as tf.Tensor2D, b as tf.Tensor2D, { kernel }),
        )([x, y]);
        tf.dispose([v, grads]);
        mmd(x, y, { kernel }).dispose();
      };
      expect(await countTensors(step)).toBe(0);
      const others = [{ blockSize: 3 }, { estimator: 'block' as const }];
      for (const other of others) {
        expect(await countTensors(() => mmd(x, y, { kernel, ...other }).dispose())).toBe(0);
      }
    }
    tf.dispose([x, y]);
  });

  it.each([1, 3])('unbiased estimators are right on average, p = %s', (p) => {
    // N(0, I) against N(1, 1.5² I), RBF σ = 1: E k = v^(−p/2) exp(−‖μ‖²/2v) with v = σ² + σ₁² + σ₂².
    // The mean of 100 estimates is within 5 standard errors: fails by chance less than once in 10⁶.
    const mean = (variance: number, shift: number) =>
      (1 + variance) ** (-p / 2) * Math.exp((-p * shift) / (2 * (1 + variance)));
    const expected = mean(2, 0) + mean(4.5, 0) - 2 * mean(3.25, 1);
    for (const estimator of ['unbiased', 'linear', 'block'] as const) {
      const draws = Array.from({ length: 100 }, (_, seed) =>
        value(normalRows(8, p, `x${seed}`), normalRows(8, p, `y${seed}`, { mean: 1, std: 1.5 }), {
          kernel: rbf({ sigma: 1 }),
          estimator,
        }),
      );
      const average = draws.reduce((a, b) => a + b, 0) / draws.length;
      const variance = draws.reduce((a, b) => a + (b - average) ** 2, 0) / (draws.length - 1);
      expect(Math.abs(average - expected)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
    }
  });

  it('says what is wrong', () => {
    const x = tensor([[1, 2]]);
    const y = tensor([[1, 2, 3]]);
    expect(() => mmd(x, y)).toThrow('same number of columns, got 2 and 3');
    expect(() => mmd(x, x, { estimator: 'unbiased' })).toThrow('at least 2 rows');
    expect(() => mmd(x, x, { kernal: 'rbf' } as MmdOptions)).toThrow('did you mean `kernel`');
    expect(() => mmd(x, x, { kernel: rbf({ sigma: -1 }) })).toThrow('`sigma` must be');
    expect(() => mmd(x, x, { kernel: rbf({ sigma: 1 }), bandwidth: 2 })).toThrow('has its own');
    tf.dispose([x, y]);
  });
});
