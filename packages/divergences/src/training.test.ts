import { adam } from '@causal/backend';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { normalRows, tensor } from '../test-support/reference';
import {
  dhsic,
  energyDistance,
  entropicOT,
  fourierMmd,
  gaussianW2,
  hsic,
  klDiagonalGaussian,
  klGaussian,
  mmd,
  sinkhornDivergence,
  slicedWasserstein,
} from './index';

useEngine();

/** CAUSAL_STEPS=1000 for the long form. */
const STEPS = Number(process.env['CAUSAL_STEPS'] ?? 12);

const covariance = (x: tf.Tensor2D): tf.Tensor2D => {
  const centred = tf.sub(x, tf.mean(x, 0, true)) as tf.Tensor2D;
  const product = tf.matMul(tf.transpose(centred) as tf.Tensor2D, centred);
  return tf.add(tf.mul(product, 1 / x.shape[0]), tf.mul(tf.eye(x.shape[1]), 0.05)) as tf.Tensor2D;
};
const moments = (x: tf.Tensor2D) => [tf.mean(x, 0) as tf.Tensor1D, covariance(x)] as const;

type Loss = (x: tf.Tensor2D, y: tf.Tensor2D, step: number) => tf.Scalar;

const losses: Record<string, Loss> = {
  'mmd, WAE, unbiased': (x, y) => mmd(x, y, { kernel: 'wae', estimator: 'unbiased' }),
  'mmd, rbf, tiles': (x, y) => mmd(x, y, { blockSize: 7 }),
  'mmd, laplacian, block': (x, y) => mmd(x, y, { kernel: 'laplacian', estimator: 'block' }),
  'mmd, linear time': (x, y) => mmd(x, y, { estimator: 'linear' }),
  fourierMmd: (x, y, seed) => fourierMmd(x, y, { features: 32, seed }),
  hsic: (x, y) => hsic(x, y),
  'hsic, unbiased': (x, y) => hsic(x, y, { estimator: 'unbiased' }),
  'hsic, normalised, tiles': (x, y) => hsic(x, y, { normalized: true, blockSize: 7 }),
  dhsic: (x, y) => dhsic([x, y]),
  energyDistance: (x, y) => energyDistance(x, y),
  slicedWasserstein: (x, y, seed) => slicedWasserstein(x, y, { count: 16, seed }),
  sinkhornDivergence: (x, y) => sinkhornDivergence(x, y, { epsilon: 0.5 }),
  'entropicOT, tiles': (x, y) => entropicOT(x, y, { epsilon: 2, blockSize: 7 }),
  gaussianW2: (x, y) => gaussianW2(...moments(x), ...moments(y)),
  klGaussian: (x, y) => klGaussian(...moments(x), ...moments(y)),
  klDiagonalGaussian: (x, y) => klDiagonalGaussian(x, y),
};

describe('as a training loss', () => {
  it.each(Object.keys(losses))('%s falls, and tensors stay flat', (name) => {
    const loss = losses[name]!;
    const x = tf.variable(tensor(normalRows(16, 2, 'x', { mean: 1 })));
    // Dependent on x, and elsewhere: something to do for every loss.
    const y = tf.tidy(() =>
      tensor(normalRows(16, 2, 'y'))
        .mul(0.5)
        .add(x.square().mul(0.5)),
    ) as tf.Tensor2D;
    const optimizer = adam({ learningRate: 0.05 });
    const step = (index: number): number => {
      const { value, grads } = tf.variableGrads(
        () => loss(x as unknown as tf.Tensor2D, y, name === 'fourierMmd' ? 1 : index),
        [x],
      );
      optimizer.step({ x: grads[x.name]! }, { x });
      const number = value.dataSync()[0]!;
      tf.dispose([value, grads]);
      return number;
    };
    const first = step(0);
    const before = tf.memory().numTensors;
    let last = first;
    for (let index = 1; index < STEPS; index++) last = step(index);
    expect(tf.memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first);
    expect(x.dataSync().every(Number.isFinite)).toBe(true);
    optimizer.dispose();
    tf.dispose([x, y]);
  });
});
