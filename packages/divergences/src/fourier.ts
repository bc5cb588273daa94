import { checkChoice, checkKeys } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { bind, type BandwidthRule } from './bandwidth';
import { differentiable, type ValueAndGradients } from './differentiable';
import { standardise } from './distances';
import { checkCount, checkSamePoints, checkSample } from './inputs';
import { rbf } from './kernels';
import { blocksOf, joinRows, rowsOf, RunningSum } from './tiles';

export interface FourierMmdOptions {
  /** σ of the RBF kernel: a number or a named rule. Default `'median-squared'`. */
  readonly bandwidth?: number | BandwidthRule;
  /** Random frequencies. The error of MMD² falls as 1/√features. Default 512. */
  readonly features?: number;
  /** `'biased'` (default) or `'unbiased'`, as in {@link mmd}. */
  readonly estimator?: 'biased' | 'unbiased';
  /** Generator of the frequencies. */
  readonly rng?: Rng;
  /** Seed of the frequencies where no `rng` is given. Default 0. */
  readonly seed?: number | string;
}

/** Rows × features held at a time. */
const CHUNK = 1 << 21;

/**
 * MMD² with the RBF kernel by random Fourier features (Rahimi & Recht 2007), with gradients to both
 * samples: k(x, y) ≈ mean over frequencies w ~ N(0, I/σ²) of cos w·(x − y). O((n + m)·features) time
 * instead of O((n + m)²), memory O(n + m).
 *
 * @param x Sample [n, p]. @param y Sample [m, p].
 */
export function fourierMmd(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: FourierMmdOptions = {},
): tf.Scalar {
  const caller = 'fourierMmd';
  checkKeys(options, ['bandwidth', 'features', 'estimator', 'rng', 'seed'], caller);
  const { bandwidth, features = 512, estimator = 'biased', rng, seed = 0 } = options;
  checkCount(features, 'features', caller);
  createRng(rng ?? seed); // refuses what is neither before anything is drawn
  checkChoice(estimator, ['biased', 'unbiased'], 'estimator', caller);
  const atLeast = estimator === 'unbiased' ? 2 : 1;
  checkSample(x, 'x', caller, atLeast);
  checkSample(y, 'y', caller, atLeast);
  checkSamePoints(x, y, caller);
  const p = x.shape[1];
  return differentiable([x, y], (inputs, wantsGradients) => {
    const samples = inputs as tf.Tensor2D[];
    const { unit } = bind(rbf(), bandwidth, samples, caller);
    const stream = rng ?? createRng(seed).split('fourier');
    // Distances are in units of σ√2: frequencies are √2 as large.
    const values = stream.fillNormal(new Float32Array(p * features), 0, Math.SQRT2);
    const frequencies = tf.tensor2d(values, [p, features]);
    const points = standardise(samples, unit);
    const result = meanEmbeddings(points, frequencies, estimator === 'unbiased', wantsGradients);
    return {
      value: result.value,
      ...(result.gradients ? { gradients: result.gradients.map((g) => tf.div(g, unit)) } : {}),
    };
  });
}

/** Means of cos and sin features, [2, features]. */
function meanFeatures(z: tf.Tensor2D, frequencies: tf.Tensor2D): tf.Tensor2D {
  const [n, features] = [z.shape[0], frequencies.shape[1]];
  const sum = new RunningSum<tf.Tensor2D>();
  for (const block of blocksOf(n, Math.max(1, Math.floor(CHUNK / features)))) {
    sum.add(
      tf.tidy(() => {
        const phase = tf.matMul(rowsOf(z, block), frequencies);
        return tf.mul(tf.stack([tf.sum(tf.cos(phase), 0), tf.sum(tf.sin(phase), 0)]), 1 / n);
      }) as tf.Tensor2D,
    );
  }
  return sum.take();
}

/**
 * Biased: ‖φ̄x − φ̄y‖². Unbiased: the pairs of a point with itself, k = 1, taken out of ‖φ̄x‖² and
 * ‖φ̄y‖². The way back goes over the features a second time: they are not kept.
 */
function meanEmbeddings(
  points: readonly tf.Tensor2D[],
  frequencies: tf.Tensor2D,
  unbiased: boolean,
  wantsGradients: boolean,
): ValueAndGradients {
  const features = frequencies.shape[1];
  const [fx, fy] = points.map((z) => meanFeatures(z, frequencies)) as [tf.Tensor2D, tf.Tensor2D];
  const inner = (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.sum(tf.mul(a, b)), 1 / features);
  const stretch = points.map((z) => (unbiased ? z.shape[0] / (z.shape[0] - 1) : 1));
  const self = [fx, fy].map((f, v) => {
    const n = points[v]!.shape[0];
    return unbiased ? tf.div(tf.sub(tf.mul(inner(f, f), n), 1), n - 1) : inner(f, f);
  });
  const value = unbiased
    ? tf.sub(tf.add(self[0]!, self[1]!), tf.mul(inner(fx, fy), 2))
    : inner(tf.sub(fx, fy), tf.sub(fx, fy));
  if (!wantsGradients) return { value: value as tf.Scalar };
  const gradients = points.map((z, v) => {
    const [own, other] = v === 0 ? [fx, fy] : [fy, fx];
    const n = z.shape[0];
    // ∂value/∂φ̄, then φ̄'s by each point: (−sin, cos)·w/n.
    const sensitivity = tf.mul(tf.sub(tf.mul(own, stretch[v]!), other), 2 / (features * n));
    const [forCos, forSin] = tf.unstack(sensitivity) as [tf.Tensor1D, tf.Tensor1D];
    const back = tf.transpose(frequencies) as tf.Tensor2D;
    return joinRows(
      blocksOf(n, Math.max(1, Math.floor(CHUNK / features))).map((block) =>
        tf.tidy(() => {
          const phase = tf.matMul(rowsOf(z, block), frequencies);
          const turned = tf.sub(tf.mul(tf.cos(phase), forSin), tf.mul(tf.sin(phase), forCos));
          return tf.matMul(turned as tf.Tensor2D, back);
        }),
      ),
    );
  });
  return { value: value as tf.Scalar, gradients };
}
