import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { normalRows, relativeError, scalarOf } from '../test-support/reference';
import { gaussianW2, klGaussian } from './index';

useEngine();

type Gaussians = readonly [number[], number[][], number[], number[][]];

/** A covariance of the given rank. */
const covariance = (p: number, rank: number, seed: string): number[][] => {
  const factor = normalRows(p, rank, seed);
  return factor.map((a) => factor.map((b) => a.reduce((s, v, c) => s + v * b[c]!, 0)));
};

const measure = (
  f: (...args: [tf.Tensor1D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D]) => tf.Scalar,
  [m1, c1, m2, c2]: Gaussians,
): number => scalarOf(() => f(tf.tensor1d(m1), tf.tensor2d(c1), tf.tensor1d(m2), tf.tensor2d(c2)));

function gradients(
  f: (...args: [tf.Tensor1D, tf.Tensor2D, tf.Tensor1D, tf.Tensor2D]) => tf.Scalar,
  [m1, c1, m2, c2]: Gaussians,
): Float32Array[] {
  return tf.tidy(() =>
    tf
      .grads((...args) => f(...(args as unknown as Parameters<typeof f>)))([
        tf.tensor1d(m1),
        tf.tensor2d(c1),
        tf.tensor1d(m2),
        tf.tensor2d(c2),
      ])
      .map((g) => g.dataSync<'float32'>().slice()),
  ) as unknown as Float32Array[];
}

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

const pair: Gaussians = [
  [0.3, -1],
  [
    [2, 0.6],
    [0.6, 1],
  ],
  [1, 0.5],
  [
    [0.7, -0.2],
    [-0.2, 1.5],
  ],
];
const flatten = (g: Gaussians) => [...g[0], ...g[1].flat(), ...g[2], ...g[3].flat()];

describe('gaussianW2', () => {
  it('closed form in two dimensions, and its gradient', () => {
    expect(relativeError([measure(gaussianW2, pair)], [plainW2(flatten(pair))])).toBeLessThan(1e-6);
    const found = gradients(gaussianW2, pair).flatMap((g) => [...g]);
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
      for (const g of gradients(gaussianW2, [mean, rank1, mean, other])) {
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
    tf.dispose([m, c, wrong]);
  });
});

describe('klGaussian', () => {
  const plain = (flat: ArrayLike<number>): number => {
    const [a, b, c, d, e, f, g, h, i, j, k, l] = Array.from(flat) as [
      number, number, number, number, number, number, number, number, number, number, number, number,
    ]; // prettier-ignore
    const [det1, det2] = [c * f - d * e, i * l - j * k];
    const [u, v] = [g - a, h - b];
    const trace = (l * c - j * e - k * d + i * f) / det2;
    const quadratic = (l * u * u - (j + k) * u * v + i * v * v) / det2;
    return 0.5 * (trace - 2 + quadratic + Math.log(det2 / det1));
  };

  it('closed form in two dimensions, and its gradient', () => {
    expect(relativeError([measure(klGaussian, pair)], [plain(flatten(pair))])).toBeLessThan(1e-5);
    const found = gradients(klGaussian, pair).flatMap((g) => [...g]);
    expect(relativeError(found, numericGradient(plain, flatten(pair)))).toBeLessThan(1e-5);
  });

  it('is 0 between equals and keeps no tensors', async () => {
    expect(measure(klGaussian, [pair[0], pair[1], pair[0], pair[1]])).toBeCloseTo(0, 6);
    expect(await countTensors(() => measure(klGaussian, pair))).toBe(0);
  });
});
