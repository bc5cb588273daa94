import * as tf from '@tensorflow/tfjs';
import {
  cka,
  dhsic,
  energyDistance,
  entropicOT,
  fourierMmd,
  gaussianW2,
  hsic,
  klBernoulli,
  klCategorical,
  klDiagonalGaussian,
  klGaussian,
  mmd,
  sinkhornDivergence,
  slicedWasserstein,
  totalVariation,
} from '../src/index';

/** A loss between a sample that is trained and one that is not; `step` seeds what draws. */
export type Loss = (x: tf.Tensor2D, y: tf.Tensor2D, step: number) => tf.Scalar;

const covariance = (x: tf.Tensor2D): tf.Tensor2D => {
  const centred = tf.sub(x, tf.mean(x, 0, true)) as tf.Tensor2D;
  const product = tf.matMul(tf.transpose(centred) as tf.Tensor2D, centred);
  return tf.add(tf.mul(product, 1 / x.shape[0]), tf.mul(tf.eye(x.shape[1]), 0.05)) as tf.Tensor2D;
};
const moments = (x: tf.Tensor2D) => [tf.mean(x, 0) as tf.Tensor1D, covariance(x)] as const;
const shares = (x: tf.Tensor2D) => tf.softmax(x) as tf.Tensor2D;

/** Of two samples [n, p] and [m, p]: every estimator, kernel metric and way of computing. */
export const betweenSamples: Readonly<Record<string, Loss>> = {
  'mmd, rbf': (x, y) => mmd(x, y),
  'mmd, WAE, unbiased': (x, y) => mmd(x, y, { kernel: 'wae', estimator: 'unbiased' }),
  'mmd, rational quadratic': (x, y) => mmd(x, y, { kernel: 'rational-quadratic' }),
  'mmd, rbf, tiles': (x, y) => mmd(x, y, { blockSize: 7 }),
  'mmd, laplacian, block': (x, y) => mmd(x, y, { kernel: 'laplacian', estimator: 'block' }),
  'mmd, linear time': (x, y) => mmd(x, y, { estimator: 'linear' }),
  'mmd, linear kernel': (x, y) => mmd(x, y, { kernel: 'linear' }),
  fourierMmd: (x, y, seed) => fourierMmd(x, y, { features: 32, seed }),
  energyDistance: (x, y) => energyDistance(x, y),
  'energyDistance, unbiased, tiles': (x, y) =>
    energyDistance(x, y, { estimator: 'unbiased', blockSize: 7 }),
  slicedWasserstein: (x, y, seed) => slicedWasserstein(x, y, { count: 16, seed }),
  'slicedWasserstein, p = 1': (x, y, seed) => slicedWasserstein(x, y, { count: 16, p: 1, seed }),
  sinkhornDivergence: (x, y) => sinkhornDivergence(x, y, { epsilon: 0.5 }),
  'entropicOT, tiles': (x, y) => entropicOT(x, y, { epsilon: 2, blockSize: 7 }),
};

/** Of paired samples [n, p] and [n, q]. */
export const ofPairs: Readonly<Record<string, Loss>> = {
  hsic: (x, y) => hsic(x, y),
  'hsic, unbiased': (x, y) => hsic(x, y, { estimator: 'unbiased' }),
  'hsic, normalised, tiles': (x, y) => hsic(x, y, { normalized: true, blockSize: 7 }),
  'hsic, laplacian, normalised, unbiased': (x, y) =>
    hsic(x, y, { kernel: 'laplacian', normalized: true, estimator: 'unbiased' }),
  cka: (x, y) => cka(x, y),
  dhsic: (x, y) => dhsic([x, y]),
};

/** Of parameters that are made from the samples. */
export const ofParameters: Readonly<Record<string, Loss>> = {
  gaussianW2: (x, y) => gaussianW2(...moments(x), ...moments(y)),
  klGaussian: (x, y) => klGaussian(...moments(x), ...moments(y)),
  klDiagonalGaussian: (x, y) => klDiagonalGaussian(x, y),
  klBernoulli: (x, y) => klBernoulli(tf.sigmoid(x), tf.sigmoid(y)),
  klCategorical: (x, y) => klCategorical(shares(x), shares(y)),
  totalVariation: (x, y) => totalVariation(shares(x), shares(y)),
};
