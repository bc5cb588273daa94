import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { relativeError, scalarOf, tensor } from '../test-support/reference';
import fixtures from '../test-support/fixtures/peers.json';
import {
  cka,
  energyDistance,
  entropicOT,
  gaussianW2,
  hsic,
  imq,
  klGaussian,
  laplacian,
  mmd,
  rationalQuadratic,
  rbf,
  sinkhornDivergence,
  slicedWasserstein,
} from './index';

useEngine();

/** Made by tools/fixtures/divergences.py: POT, scipy and plain numpy definitions in float64. */
const { x, y, u, v } = fixtures;

const expectNear = (body: () => tf.Scalar, expected: number): void =>
  expect(relativeError([scalarOf(body)], [expected])).toBeLessThan(1e-5);

describe('beside POT, scipy and numpy, relative error below 1e-5', () => {
  const kernels = {
    rbf: rbf({ sigma: 1.3 }),
    laplacian: laplacian({ sigma: 2.5 }),
    imq: imq({ c: 1.7 }),
    wae: imq(),
    'rational-quadratic': rationalQuadratic({ sigma: 0.8, alpha: 1.5 }),
  };
  it.each(Object.keys(kernels) as Array<keyof typeof kernels>)('mmd, %s', (name) => {
    for (const estimator of ['biased', 'unbiased'] as const) {
      const options = { kernel: kernels[name], estimator };
      expectNear(() => mmd(tensor(x), tensor(y), options), fixtures.mmd[name][estimator]);
    }
  });

  it('hsic and cka', () => {
    const kernel = [kernels.rbf, kernels.laplacian] as const;
    const of = (options: object) => () => hsic(tensor(u), tensor(v), { kernel, ...options });
    expectNear(of({}), fixtures.hsic.biased);
    expectNear(of({ estimator: 'unbiased' }), fixtures.hsic.unbiased);
    expectNear(of({ normalized: true }), fixtures.hsic.normalized);
    expectNear(() => cka(tensor(u), tensor(v)), fixtures.linearCka);
  });

  it('energy distance', () => {
    expectNear(() => energyDistance(tensor(x), tensor(y)), fixtures.energy);
    const first = (rows: number[][]) => tensor(rows.map((row) => [row[0]!]));
    expectNear(() => energyDistance(first(x), first(y)), fixtures.energyOfFirstColumn);
  });

  it('sliced Wasserstein', () => {
    for (const p of [1, 2, 3] as const) {
      const projected = () =>
        slicedWasserstein(tensor(x), tensor(y), { projections: tensor(fixtures.theta), p });
      expectNear(projected, fixtures.sliced[p]);
    }
  });

  it('Gaussians', () => {
    const [m1, c1, m2, c2] = fixtures.gaussians as [number[], number[][], number[], number[][]];
    for (const [f, expected] of [
      [gaussianW2, fixtures.gaussianW2],
      [klGaussian, fixtures.klGaussian],
    ] as const) {
      expectNear(
        () => f(tf.tensor1d(m1), tf.tensor2d(c1), tf.tensor1d(m2), tf.tensor2d(c2)),
        expected,
      );
    }
  });

  it('entropic transport and Sinkhorn divergence', () => {
    for (const key of ['1:0.5', '1:2.0', '2:0.5', '2:2.0'] as const) {
      const [power, epsilon] = key.split(':').map(Number) as [number, number];
      const cost = power === 1 ? ('euclidean' as const) : ('squared-euclidean' as const);
      const options = { epsilon, cost, tolerance: 1e-5 };
      expectNear(() => entropicOT(tensor(x), tensor(y), options), fixtures.entropicOT[key]);
      expectNear(() => sinkhornDivergence(tensor(x), tensor(y), options), fixtures.sinkhorn[key]);
    }
  });
});
