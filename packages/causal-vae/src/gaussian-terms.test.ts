import { klGaussian } from '@causal/divergences';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { klDiagonal, klToStandardNormal, latentKl, negativeLogLikelihood } from './gaussian-terms';

useEngine();

const mean = (perRow: tf.Tensor): tf.Scalar => perRow.mean() as tf.Scalar;

describe('latentKl', () => {
  it('is the closed form between full Gaussians, one component and one row at a time', () => {
    const [n, d, k] = [2, 3, 2];
    const A = [
      [0, 0.7, -0.4],
      [0, 0, 1.2],
      [0.3, 0, 0], // a cycle: det(I − A) ≠ 1
    ];
    const draw = (name: string, scale: number): tf.Tensor3D =>
      tf.tensor3d(createRng(name).fillNormal(new Float32Array(n * d * k), 0, scale), [n, d, k]);
    const noise = { mean: draw('m', 1), logSigma: draw('v', 0.25) };
    const prior = { mean: draw('pm', 1), logSigma: draw('pv', 0.25) };
    const C = tf.tidy(() =>
      invert3(A.map((row, i) => row.map((_, j) => Number(i === j) - A[j]![i]!))),
    );
    let expected = 0;
    for (let row = 0; row < n; row++) {
      for (let c = 0; c < k; c++) {
        const pick = (t: tf.Tensor3D): tf.Tensor1D =>
          t.slice([row, 0, c], [1, d, 1]).reshape([d]) as tf.Tensor1D;
        const diagonal = (t: tf.Tensor3D): tf.Tensor2D =>
          tf.diag(pick(t).mul(2).exp()) as tf.Tensor2D;
        const mean = C.matMul(pick(noise.mean).reshape([d, 1])).reshape([d]) as tf.Tensor1D;
        const covariance = C.matMul(diagonal(noise.logSigma)).matMul(C, false, true) as tf.Tensor2D;
        expected += klGaussian(
          mean,
          covariance,
          pick(prior.mean),
          diagonal(prior.logSigma),
        ).dataSync()[0]!;
      }
    }
    const value = latentKl(tf.tensor2d(A), noise, prior, mean).dataSync()[0]!;
    expect(Math.abs(value - expected / n)).toBeLessThan(1e-4 * Math.abs(expected));
  });
});

/** Inverse of a 3×3 matrix by cofactors. */
function invert3(m: number[][]): tf.Tensor2D {
  const c = (i: number, j: number): number => {
    const [a, b] = [0, 1, 2].filter((r) => r !== i) as [number, number];
    const [p, q] = [0, 1, 2].filter((r) => r !== j) as [number, number];
    return (m[a]![p]! * m[b]![q]! - m[a]![q]! * m[b]![p]!) * ((i + j) % 2 ? -1 : 1);
  };
  const det = m[0]!.reduce((sum, v, j) => sum + v * c(0, j), 0);
  return tf.tensor2d([0, 1, 2].map((i) => [0, 1, 2].map((j) => c(j, i) / det)));
}

describe('row terms', () => {
  it('are the closed forms of Kingma and Welling, row by row', () => {
    const mu = [
      [0.5, -1],
      [2, 0.1],
    ];
    const s = [
      [-0.3, 0.2],
      [0.4, -1],
    ];
    const q = { mean: tf.tensor2d(mu), logSigma: tf.tensor2d(s) };
    const expected = mu.map((row, i) =>
      row.reduce(
        (sum, m, j) => sum + 0.5 * (m * m + Math.exp(2 * s[i]![j]!) - 1 - 2 * s[i]![j]!),
        0,
      ),
    );
    klToStandardNormal(q)
      .dataSync()
      .forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    const p = {
      mean: tf.tensor2d([
        [1, 1],
        [0, 0],
      ]),
      logSigma: tf.tensor2d([
        [0.5, 0],
        [0, 1],
      ]),
    };
    const between = mu.map((row, i) =>
      row.reduce((sum, m, j) => {
        const [pm, ps] = [p.mean.arraySync()[i]![j]!, p.logSigma.arraySync()[i]![j]!];
        const ratio = Math.exp(2 * (s[i]![j]! - ps));
        return sum + 0.5 * (ratio + (m - pm) ** 2 / Math.exp(2 * ps) - 1 - Math.log(ratio));
      }, 0),
    );
    klDiagonal(q, p)
      .dataSync()
      .forEach((value, i) => expect(value).toBeCloseTo(between[i]!, 4));
  });

  it('scale the error of the pixels painted to the whole picture', () => {
    const painted = tf.tensor3d([0, 0.5, 1, 1], [1, 2, 2]);
    const target = tf.tensor3d([0, 0, 1, 0], [1, 2, 2]);
    // mean square 1.25/4; 100 values, variance .02
    const nats = negativeLogLikelihood(painted, target, { values: 100, variance: 0.02, mean });
    expect(nats.dataSync()[0]).toBeCloseTo((0.3125 * 100) / 0.04, 3);
  });
});
