import { countTensors, numericGradient, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  relativeError,
  rowsOf,
  scalarOf,
  tensor,
  type Rows,
} from '../test-support/reference';
import { fourierMmd, mmd, rbf, type FourierMmdOptions } from './index';

useEngine();

const x = normalRows(8, 2, 'x');
const y = normalRows(6, 2, 'y', { mean: 1 });
const value = (a: Rows, b: Rows, options: FourierMmdOptions): number =>
  scalarOf(() => fourierMmd(tensor(a), tensor(b), options));

describe.each(['biased', 'unbiased'] as const)('fourierMmd, %s', (estimator) => {
  it('definition and gradient', () => {
    const options = { estimator, bandwidth: 1.5, features: 7 };
    const draws = () => createRng('w').fillNormal(new Float32Array(14), 0, Math.SQRT2);
    const frequencies = Array.from(draws(), (w) => w / (1.5 * Math.SQRT2));
    const kernel = (a: readonly number[], b: readonly number[]) => {
      let sum = 0;
      for (let w = 0; w < 7; w++) {
        sum += Math.cos((a[0]! - b[0]!) * frequencies[w]! + (a[1]! - b[1]!) * frequencies[7 + w]!);
      }
      return sum / 7;
    };
    const mean = (a: Rows, b: Rows) => {
      const same = a === b && estimator === 'unbiased';
      let sum = 0;
      a.forEach((p, i) => b.forEach((q, j) => (sum += same && i === j ? 0 : kernel(p, q))));
      return sum / (same ? a.length * (a.length - 1) : a.length * b.length);
    };
    const plain = (a: Rows, b: Rows) => mean(a, a) + mean(b, b) - 2 * mean(a, b);
    const seeded = () => ({ ...options, rng: createRng('w') });
    expect(Math.abs(value(x, y, seeded()) - plain(x, y))).toBeLessThan(3e-6);
    const [gx, gy] = gradientsOf((a, b) => fourierMmd(a, b, seeded()), x, y);
    expect(
      relativeError(
        gx!,
        numericGradient((f) => plain(rowsOf(f, 2), y), x.flat()),
      ),
    ).toBeLessThan(2e-5);
    expect(
      relativeError(
        gy!,
        numericGradient((f) => plain(x, rowsOf(f, 2)), y.flat()),
      ),
    ).toBeLessThan(2e-5);
  });

  it('comes near the exact MMD² with many features', () => {
    // Each frequency's share lies in [0, 4]: by Hoeffding the mean of 20,000 is within .12 of the
    // exact value but for less than 1 in 10⁷ seeds.
    const exact = scalarOf(() =>
      mmd(tensor(x), tensor(y), { kernel: rbf({ sigma: 1 }), estimator }),
    );
    const near = value(x, y, { estimator, bandwidth: 1, features: 20_000 });
    expect(Math.abs(near - exact)).toBeLessThan(0.12);
  });
});

describe('fourierMmd', () => {
  it('draws from the seed, leaves no tensor behind', async () => {
    expect(value(x, y, { seed: 1 })).toBe(value(x, y, { seed: 1 }));
    expect(value(x, y, { seed: 1 })).not.toBe(value(x, y, { seed: 2 }));
    expect(await countTensors(() => gradientsOf((a, b) => fourierMmd(a, b), x, y))).toBe(0);
    const one = tf.zeros([1, 2]) as tf.Tensor2D;
    expect(() => fourierMmd(one, one, { estimator: 'unbiased' })).toThrow('at least 2 rows');
    one.dispose();
  });
});
