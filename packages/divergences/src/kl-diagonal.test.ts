import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  normalRows,
  relativeError,
  scalarOf,
  tensor,
} from '../test-support/reference';
import { klDiagonalGaussian } from './index';

useEngine();

describe('klDiagonalGaussian', () => {
  const [m1, v1, m2, v2] = [1, 2, 3, 4].map((seed) => normalRows(3, 2, seed));
  const plain = (flat: ArrayLike<number>) => {
    let sum = 0;
    for (let i = 0; i < 6; i++) {
      const [a, s, b, t] = [flat[i]!, flat[6 + i]!, flat[12 + i]!, flat[18 + i]!];
      sum += 0.5 * (t - s + (Math.exp(s) + (a - b) ** 2) / Math.exp(t) - 1);
    }
    return sum / 3;
  };

  it('closed form and gradient', () => {
    const all = [m1!, v1!, m2!, v2!];
    const flat = all.flat(2);
    const kl = (...args: tf.Tensor2D[]) =>
      klDiagonalGaussian(...(args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]));
    const value = scalarOf(() => kl(...all.map(tensor)));
    expect(relativeError([value], [plain(flat)])).toBeLessThan(1e-5);
    const gradients = gradientsOf(kl, ...all).flatMap((g) => [...g]);
    expect(relativeError(gradients, numericGradient(plain, flat))).toBeLessThan(1e-5);
  });

  it('broadcasts the second Gaussian, its gradients summed', () => {
    const whole = (row: readonly number[]) => m1!.map(() => row);
    const kl = (...args: tf.Tensor2D[]) =>
      klDiagonalGaussian(...(args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]));
    const wide = gradientsOf(kl, m1!, v1!, whole(m2![0]!), whole(v2![0]!));
    const added = (flat: Float32Array) => [0, 1].map((c) => flat[c]! + flat[2 + c]! + flat[4 + c]!);
    const narrow = gradientsOf(kl, m1!, v1!, [m2![0]!], [v2![0]!]);
    expect(relativeError(narrow[2]!, added(wide[2]!))).toBeLessThan(1e-6);
    expect(relativeError(narrow[3]!, added(wide[3]!))).toBeLessThan(1e-6);
    const [mean, spread] = [tf.tensor1d(m2![0]!), tf.scalar(0.5)];
    const loss = (b: tf.Tensor, c: tf.Tensor) => klDiagonalGaussian(tensor(m1!), tensor(v1!), b, c);
    const shapes = tf.tidy(() =>
      tf
        .grads(loss)([mean, spread])
        .map((g) => g.shape),
    );
    expect(shapes).toEqual([[2], []]);
    tf.dispose([mean, spread]);
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
    expect(() => klDiagonalGaussian(c, c, a)).toThrow("mean2 must broadcast to mean1's shape [2]");
    const rows = [[0, 0]] as unknown as tf.Tensor;
    expect(() => klDiagonalGaussian(rows, a)).toThrow('mean1 must be a float32 tensor, got [');
    expect(() => klDiagonalGaussian(a, tf.zeros([2, 2], 'int32'))).toThrow('of int32');
    tf.dispose([a, b, c]);
  });
});

describe('klDiagonalGaussian at the ends of float32', () => {
  type Four = readonly [number, number, number, number];
  /** Of one dimension in a batch of `rows`: mean1, logVariance1, mean2, logVariance2. */
  const at = (four: Four, rows = 1) => {
    const column = (v: number) => Array.from({ length: rows }, () => [v]);
    const kl = (...args: tf.Tensor2D[]) =>
      klDiagonalGaussian(...(args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]));
    return {
      value: scalarOf(() => kl(...four.map((v) => tensor(column(v))))),
      gradients: gradientsOf(kl, ...four.map(column)).map((g) => g[0]!),
    };
  };
  const truth = ([m1, v1, m2, v2]: Four) => {
    const [ratio, pull] = [Math.expm1(v1 - v2), (m1 - m2) * Math.exp(-v2)];
    const square = (m1 - m2) * pull;
    return {
      value: (ratio - (v1 - v2) + square) / 2,
      gradients: [pull, ratio / 2, -pull, -(ratio + square) / 2],
    };
  };

  it.each<Four>([
    [1e19, 0, 0, 0],
    [1e10, 0, -1e10, 0],
    [1e20, 100, 0, 80], // (1e20)² alone is not float32's
    [1e-10, -200, 0, -90],
    [1e-30, -200, 0, -200], // exp(200) is not
    [0, -200, 0, -200],
    [0, 89.2, 0, 0], // exp(89.2) is not, half of it is
    [1e30, 250, 0, 200],
    [0, -1e20, 0, 0],
    [1e-20, 1e-20, 0, 0],
    [0, 0.1, 0, 0],
  ])('N(%d, exp %d) beside N(%d, exp %d): what float32 holds of the truth', (...four) => {
    const [found, expected] = [at(four), truth(four)];
    // Absolute 1e-37: what is below float32's normal numbers may be 0.
    const near = (a: number, truth: number) => {
      const b = Math.max(-3.4e38, Math.min(3.4e38, truth));
      expect(Math.abs(a - b)).toBeLessThan(1e-5 * Math.abs(b) + 1e-37);
    };
    near(found.value, expected.value);
    found.gradients.forEach((g, i) => near(g, expected.gradients[i]!));
  });

  it('a batch brings the mean back into float32 where the sum is not', () => {
    const kl = scalarOf(() =>
      klDiagonalGaussian(
        tf.zeros([1000, 1]),
        tensor(Array.from({ length: 1000 }, (_, i) => [i === 0 ? 92 : 0])),
      ),
    );
    expect(relativeError([kl], [Math.exp(92) / 2000])).toBeLessThan(1e-5);
  });

  it.each<Four>([
    [1e20, 0, 0, 0],
    [0, 200, 0, 0],
    [0, 0, 0, -200],
    [3e38, 0, -3e38, -200],
    [-1e20, 1e20, 1e20, -1e20],
    [1, 0, 0, -1e30],
  ])(
    'N(%d, exp %d) beside N(%d, exp %d): beyond float32, 3.4e38 and gradients of the right sign',
    (...four) => {
      const { value, gradients } = at(four);
      expect(value / 3.4e38).toBeCloseTo(1, 5);
      gradients.forEach((g, i) => {
        expect(Number.isFinite(g)).toBe(true);
        const expected = truth(four).gradients[i]!;
        if (!Number.isNaN(expected)) expect(Math.sign(g) - Math.sign(expected)).toBeCloseTo(0);
      });
    },
  );

  it('NaN stays NaN, so that a training loop sees it', () => {
    for (let i = 0; i < 4; i++) {
      const four = [1, 0.5, 0, 0.3].map((v, j) => (j === i ? NaN : v)) as unknown as Four;
      expect(at(four).value).toBeNaN();
    }
  });

  it('p = 512: closed form and gradient', () => {
    const [mean, logVariance] = [normalRows(3, 512, 'm'), normalRows(3, 512, 'v')];
    const terms = mean.flat().map((m, i) => {
      const v = logVariance.flat()[i]!;
      return [(m * m + Math.exp(v) - 1 - v) / 6, m / 3, (Math.exp(v) - 1) / 6] as const;
    });
    const value = scalarOf(() => klDiagonalGaussian(tensor(mean), tensor(logVariance)));
    const sum = terms.reduce((total, [term]) => total + term, 0);
    expect(relativeError([value], [sum])).toBeLessThan(1e-5);
    const [byMean, bySpread] = gradientsOf((a, b) => klDiagonalGaussian(a, b), mean, logVariance);
    expect(relativeError(byMean!, terms.map(([, g]) => g))).toBeLessThan(1e-5); // prettier-ignore
    expect(relativeError(bySpread!, terms.map(([, , g]) => g))).toBeLessThan(1e-5); // prettier-ignore
  });
});
