import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { flatten, measure, pair, reflected, withGradients } from '../test-support/gaussians';
import { normalRows, relativeError } from '../test-support/reference';
import { gaussianW2 } from './index';

useEngine();

/** A covariance of the given rank. */
const covariance = (p: number, rank: number, seed: string): number[][] => {
  const factor = normalRows(p, rank, seed);
  return factor.map((a) => factor.map((b) => a.reduce((s, v, c) => s + v * b[c]!, 0)));
};

/** 2 × 2: tr (Σ₁Σ₂)^½ = √(tr Σ₁Σ₂ + 2√(det Σ₁ det Σ₂)). */
function plainW2(flat: ArrayLike<number>): number {
  const [a, b, c, d, e, f, g, h, i, j, k, l] = Array.from(flat) as [
    number, number, number, number, number, number, number, number, number, number, number, number,
  ]; // prettier-ignore
  const off1 = (d + e) / 2;
  const off2 = (j + k) / 2;
  const product = c * i + f * l + 2 * off1 * off2;
  const determinants = Math.max(0, (c * f - off1 ** 2) * (i * l - off2 ** 2));
  return (
    (a - g) ** 2 + (b - h) ** 2 + c + f + i + l -
    2 * Math.sqrt(product + 2 * Math.sqrt(determinants))
  ); // prettier-ignore
}

describe('gaussianW2', () => {
  it('closed form in two dimensions, and its gradient', () => {
    expect(relativeError([measure(gaussianW2, pair)], [plainW2(flatten(pair))])).toBeLessThan(1e-6);
    const found = withGradients(gaussianW2, pair).gradients.flatMap((g) => [...g]);
    expect(relativeError(found, numericGradient(plainW2, flatten(pair)))).toBeLessThan(1e-5);
  });

  it('commuting covariances: Σ (√λ − √μ)²', () => {
    const value = measure(gaussianW2, [[0], [[9]], [2], [[1]]]);
    expect(value).toBeCloseTo(4 + 4, 5);
  });

  it('works for singular covariances, alike and not', () => {
    const rank1 = covariance(4, 1, 'a');
    const zero = rank1.map((row) => row.map(() => 0));
    const mean = [0, 0, 0, 0];
    expect(measure(gaussianW2, [mean, rank1, mean, rank1])).toBeLessThan(1e-5);
    const trace = rank1.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(relativeError([measure(gaussianW2, [mean, rank1, mean, zero])], [trace])).toBeLessThan(
      1e-5,
    );
    for (const other of [rank1, zero, covariance(4, 4, 'b')]) {
      for (const g of withGradients(gaussianW2, [mean, rank1, mean, other]).gradients) {
        expect(g.every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('keeps no tensors and refuses shapes that do not fit', async () => {
    const [m, c, wrong] = [tf.zeros([2]), tf.eye(2), tf.eye(3)] as [
      tf.Tensor1D,
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    expect(await countTensors(() => gaussianW2(m, c, m, c).dispose())).toBe(0);
    expect(() => gaussianW2(m, c, m, wrong)).toThrow('cov2 [p, p], got [2] and [3, 3]');
    expect(() => gaussianW2(m, c, tf.zeros([3]), wrong)).toThrow('dimension, got 2 and 3');
    const rows = [0, 0] as unknown as tf.Tensor1D;
    expect(() => gaussianW2(rows, c, m, c)).toThrow('mean1 must be a float32 tensor, got [');
    expect(() => gaussianW2(m, tf.neg(c), m, c)).toThrow('cov1 is no covariance');
    expect(() => gaussianW2(m, c, m, tf.neg(c))).toThrow('cov2 is no covariance');
    expect(() => gaussianW2(m, c, m, tf.fill([2, 2], NaN))).toThrow('cov2 holds a number');
    expect(() => gaussianW2(tf.fill([2], 1e20), c, m, c)).toThrow('leaves float32');
    tf.dispose([m, c, wrong]);
  });

  it('is zero, with its gradient, between equals', () => {
    const { value, gradients } = withGradients(gaussianW2, [pair[0], pair[1], pair[0], pair[1]]);
    expect(value).toBeLessThan(1e-12);
    for (const g of gradients) expect(relativeError(g, g.map(() => 0))).toBeLessThan(1e-6); // prettier-ignore
  });

  it('p = 1 and scales from 1e-20 to 1e20: (σ₁ − σ₂)², slope 1 − σ₂/σ₁', () => {
    for (const [v1, v2] of [
      [1e20, 4e20],
      [1e-20, 4e-20],
      [1e-20, 1e20],
      [0, 1e20],
      [0, 0],
    ] as const) {
      // prettier-ignore
      const { value, gradients } = withGradients(gaussianW2, [[0], [[v1]], [0], [[v2]]]);
      expect(relativeError([value], [(Math.sqrt(v1) - Math.sqrt(v2)) ** 2])).toBeLessThan(1e-6);
      const slope = v1 > 0 ? 1 - Math.sqrt(v2 / v1) : 1;
      expect(relativeError(gradients[1]!, [slope])).toBeLessThan(1e-6);
      expect(Number.isFinite(gradients[3]![0]!)).toBe(true);
    }
  });

  it('p = 512: commuting covariances, value and gradient', () => {
    const steps = Array.from({ length: 512 }, (_, i) => i);
    const [lambda, mu] = [steps.map((i) => 0.5 + i / 512), steps.map((i) => 0.1 + (i % 7))];
    const mean = normalRows(2, 512, 'mean');
    const gaussians = [mean[0]!, reflected(lambda), mean[1]!, reflected(mu)] as const;
    const { value, gradients } = withGradients(gaussianW2, gaussians);
    const shift = mean[0]!.map((v, i) => v - mean[1]![i]!);
    const expected = steps.reduce(
      (sum, i) => sum + shift[i]! ** 2 + (Math.sqrt(lambda[i]!) - Math.sqrt(mu[i]!)) ** 2,
      0,
    );
    expect(relativeError([value], [expected])).toBeLessThan(1e-6);
    const ratio = (a: number[], b: number[]) => steps.map((i) => 1 - Math.sqrt(b[i]! / a[i]!));
    expect(relativeError(gradients[0]!, shift.map((v) => 2 * v))).toBeLessThan(1e-5); // prettier-ignore
    expect(relativeError(gradients[1]!, reflected(ratio(lambda, mu)).flat())).toBeLessThan(1e-5);
    expect(relativeError(gradients[3]!, reflected(ratio(mu, lambda)).flat())).toBeLessThan(1e-5);
  });
});
