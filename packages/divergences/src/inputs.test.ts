import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import * as api from './index';

useEngine();

const sample = () => tf.ones([8, 2]) as tf.Tensor2D;
const vector = () => tf.zeros([2]) as tf.Tensor1D;

type Call = (odd: never) => unknown;
const pairs: Record<string, (x: tf.Tensor2D, y: tf.Tensor2D, options: never) => unknown> = {
  mmd: api.mmd,
  hsic: api.hsic,
  cka: api.cka,
  energyDistance: api.energyDistance,
  slicedWasserstein: api.slicedWasserstein,
  sinkhornDivergence: api.sinkhornDivergence,
  entropicOT: api.entropicOT,
  solveEntropicOT: api.solveEntropicOT,
  hsicTest: api.hsicTest,
  fourierMmd: api.fourierMmd,
  klBernoulli: api.klBernoulli,
  klCategorical: api.klCategorical,
  totalVariation: api.totalVariation,
};
const makers: Record<string, Call> = {
  rbf: api.rbf,
  laplacian: api.laplacian,
  imq: api.imq,
  rationalQuadratic: api.rationalQuadratic,
  gaussianPrior: api.gaussianPrior,
  uniformPrior: api.uniformPrior,
  spherePrior: api.spherePrior,
  mixturePrior: api.mixturePrior,
  LatentDiscriminator: (o) => new api.LatentDiscriminator(o),
};
const epsilon = { epsilon: 1 } as never;
const arguments_: [string, Call][] = [
  ...Object.entries(pairs).flatMap(([name, f]): [string, Call][] => {
    const options = (/ntropic|sinkhorn/.test(name) ? epsilon : {}) as never;
    return [
      [`${name}, first`, (odd) => f(odd, sample(), options)],
      [`${name}, second`, (odd) => f(sample(), odd, options)],
    ];
  }),
  ['dhsic', (odd) => api.dhsic(odd)],
  ['dhsic, one of them', (odd) => api.dhsic([sample(), odd])],
  ['bandwidthOf', (odd) => api.bandwidthOf(odd, 'median-squared')],
  ['bandwidthOf, rule', (odd) => api.bandwidthOf([sample()], odd)],
  ['klDiagonalGaussian', (odd) => api.klDiagonalGaussian(odd, sample())],
  ['klGaussian', (odd) => api.klGaussian(vector(), odd, vector(), tf.eye(2))],
  ['gaussianW2', (odd) => api.gaussianW2(odd, tf.eye(2), vector(), tf.eye(2))],
  ['randomProjections', (odd) => api.randomProjections(odd, 2, createRng(1))],
];

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was thrown';
}

describe('at the door', () => {
  it.each(Object.entries(pairs))('%s: options that are none', async (_, f) => {
    for (const odd of [{ revesal: 1, epsilon: 1 }, null, 'rbf', 3, [1]]) {
      const message = await messageOf(() => f(sample(), sample(), odd as never));
      expect(message).toMatch(/unknown option `(revesal|epsilon)`|the options must be an object/);
    }
  });

  it.each(Object.entries(makers))('%s: options that are none', async (_, make) => {
    for (const odd of [{ revesal: 1 }, null, 'x', 3, [1]]) {
      const message = await messageOf(() => make(odd as never));
      expect(message).toMatch(/unknown option `revesal`|the options must be an object/);
    }
  });

  it.each(arguments_)('%s: nothing raw from inside', async (_, call) => {
    for (const odd of [undefined, null, 'x', -1, NaN, true, {}, [], [1], [[1, 2]], tf.scalar(1), tf.ones([8, 2], 'int32'), tf.ones([0, 2]), tf.ones([3, 1, 2])]) {
      const message = await messageOf(() => call(odd as never));
      expect(message).toMatch(/must|expected|give a list|at least/);
      expect(message).not.toMatch(/reading '|is not a function|not iterable|undefined \(/);
    } // prettier-ignore
  });

  it.each<[string, Call, unknown, RegExp]>([
    ['sigma', api.rbf, { sigma: '1' }, /`sigma` must be/],
    ['sigma', api.rbf, { sigma: null }, /`sigma` must be/],
    ['sigma', api.rbf, { sigma: [] }, /sigma is empty/],
    ['kernel', (o) => api.mmd(sample(), sample(), o), { kernel: 'rfb' }, /Did you mean 'rbf'/],
    ['kernel', (o) => api.mmd(sample(), sample(), o), { kernel: null }, /`kernel` must be/],
    ['kernel', (o) => api.mmd(sample(), sample(), o), { kernel: {} }, /`kernel` must be/],
    ['bandwidth', (o) => api.mmd(sample(), sample(), o), { bandwidth: '1' }, /`bandwidth` must be/],
    ['normalized', (o) => api.hsic(sample(), sample(), o), { normalized: 1 }, /true or false/],
    ['kernels', (o) => api.hsic(sample(), sample(), o), { kernel: ['rbf'] }, /one for each/],
    ['root', (o) => api.slicedWasserstein(sample(), sample(), o), { root: 0 }, /true or false/],
    ['p', (o) => api.slicedWasserstein(sample(), sample(), o), { p: '2' }, /`p` must be/],
    ['scaling', (o) => api.sinkhornDivergence(sample(), sample(), o), { epsilon: 1, scaling: 1 }, /`scaling` must be/],
    ['seed', (o) => api.fourierMmd(sample(), sample(), o), { seed: null }, /createRng/],
    ['mean', api.gaussianPrior, { dimension: 2, mean: NaN }, /`mean` must be/],
    ['means', api.mixturePrior, { means: 'ab' }, /`means` must be rows/],
    ['weights', api.mixturePrior, { means: [[1]], weights: '1' }, /`weights` must be/],
    ['hidden', (o) => new api.LatentDiscriminator(o), { dimension: 2, hidden: 8 }, /`hidden` must be/],
    ['logPrior', (o) => new api.LatentDiscriminator(o), { dimension: 2, logPrior: 'gaussian' }, /logPrior/],
  ])('%s that is none', async (_, call, options, message) => {
    expect(await messageOf(() => call(options as never))).toMatch(message);
  }); // prettier-ignore
});
