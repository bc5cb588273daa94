import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  relativeError,
  scalarOf,
  tensor,
} from '../test-support/reference';
import { klBernoulli, klCategorical, klDiagonalGaussian } from './index';

useEngine();

describe('klDiagonalGaussian', () => {
  const [m1, v1, m2, v2] = [1, 2, 3, 4].map((seed) => normalRows(3, 2, seed));
  const plain = (flat: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < 6; i++) {
      const [a, s, b, t] = [flat[i]!, flat[6 + i]!, m2!.flat()[i]!, v2!.flat()[i]!];
      sum += 0.5 * (t - s + (Math.exp(s) + (a - b) ** 2) / Math.exp(t) - 1);
    }
    return sum / 3;
  };

  it('closed form and gradient', () => {
    const flat = [...m1!.flat(), ...v1!.flat()];
    const [prior, spread] = [tensor(m2!), tensor(v2!)];
    const kl = (a: tf.Tensor2D, b: tf.Tensor2D) => klDiagonalGaussian(a, b, prior, spread);
    expect(
      relativeError([scalarOf(() => kl(tensor(m1!), tensor(v1!)))], [plain(flat)]),
    ).toBeLessThan(1e-5);
    const gradients = gradientsOf(kl, m1!, v1!);
    const numeric = numericGradient(plain, flat);
    expect(relativeError([...gradients[0]!, ...gradients[1]!], numeric)).toBeLessThan(1e-5);
    tf.dispose([prior, spread]);
  });

  it('is 0 at the prior, and keeps its digits beside it', () => {
    const kl = (m: number, v: number) =>
      scalarOf(() => klDiagonalGaussian(tf.tensor1d([m]), tf.tensor1d([v])));
    expect(kl(0, 0)).toBe(0);
    expect(kl(3, 0)).toBeCloseTo(4.5, 6);
    expect(relativeError([kl(0, 0.01)], [0.5 * (Math.expm1(0.01) - 0.01)])).toBeLessThan(1e-4);
  });

  it('leaves no tensor behind and says what is wrong', async () => {
    const [a, b, c] = [tf.zeros([2, 2]), tf.zeros([2, 2]), tf.zeros([2])];
    expect(await countTensors(() => klDiagonalGaussian(a, b).dispose())).toBe(0);
    expect(() => klDiagonalGaussian(a, c)).toThrow('same shape, got [2, 2] and [2]');
    tf.dispose([a, b, c]);
  });
});

describe('discrete', () => {
  it('klBernoulli: closed form; finite at 0 and 1', () => {
    const kl = (p: number, q: number) =>
      scalarOf(() => klBernoulli(tf.tensor1d([p]), tf.tensor1d([q])));
    expect(kl(0.3, 0.6)).toBeCloseTo(0.3 * Math.log(0.5) + 0.7 * Math.log(0.7 / 0.4), 6);
    expect(kl(0, 0)).toBeCloseTo(0, 6);
    expect(kl(0, 0.5)).toBeCloseTo(Math.log(2), 6);
    expect(Number.isFinite(kl(1, 0))).toBe(true);
  });

  it('klCategorical: closed form, mean over the batch, finite gradients at 0', () => {
    const p = [
      [0.5, 0.5, 0],
      [0.2, 0.3, 0.5],
    ];
    const q = [
      [0.25, 0.25, 0.5],
      [0.2, 0.3, 0.5],
    ];
    expect(scalarOf(() => klCategorical(tensor(p), tensor(q)))).toBeCloseTo(Math.log(2) / 2, 6);
    for (const g of gradientsOf(klCategorical, p, q)) expect(g.every(Number.isFinite)).toBe(true);
  });
});
