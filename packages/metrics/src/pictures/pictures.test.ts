import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { mae, mse, psnr } from './errors';
import { frechetDistance } from './frechet';
import { sharpness } from './sharpness';
import { msSsim, ssim } from './ssim';

useEngine();

const rng = createRng(5);
const picture = (n: number, side: number, channels = 3): tf.Tensor4D =>
  tf.tensor4d(rng.uniforms(n * side * side * channels), [n, side, side, channels]);

describe('pixel errors', () => {
  it('are those of the definitions', () => {
    const a = tf.tensor3d([0, 0.5, 1, 0.25], [2, 2, 1]);
    const b = tf.tensor3d([0.5, 0.5, 0.5, 0.25], [2, 2, 1]);
    expect(mae(a, b)).toBeCloseTo(0.25, 12);
    expect(mse(a, b)).toBeCloseTo(0.125, 12);
    expect(psnr(a, b)).toBeCloseTo(10 * Math.log10(8), 12);
    expect(psnr(a, b, { dataRange: 255 })).toBeCloseTo(10 * Math.log10((255 * 255) / 0.125), 12);
    expect(psnr(a, a)).toBe(Infinity);
    expect(() => mse(a, b.expandDims(0) as tf.Tensor4D)).toThrow(/same shape, got \[2, 2, 1\] and/);
  });
});

/** SSIM straight from the paper: every window summed anew, two-dimensional weights. */
function plainSsim(x: number[][], y: number[][], weights: number[][], correction: number): number {
  const size = weights.length;
  let sum = 0;
  let windows = 0;
  for (let i = 0; i + size <= x.length; i++) {
    for (let j = 0; j + size <= x[0]!.length; j++) {
      const mean = (f: (a: number, b: number) => number): number =>
        weights.reduce(
          (s, row, k) =>
            row.reduce((t, w, l) => t + w * f(x[i + k]![j + l]!, y[i + k]![j + l]!), s),
          0,
        );
      const [mx, my] = [mean((a) => a), mean((_, b) => b)];
      const vx = correction * mean((a) => (a - mx) ** 2);
      const vy = correction * mean((_, b) => (b - my) ** 2);
      const cov = correction * mean((a, b) => (a - mx) * (b - my));
      sum +=
        ((2 * mx * my + 1e-4) * (2 * cov + 9e-4)) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4));
      windows++;
    }
  }
  return sum / windows;
}

describe('ssim', () => {
  it('is the plain definition, both windows', () => {
    const [a, b] = [picture(1, 14, 1), picture(1, 14, 1)];
    const [x, y] = [a, b].map((t) => t.reshape([14, 14]).arraySync() as number[][]);
    const row = Array.from({ length: 11 }, (_, i) => Math.exp(-((i - 5) ** 2) / 4.5));
    const total = row.reduce((s, v) => s + v) ** 2;
    const gaussian = row.map((v) => row.map((w) => (v * w) / total));
    expect(ssim(a, b)).toBeCloseTo(plainSsim(x!, y!, gaussian, 1), 10);
    const uniform = Array.from({ length: 7 }, () => new Array<number>(7).fill(1 / 49));
    expect(ssim(a, b, { window: 'uniform', sampleCovariance: true })).toBeCloseTo(
      plainSsim(x!, y!, uniform, 49 / 48),
      10,
    );
  });

  it('is 1 for equal pictures, symmetric, and lower for more noise', () => {
    const a = picture(2, 24);
    expect(ssim(a, a)).toBeCloseTo(1, 12);
    const little = a.mul(0.9).add(picture(2, 24).mul(0.1)) as tf.Tensor4D;
    const much = a.mul(0.5).add(picture(2, 24).mul(0.5)) as tf.Tensor4D;
    expect(ssim(a, little)).toBeCloseTo(ssim(little, a), 12);
    expect(ssim(a, little)).toBeGreaterThan(ssim(a, much));
    expect(ssim(a, little)).toBeLessThan(1);
  });

  it('averages over pictures', () => {
    const [a, b] = [picture(2, 16), picture(2, 16)];
    const parts = [0, 1].map((i) => ssim(a.slice([i], [1]), b.slice([i], [1])));
    expect(ssim(a, b)).toBeCloseTo((parts[0]! + parts[1]!) / 2, 10);
  });

  it('over scales equals SSIM at one scale, is 1 for equal pictures, and needs room', () => {
    const a = picture(1, 48);
    const b = a.mul(0.8).add(picture(1, 48).mul(0.2)) as tf.Tensor4D;
    expect(msSsim(a, b, { weights: [1] })).toBeCloseTo(ssim(a, b), 10);
    expect(msSsim(a, a, { weights: [0.3, 0.4, 0.3] })).toBeCloseTo(1, 12);
    const close = a.mul(0.9) as tf.Tensor4D;
    expect(msSsim(a, close, { weights: [0.5, 0.5] })).toBeLessThan(1);
    expect(() => msSsim(a, b)).toThrow(/6×6 are smaller than the 11×11 window/);
    expect(() => ssim(picture(1, 8), picture(1, 8))).toThrow(/8×8 are smaller/);
  });

  it('keeps no tensors', async () => {
    const [a, b] = [picture(1, 16), picture(1, 16)];
    expect(await countTensors(() => [ssim(a, b), mae(a, b), sharpness(a)])).toBe(0);
  });
});

describe('sharpness', () => {
  it('is the variance of the Laplacian: 0 for a ramp, known for a dot', () => {
    const ramp = tf.linspace(0, 1, 9).reshape([1, 9, 1]).tile([9, 1, 1]) as tf.Tensor3D;
    expect(sharpness(ramp)).toBeCloseTo(0, 10);
    const dot = tf.tensor3d(
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      [5, 5, 1],
    );
    // Inner 3×3: −4 in the middle, 1 at its four neighbours: mean 0, mean square 20/9.
    expect(sharpness(dot)).toBeCloseTo(20 / 9, 10);
    const colour = dot.tile([1, 1, 3]) as tf.Tensor3D;
    expect(sharpness(colour)).toBeCloseTo(20 / 9, 5);
  });

  it('falls with blur', () => {
    const a = picture(2, 16);
    const blurred = tf.avgPool(a, 3, 1, 'valid') as tf.Tensor4D;
    expect(sharpness(blurred)).toBeLessThan(sharpness(a) / 4);
  });
});

describe('frechetDistance', () => {
  const features = (n: number, mean: number[], scale: number[]): number[][] =>
    Array.from({ length: n }, () => mean.map((m, j) => m + scale[j]! * rng.normal()));

  it('is 0 for equal sets', () => {
    const p = features(50, [0, 1, 2], [1, 2, 0.5]);
    expect(frechetDistance(p, p)).toBeLessThan(1e-9);
    expect(frechetDistance(p, [...p].reverse())).toBeLessThan(1e-9);
    // A constant feature has a singular covariance.
    const flat = p.map(([a, b]) => [a!, b!, 7]);
    expect(frechetDistance(flat, flat)).toBeLessThan(1e-9);
  });

  it('has the closed form where one covariance is a multiple of the other', () => {
    // Set q = s·p + t: covariances s²C and C commute, so the distance is ‖m − n‖² + (s − 1)² tr C.
    const p = features(200, [0, 1, 2], [1, 2, 0.5]).map(([a, b, c]) => [a!, b! + a!, c! - 2 * b!]);
    const q = p.map((row) => row.map((v, j) => 3 * v + j));
    const mean = (rows: number[][], j: number): number =>
      rows.reduce((s, row) => s + row[j]!, 0) / rows.length;
    let expected = 0;
    for (let j = 0; j < 3; j++) {
      const m = mean(p, j);
      const variance = p.reduce((s, row) => s + (row[j]! - m) ** 2, 0) / (p.length - 1);
      expected += (mean(q, j) - m) ** 2 + 4 * variance;
    }
    expect(frechetDistance(p, q) / expected).toBeCloseTo(1, 9);
    expect(frechetDistance(q, p) / expected).toBeCloseTo(1, 9);
  });

  it('takes tensors and says what it expects', () => {
    const p = features(20, [0, 0], [1, 1]);
    expect(frechetDistance(tf.tensor2d(p), tf.tensor2d(p))).toBeLessThan(1e-5);
    expect(() => frechetDistance(p, [[1], [2]])).toThrow(/as many features, got 2 and 1/);
    expect(() => frechetDistance([[1, 2]], p)).toThrow(/at least 2 rows/);
    expect(() => frechetDistance([], p)).toThrow(/empty table/);
  });
});
