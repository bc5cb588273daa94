import { slopesOf, numberOf, toyPictures, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { HsicVAE, SinkhornAutoencoder, WAE } from './index';
import {
  causal,
  context,
  plain,
  ROWS,
  small,
  started,
  type Fitted,
} from './test-support/small-models';

useEngine();

const data = toyPictures();
/** One parameter of each part: the networks within have tests of their own. */
const LOOKED_AT =
  /^adjacency|conv-1.filter|encoder.label.weight|noise-out.weight|label-gain|mask-layer.kernel1|decoder.*1.weight/;

describe('gradients are those of central differences', () => {
  // HSIC and dHSIC hold their median bandwidth fixed, so differences are taken of the others.
  it.each([
    [
      'residual, MMD',
      () =>
        causal(data, {
          independence: 'cka',
          maskLayer: 'mlp',
          weights: { consistency: 1, labelConsistency: 1 },
        }),
    ],
    [
      'full, GAN',
      () =>
        causal(data, {
          variant: 'full',
          divergence: 'gan',
          discriminator: [4],
          independence: 'none',
        }),
    ],
    [
      'equation8, Sinkhorn',
      () => causal(data, { variant: 'equation8', divergence: 'sinkhorn', independence: 'none' }),
    ],
    [
      'A trained, sliced',
      () =>
        causal(data, {
          graph: 'learn',
          adjacency: 'train',
          divergence: 'sliced',
          independence: 'none',
        }),
    ],
    ['WAE', () => new WAE({ data, ...plain, stochastic: true })],
    [
      'SinkhornAutoencoder, Gaussian',
      () => new SinkhornAutoencoder({ data, ...plain, match: 'gaussian' }),
    ],
    [
      'SinkhornAutoencoder, sphere',
      () => new SinkhornAutoencoder({ data, ...plain, match: 'sphere' }),
    ],
    [
      'HsicVAE',
      () => new HsicVAE({ data, ...small, freeLatents: 2, weights: { independence: 0 } }),
    ],
  ] as const)('%s', async (_name, create) => {
    const model = await started(create() as Fitted, data);
    // Where A's own training ended c may be 1e10: no difference of the loss is small enough for that.
    const { multipliers } = model.buffers();
    if (multipliers) tf.tidy(() => multipliers.assign(tf.tensor1d([1.7, 6])));
    const batch = data.batch('train', ROWS);
    const chosen = Object.entries(model.parameters()).filter(([name]) => LOOKED_AT.test(name));
    const slopes = slopesOf(
      Object.fromEntries(chosen),
      () => model.loss(batch as never, context).total,
    );
    const size = Math.max(...slopes.map(({ tape }) => Math.abs(tape)));
    for (const { parameter, tape, differences } of slopes) {
      const error = Math.abs(tape - differences) / (Math.abs(tape) + 0.01 * size);
      expect([parameter, error < 0.1]).toEqual([parameter, true]);
    }
    expect(size).toBeGreaterThan(1e-3);
  });

  it('of the independence reach the encoder', async () => {
    const only = { reconstruction: 0, absolute: 0, label: 0, divergence: 0, independence: 1 };
    for (const independence of ['hsic', 'dhsic'] as const) {
      const model = await started(causal(data, { independence, weights: only }), data);
      const out = model.parameters()['encoder/noise-out/weight']!;
      const batch = data.batch('train', ROWS);
      const { grads } = tf.variableGrads(() => model.loss(batch as never, context).total, [out]);
      expect(numberOf(grads[out.name]!.abs().max())).toBeGreaterThan(1e-5);
    }
  });
});
