import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  gradientsOf,
  gramOf,
  plainEnergy,
  plainHsic,
  plainKernels,
  plainMmd,
  plainSliced,
  plainUnbiasedHsic,
  relativeError,
  scalarOf,
  tensor,
} from '../test-support/reference';
import { plainSinkhorn, plainTransport } from '../test-support/transport';
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

/** Made by tools/fixtures/divergences.py: POT, geomloss, scipy and plain numpy in float64. */
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
      const options = { epsilon, cost, tolerance: 1e-6 };
      expectNear(() => entropicOT(tensor(x), tensor(y), options), fixtures.entropicOT[key]);
      const divergence = (a: tf.Tensor2D, b: tf.Tensor2D) => sinkhornDivergence(a, b, options);
      expectNear(() => divergence(tensor(x), tensor(y)), fixtures.sinkhorn[key]);
      // geomloss stops about 1e-6 short in value, and in gradients by the root of that. What float64
      // finite differences say of ours is in sinkhorn.test.ts.
      const { value, gradients } = fixtures.geomloss.sinkhorn[key];
      expectNear(() => divergence(tensor(x), tensor(y)), value);
      gradientsOf(divergence, x, y).forEach((gradient, v) =>
        expect(relativeError(gradient, gradients[v]!)).toBeLessThan(power === 1 ? 1e-4 : 5e-3),
      );
    }
  });
});

describe('beside geomloss, values and gradients, relative error below 1e-5', () => {
  type Loss = (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Scalar;
  const expectAlike = (
    loss: Loss,
    [a, b]: readonly [number[][], number[][]],
    { value, gradients }: { value: number; gradients: number[][] },
  ): void => {
    expectNear(() => loss(tensor(a), tensor(b)), value);
    gradientsOf(loss, a, b).forEach((gradient, v) =>
      expect(relativeError(gradient, gradients[v]!)).toBeLessThan(1e-5),
    );
  };
  const peer = fixtures.geomloss;

  it('gaussian, laplacian, energy', () => {
    expectAlike((a, b) => mmd(a, b, { kernel: rbf({ sigma: 1.3 }) }), [x, y], peer.gaussian);
    const first = [x, y].map((rows) => rows.map((row) => [row[0]!])) as [number[][], number[][]];
    const kernel = laplacian({ sigma: 2.5 });
    // geomloss keeps distances above 1e-4 (of its blur), those of a point to itself too.
    const clamped = (1 - Math.exp(-1e-4)) * (1 / x.length + 1 / y.length);
    const mended = (found: { value: number; gradients: number[][] }) => ({
      ...found,
      value: found.value + clamped,
    });
    expectAlike((a, b) => mmd(a, b, { kernel }), first, mended(peer.laplacianOfFirstColumn));
    expectAlike((a, b) => energyDistance(a, b), [x, y], mended(peer.energy));
  });
});

describe('the float64 definitions these tests are held against, relative error below 1e-9', () => {
  const expectSame = (actual: number, expected: number): void =>
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-9);

  it('kernels', () => {
    const kernels = {
      rbf: plainKernels.rbf(1.3),
      laplacian: plainKernels.laplacian(2.5),
      imq: plainKernels.imq([1.7]),
      wae: plainKernels.imq([0.1, 0.2, 0.5, 1, 2, 5, 10].map((scale) => 2 * 5 * scale)),
      'rational-quadratic': plainKernels.rationalQuadratic(0.8, 1.5),
    };
    for (const name of Object.keys(kernels) as Array<keyof typeof kernels>) {
      expectSame(plainMmd(x, y, kernels[name], false), fixtures.mmd[name].biased);
      expectSame(plainMmd(x, y, kernels[name], true), fixtures.mmd[name].unbiased);
    }
    const grams = [gramOf(u, u, kernels.rbf), gramOf(v, v, kernels.laplacian)] as const;
    expectSame(plainHsic(...grams), fixtures.hsic.biased);
    expectSame(plainUnbiasedHsic(...grams), fixtures.hsic.unbiased);
    expectSame(plainMmd(x, y, kernels.rbf, false), fixtures.geomloss.gaussian.value);
  });

  it('energy, sliced and entropic transport', () => {
    expectSame(plainEnergy(x, y), fixtures.energy);
    for (const p of [1, 2, 3] as const) {
      expectSame(plainSliced(x, y, fixtures.theta, p, true), fixtures.sliced[p]);
    }
    for (const key of ['1:2.0', '2:2.0'] as const) {
      const [power, epsilon] = key.split(':').map(Number) as [1 | 2, number];
      expectSame(plainTransport(x, y, epsilon, power).value, fixtures.entropicOT[key]);
      expectSame(plainSinkhorn(x, y, epsilon, power), fixtures.sinkhorn[key]);
    }
  });
});
