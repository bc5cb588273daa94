import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { flatten, measure, pair, reflected, withGradients } from '../test-support/gaussians';
import { normalRows, relativeError } from '../test-support/reference';
import { klGaussian } from './index';

useEngine();

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
    const found = withGradients(klGaussian, pair).gradients.flatMap((g) => [...g]);
    expect(relativeError(found, numericGradient(plain, flatten(pair)))).toBeLessThan(1e-5);
  });

  it('is 0 between equals and keeps no tensors', async () => {
    expect(measure(klGaussian, [pair[0], pair[1], pair[0], pair[1]])).toBeCloseTo(0, 6);
    expect(await countTensors(() => measure(klGaussian, pair))).toBe(0);
  });

  it('p = 1 and scales from 1e-20 to 1e20', () => {
    for (const [v1, v2] of [
      [1e20, 4e20],
      [1e-20, 4e-20],
      [1e-15, 1e15],
    ] as const) {
      const shift = Math.sqrt(2 * v2);
      const { value, gradients } = withGradients(klGaussian, [[0], [[v1]], [shift], [[v2]]]);
      const ratio = v1 / v2;
      expect(relativeError([value], [(ratio + 1 - Math.log(ratio)) / 2])).toBeLessThan(1e-5);
      expect(relativeError(gradients[1]!, [(1 / v2 - 1 / v1) / 2])).toBeLessThan(1e-5);
      expect(relativeError(gradients[3]!, [-(ratio + 1) / v2 / 2])).toBeLessThan(1e-5);
    }
  });

  it('p = 512: commuting covariances, value and gradient', () => {
    const steps = Array.from({ length: 512 }, (_, i) => i);
    const [lambda, mu] = [steps.map((i) => 0.5 + i / 512), steps.map((i) => 0.1 + (i % 7))];
    const [mean] = normalRows(1, 512, 'mean') as [number[]];
    const zero = mean.map(() => 0);
    const precision = reflected(mu.map((v) => 1 / v));
    const pull = precision.map((row) => row.reduce((sum, v, i) => sum + v * mean[i]!, 0));
    const gaussians = [mean, reflected(lambda), zero, reflected(mu)] as const;
    const { value, gradients } = withGradients(klGaussian, gaussians);
    const expected = steps.reduce((sum, i) => {
      const ratio = lambda[i]! / mu[i]!;
      return sum + (ratio - 1 - Math.log(ratio) + mean[i]! * pull[i]!) / 2;
    }, 0);
    expect(relativeError([value], [expected])).toBeLessThan(1e-6);
    expect(relativeError(gradients[0]!, pull)).toBeLessThan(1e-5);
    const byCov1 = reflected(steps.map((i) => (1 / mu[i]! - 1 / lambda[i]!) / 2));
    expect(relativeError(gradients[1]!, byCov1.flat())).toBeLessThan(1e-5);
    const rest = reflected(steps.map((i) => (1 / mu[i]! - lambda[i]! / mu[i]! ** 2) / 2));
    const byCov2 = rest.map((row, i) => row.map((v, j) => v - (pull[i]! * pull[j]!) / 2));
    expect(relativeError(gradients[3]!, byCov2.flat())).toBeLessThan(1e-5);
  });

  it('says what is wrong', () => {
    const [m, c] = [tf.zeros([2]), tf.eye(2)] as [tf.Tensor1D, tf.Tensor2D];
    const [singular, tiny] = [tf.ones([2, 2]), tf.mul(c, 1e-30)] as [tf.Tensor2D, tf.Tensor2D];
    expect(() => klGaussian(m, singular, m, c)).toThrow('cov1 is not positive definite');
    expect(() => klGaussian(m, c, m, singular)).toThrow('Add a small multiple of the identity');
    expect(() => klGaussian(m, c, tf.fill([2], 1e20), c)).toThrow('1.0e+40, leaves float32');
    expect(() => tf.grads((a: tf.Tensor) => klGaussian(m, c, m, a as tf.Tensor2D))([tiny])).toThrow(
      'a gradient leaves float32',
    );
    expect(() => klGaussian(m, c, m, tf.eye(3))).toThrow('cov2 [p, p], got [2] and [3, 3]');
    tf.dispose([m, c, singular, tiny]);
  });
});
