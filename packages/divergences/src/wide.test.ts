import { useEngine } from '@causal/testing';
import type * as tf from '@tensorflow/tfjs';
import {
  gramOf,
  normalRows,
  plainDhsic,
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
import {
  cka,
  dhsic,
  energyDistance,
  entropicOT,
  hsic,
  imq,
  laplacian,
  linear,
  mmd,
  rationalQuadratic,
  rbf,
  sinkhornDivergence,
  slicedWasserstein,
} from './index';

useEngine();

// Gaussians and discrete variables of 512 dimensions are in their own tests.
describe('p = 512: values of the float64 definitions', () => {
  const p = 512;
  const x = normalRows(7, p, 'x');
  const y = normalRows(6, p, 'y', { mean: 0.3, std: 1.2 });
  const u = x.map((row, i) => row.slice(0, 3).map((v) => Math.fround(v * v + 0.1 * i)));
  const near = (loss: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Scalar, expected: number, v = y) =>
    expect(relativeError([scalarOf(() => loss(tensor(x), tensor(v)))], [expected])).toBeLessThan(
      2e-5,
    );

  it.each([
    ['rbf', rbf({ sigma: 25 }), plainKernels.rbf(25)],
    ['laplacian', laplacian({ sigma: 500 }), plainKernels.laplacian(500)],
    ['rational quadratic', rationalQuadratic({ sigma: 20 }), plainKernels.rationalQuadratic(20, 1)],
    ['wae', imq(), plainKernels.imq([0.1, 0.2, 0.5, 1, 2, 5, 10].map((s) => 2 * p * s))],
    ['linear', linear(), plainKernels.linear()],
  ] as const)('mmd, %s', (_, kernel, plain) => {
    for (const estimator of ['biased', 'unbiased'] as const) {
      const expected = plainMmd(x, y, plain, estimator === 'unbiased');
      near((a, b) => mmd(a, b, { kernel, estimator }), expected);
    }
  });

  it('energy distance and sliced Wasserstein', () => {
    near((a, b) => energyDistance(a, b), plainEnergy(x, y));
    const theta = normalRows(4, p, 'theta');
    for (const order of [1, 2] as const) {
      near(
        (a, b) => slicedWasserstein(a, b, { projections: tensor(theta), p: order }),
        plainSliced(x, y, theta, order, true),
      );
    }
  });

  it('hsic, dhsic and cka', () => {
    const kernel = [rbf({ sigma: 30 }), rbf({ sigma: 1.5 })] as const;
    const grams = [
      gramOf(x, x, plainKernels.rbf(30)),
      gramOf(u, u, plainKernels.rbf(1.5)),
    ] as const;
    near((a, b) => hsic(a, b, { kernel }), plainHsic(...grams), u);
    near((a, b) => hsic(a, b, { kernel, estimator: 'unbiased' }), plainUnbiasedHsic(...grams), u);
    near((a, b) => dhsic([a, b], { kernel }), plainDhsic(grams), u);
    const products = [gramOf(x, x, plainKernels.linear()), gramOf(u, u, plainKernels.linear())] as const; // prettier-ignore
    const [self, other] = products.map((gram) => plainHsic(gram, gram)) as [number, number];
    near((a, b) => cka(a, b), plainHsic(...products) / Math.sqrt(self * other), u);
  });

  it('entropic transport and Sinkhorn divergence', () => {
    const options = { epsilon: 100, tolerance: 1e-6 };
    near((a, b) => entropicOT(a, b, options), plainTransport(x, y, 100).value);
    near((a, b) => sinkhornDivergence(a, b, options), plainSinkhorn(x, y, 100));
  });
});
