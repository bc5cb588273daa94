import { countTensors, useEngine } from '@causal/testing';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { tensor } from '../test-support/reference';
import { gaussianPrior, mixturePrior, spherePrior, uniformPrior } from './index';

useEngine();

const N = 20_000;
const moments = (values: ArrayLike<number>): [number, number] => {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  return [mean, list.reduce((a, b) => a + (b - mean) ** 2, 0) / list.length];
};
const draw = (prior: { sample(n: number, rng: number): tf.Tensor2D }, n = N) =>
  tf.tidy(() => prior.sample(n, 7).arraySync());

describe('priors', () => {
  // Bounds of 6 standard errors: a false failure less than once in 10⁸.
  it('gaussian and uniform have the moments they say', () => {
    for (const [prior, mean, variance, fourth] of [
      [gaussianPrior({ dimension: 1, variance: 4, mean: 1 }), 1, 4, 48],
      [uniformPrior({ dimension: 1 }), 0, 1, 9 / 5],
    ] as const) {
      const [m, v] = moments(draw(prior).flat());
      expect(Math.abs(m - mean)).toBeLessThan(6 * Math.sqrt(variance / N));
      expect(Math.abs(v - variance)).toBeLessThan(6 * Math.sqrt((fourth - variance ** 2) / N));
    }
  });

  it('sphere: on it, and without a favourite direction', () => {
    const rows = draw(spherePrior({ dimension: 3 }));
    for (const row of rows.slice(0, 100)) {
      expect(row.reduce((s, v) => s + v * v, 0)).toBeCloseTo(3, 4);
    }
    const [mean] = moments(rows.map((row) => row[0]!));
    expect(Math.abs(mean)).toBeLessThan(6 / Math.sqrt(N));
  });

  it('mixture: components by weight', () => {
    const means = [
      [-10, 0],
      [10, 0],
    ];
    const rows = draw(mixturePrior({ means, weights: [3, 1], variance: 0.25 }));
    const left = rows.filter((row) => row[0]! < 0).length / N;
    expect(Math.abs(left - 0.75)).toBeLessThan(6 * Math.sqrt(0.1875 / N));
    const [, spread] = moments(rows.map((row) => row[1]!));
    expect(Math.abs(spread - 0.25)).toBeLessThan(6 * Math.sqrt((2 * 0.0625) / N));
    expect(() => mixturePrior({ means, weights: [1] })).toThrow('one weight');
  });

  it('log densities: closed forms', () => {
    const z = tensor([[0.5, -1]]);
    const gauss = gaussianPrior({ dimension: 2, variance: 2, mean: 1 });
    const plain = (m: number[], v: number) =>
      -((0.5 - m[0]!) ** 2 + (-1 - m[1]!) ** 2) / (2 * v) - Math.log(2 * Math.PI * v);
    const log = (prior: { logDensity?(z: tf.Tensor2D): tf.Tensor1D }) =>
      tf.tidy(() => prior.logDensity!(z).dataSync()[0]!);
    expect(log(gauss)).toBeCloseTo(plain([1, 1], 2), 5);
    const means = [
      [0, 0],
      [2, -1],
    ];
    const mixture = mixturePrior({ means, weights: [1, 3] });
    const expected = Math.log(
      0.25 * Math.exp(plain([0, 0], 1)) + 0.75 * Math.exp(plain([2, -1], 1)),
    );
    expect(log(mixture)).toBeCloseTo(expected, 5);
    z.dispose();
    const far = tensor([[1e20, 3]]);
    for (const prior of [gaussianPrior({ dimension: 2 }), mixturePrior({ means: [[0, 0]] })]) {
      const { value, grad } = tf.valueAndGrad((v) => prior.logDensity!(v as tf.Tensor2D))(far);
      expect(value.dataSync()[0]).toBeCloseTo(-1e30, -25);
      expect(grad.dataSync()[0]! / 1e20).toBeCloseTo(-1, 5);
      tf.dispose([value, grad]);
    }
    far.dispose();
  });

  it('draw from the generator given, and leave no tensor behind', async () => {
    const prior = gaussianPrior({ dimension: 2 });
    const rng = createRng(1);
    const first = tf.tidy(() => prior.sample(3, rng).dataSync().slice()) as unknown as Float32Array;
    const second = tf.tidy(() =>
      prior.sample(3, rng).dataSync().slice(),
    ) as unknown as Float32Array;
    expect([...first]).not.toEqual([...second]);
    expect(await countTensors(() => prior.sample(4, 0).dispose())).toBe(0);
    expect(() => gaussianPrior({ dimension: 0 })).toThrow('`dimension` must be an integer');
    expect(() => uniformPrior({ dimension: 1, hi: 2 } as never)).toThrow(
      'unknown option `hi`. Known: dimension, low, high',
    );
  });
});
