import { countTensors, numericGradient, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  gramOf,
  normalRows,
  plainHsic,
  plainKernels,
  plainUnbiasedHsic,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { cka, hsic, imq, laplacian, rbf, type HsicOptions } from './index';

useEngine();

const value = (x: Rows, y: Rows, options: HsicOptions): number =>
  scalarOf(() => hsic(tensor(x), tensor(y), options));

/** y depends on x, nonlinearly. */
const pair = (n: number): [number[][], number[][]] => {
  const x = normalRows(n, 2, 'x');
  const e = normalRows(n, 3, 'e');
  return [x, e.map((row, i) => row.map((v, c) => Math.fround(0.5 * v + x[i]![c % 2]! ** 2)))];
};

const kernel = [rbf({ sigma: 0.9 }), laplacian({ sigma: 2.5 })] as const;
const plain = (x: Rows, y: Rows): [number[][], number[][]] => [
  gramOf(x, x, plainKernels.rbf(0.9)),
  gramOf(y, y, plainKernels.laplacian(2.5)),
];

describe.each(['biased', 'unbiased'] as const)('hsic, %s', (estimator) => {
  const reference = estimator === 'biased' ? plainHsic : plainUnbiasedHsic;
  const raw = (x: Rows, y: Rows) => reference(...plain(x, y));
  const aligned = (x: Rows, y: Rows) => {
    const [k, l] = plain(x, y);
    return reference(k, l) / Math.sqrt(reference(k, k) * reference(l, l));
  };

  it.each([
    ['plain', false, raw],
    ['normalised', true, aligned],
  ] as const)('%s: definition and gradient', (_, normalized, expected) => {
    const [x, y] = pair(8);
    const options = { estimator, kernel, normalized };
    expect(relativeError([value(x, y, options)], [expected(x, y)])).toBeLessThan(1e-5);
    const [gx, gy] = gradientsOf((a, b) => hsic(a, b, options), x, y);
    const nx = numericGradient((f) => expected(rowsOf(f, 2), y), x.flat());
    const ny = numericGradient((f) => expected(x, rowsOf(f, 3)), y.flat());
    expect(relativeError(gx!, nx)).toBeLessThan(3e-5);
    expect(relativeError(gy!, ny)).toBeLessThan(3e-5);
  });

  it('is finite, with its gradient, on degenerate data', () => {
    const cases: Array<[Rows, Rows]> = [
      [normalRows(5, 2, 1), Array.from({ length: 5 }, () => [5.3])],
      [Array.from({ length: 5 }, () => [-7.1]), Array.from({ length: 5 }, () => [5.3])],
      [normalRows(5, 2, 1, { std: 1e-20 }), normalRows(5, 2, 2, { std: 1e20 })],
      [[[0], [0], [0], [0], [1e15]], normalRows(5, 512, 3)],
    ];
    for (const [x, y] of cases) {
      for (const normalized of [false, true]) {
        const options = { estimator, normalized };
        expect(Number.isFinite(value(x, y, options))).toBe(true);
        for (const g of gradientsOf((a, b) => hsic(a, b, options), x, y)) {
          expect(g.every(Number.isFinite)).toBe(true);
        }
        if (y[0]![0] === 5.3) expect(Math.abs(value(x, y, options))).toBeLessThan(1e-3);
      }
    }
  });
});

describe('hsic in tiles', () => {
  it.each(['biased', 'unbiased'] as const)('%s: as in one piece', (estimator) => {
    const [x, y] = pair(23);
    for (const normalized of [false, true]) {
      const whole = { estimator, normalized };
      const tiled = { ...whole, blockSize: 6 };
      expect(relativeError([value(x, y, tiled)], [value(x, y, whole)])).toBeLessThan(1e-5);
      const plain = gradientsOf((a, b) => hsic(a, b, whole), x, y);
      const parts = gradientsOf((a, b) => hsic(a, b, tiled), x, y);
      parts.forEach((part, v) => expect(relativeError(part, plain[v]!)).toBeLessThan(2e-5));
    }
  });
});

describe('hsic', () => {
  it('gives each variable its own bandwidth', () => {
    const [x, y] = pair(12);
    const large = y.map((row) => row.map((v) => v * 1024));
    expect(value(x, large, {})).toBeCloseTo(value(x, y, {}), 6);
    const fixed = { bandwidth: [1, 2] as const };
    const swapped = { bandwidth: [2, 1] as const };
    expect(value(x, y, fixed)).toBeCloseTo(value(y, x, swapped), 6);
    expect(Math.abs(value(x, y, fixed) - value(x, y, swapped))).toBeGreaterThan(1e-4);
  });

  it('with linear kernels is the squared norm of the cross-covariance, at any scale', () => {
    const [x, y] = [normalRows(9, 2, 'x'), normalRows(9, 1, 'y')];
    const centred = (rows: Rows, c: number) => {
      const mean = rows.reduce((sum, row) => sum + row[c]!, 0) / 9;
      return rows.map((row) => row[c]! - mean);
    };
    const [v] = [centred(y, 0)];
    const expected = [0, 1].reduce((sum, c) => {
      const covariance = centred(x, c).reduce((s, u, i) => s + (u * v[i]!) / 9, 0);
      return sum + covariance ** 2;
    }, 0);
    for (const [a, b] of [
      [1, 1],
      [2 ** -66, 2 ** 66],
      [2 ** 50, 2 ** 10],
    ] as const) {
      // prettier-ignore
      const times = (rows: Rows, by: number) => rows.map((row) => row.map((u) => u * by));
      const found = value(times(x, a), times(y, b), { kernel: 'linear' });
      expect(relativeError([found], [expected * (a * b) ** 2])).toBeLessThan(1e-5);
    }
    const mixed = { kernel: ['linear', 'rbf'] as const };
    const wide = value(x.map((row) => row.map((u) => 1024 * u)), y, mixed); // prettier-ignore
    expect(relativeError([wide], [2 ** 20 * value(x, y, mixed)])).toBeLessThan(1e-5);
  });

  it('of one point is 0', () => {
    expect(value([[1, 2]], [[3]], { kernel: imq({ c: 1 }) })).toBeCloseTo(0, 6);
    expect(value([[1, 2]], [[3]], { normalized: true })).toBeCloseTo(0, 3);
  });

  it('leaves no tensor behind', async () => {
    const [x, y] = pair(8).map(tensor) as [tf.Tensor2D, tf.Tensor2D];
    const settings = [{}, { estimator: 'unbiased' as const }, { normalized: true, blockSize: 3 }];
    for (const options of settings) {
      const step = () => {
        const { value: v, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
          hsic(a as tf.Tensor2D, b as tf.Tensor2D, options),
        )([x, y]);
        tf.dispose([v, grads]);
      };
      expect(await countTensors(step)).toBe(0);
    }
    tf.dispose([x, y]);
  });

  it('says what is wrong', () => {
    const [x, y] = [tensor(normalRows(3, 1, 1)), tensor(normalRows(4, 1, 1))];
    expect(() => hsic(x, y)).toThrow('as many rows, got 3 and 4');
    expect(() => hsic(x, x, { estimator: 'unbiased' })).toThrow('at least 4 rows');
    tf.dispose([x, y]);
  });
});

describe('cka', () => {
  const [x, y] = pair(20);
  const aligned = (a: Rows, b: Rows) => scalarOf(() => cka(tensor(a), tensor(b)));

  it('linear: 1 for a rotated, scaled, shifted copy, at any scale', () => {
    const turned = x.map(([a, b]) => [3 * (0.6 * a! - 0.8 * b!) + 5, 3 * (0.8 * a! + 0.6 * b!)]);
    expect(aligned(x, turned)).toBeCloseTo(1, 5);
    expect(
      aligned(
        x,
        x.map((row) => row.map((v) => v * 2 ** 70)),
      ),
    ).toBeCloseTo(1, 5);
  });

  it('linear: ‖YᵀX‖²/(‖XᵀX‖‖YᵀY‖) of centred data', () => {
    const centre = (rows: Rows) =>
      rows.map((r) => r.map((v, c) => v - rows.reduce((s, q) => s + q[c]!, 0) / rows.length));
    const product = (a: Rows, b: Rows) => {
      let sum = 0;
      for (let i = 0; i < a[0]!.length; i++) {
        for (let j = 0; j < b[0]!.length; j++) {
          sum += a.reduce((s, row, r) => s + row[i]! * b[r]![j]!, 0) ** 2;
        }
      }
      return sum;
    };
    const [xc, yc] = [centre(x), centre(y)];
    const expected = product(xc, yc) / Math.sqrt(product(xc, xc) * product(yc, yc));
    expect(aligned(x, y)).toBeCloseTo(expected, 5);
  });
});

describe('hsic, unbiased, over many draws', () => {
  // x, y standard normal with correlation ρ, RBF kernels of σ: expectations of exp(−(uᵀDu)) over
  // Gaussian u are determinants, and HSIC = E[k l] + E[k] E[l] − 2 E[E[k|x] E[l|y]].
  const closedForm = (rho: number, sigma: number): number => {
    const s = sigma * sigma;
    const mean = (c: number) => 1 / Math.sqrt((1 + 2 / s) ** 2 - (c / s) ** 2);
    return mean(2 * rho) + mean(0) - 2 * mean(rho);
  };

  it.each([0, 0.8])('is right on average, correlation %d', (rho) => {
    // Means of 400 estimates, about normal: outside 5 standard errors by chance less than once in
    // 10⁶ draws of the seeds. The biased estimate is 20 standard errors away.
    const rng = createRng(`unbiased ${rho}`);
    const draws = { unbiased: [] as number[], biased: [] as number[] };
    for (let draw = 0; draw < 400; draw++) {
      const x = Array.from({ length: 8 }, () => [rng.normal()]);
      const y = x.map(([v]) => [rho * v! + Math.sqrt(1 - rho * rho) * rng.normal()]);
      for (const estimator of ['unbiased', 'biased'] as const) {
        draws[estimator].push(value(x, y, { estimator, kernel: rbf({ sigma: 1 }) }));
      }
    }
    const standardErrors = (values: readonly number[]): number => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
      return Math.abs(mean - closedForm(rho, 1)) / Math.sqrt(variance / values.length);
    };
    expect(standardErrors(draws.unbiased)).toBeLessThan(5);
    if (rho === 0) expect(standardErrors(draws.biased)).toBeGreaterThan(10);
  });
});
