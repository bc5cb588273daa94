import * as tf from '@tensorflow/tfjs';

/** mean1, cov1, mean2, cov2 */
export type Gaussians = readonly [number[], number[][], number[], number[][]];
/** Two correlated Gaussians of two dimensions. */
export const pair: Gaussians = [
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

type GaussianLoss = (
  mean1: tf.Tensor1D,
  cov1: tf.Tensor2D,
  mean2: tf.Tensor1D,
  cov2: tf.Tensor2D,
) => tf.Scalar;

type Arguments = Parameters<GaussianLoss>;
const tensors = ([m1, c1, m2, c2]: Gaussians): Arguments => [
  tf.tensor1d(m1),
  tf.tensor2d(c1),
  tf.tensor1d(m2),
  tf.tensor2d(c2),
];

export const measure = (f: GaussianLoss, gaussians: Gaussians): number =>
  tf.tidy(() => f(...tensors(gaussians)).dataSync()[0]!);

/** Value, and the gradients to all four, flat. */
export function withGradients(
  f: GaussianLoss,
  gaussians: Gaussians,
): { value: number; gradients: Float32Array[] } {
  const inputs = tensors(gaussians);
  const { value, grads } = tf.valueAndGrads((...args: tf.Tensor[]) =>
    f(...(args as unknown as Arguments)),
  )(inputs);
  const found = {
    value: value.dataSync<'float32'>()[0]!,
    gradients: grads.map((g) => Float32Array.from(g.dataSync<'float32'>())),
  };
  tf.dispose([inputs, value, grads]);
  return found;
}

export const flatten = (g: Gaussians): number[] => [
  ...g[0],
  ...g[1].flat(),
  ...g[2],
  ...g[3].flat(),
];

/**
 * Q diag(values) Q with the reflection Q = I − 2vvᵀ, ‖v‖ = 1: dense matrices that commute with each
 * other. Written out, D − 2(v wᵀ + w vᵀ) + 4 (vᵀw) v vᵀ with w = Dv.
 */
export function reflected(values: readonly number[]): number[][] {
  const p = values.length;
  const raw = Array.from({ length: p }, (_, i) => Math.sin(i + 1));
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  const v = raw.map((value) => value / length);
  const w = v.map((value, i) => values[i]! * value);
  const vw = v.reduce((sum, value, i) => sum + value * w[i]!, 0);
  return v.map((a, i) =>
    v.map((b, j) => (i === j ? values[i]! : 0) - 2 * (a * w[j]! + w[i]! * b) + 4 * vw * a * b),
  );
}
