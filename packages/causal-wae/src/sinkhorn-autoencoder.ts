// Sinkhorn autoencoder: Patrini et al. 2020, the report's [4] (docs/equations.md).
import { gaussianPrior, gaussianW2, sinkhornDivergence, spherePrior } from '@causal/divergences';
import {
  modelOf,
  plainShape,
  noNetworks,
  recipe,
  weight,
  type PlainOptionsInput,
  type Networks,
  type Room,
} from '@causal/models';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { summedSquares } from './summed-squares';

/** Options of SinkhornAutoencoder as given; all have defaults. */
export interface SinkhornAutoencoderOptions extends PlainOptionsInput {
  /**
   * How the codes are matched to the prior. `'samples'` (default): Sinkhorn divergence to draws of
   * N(0, I); `'gaussian'`: closed-form W₂² between the batch's Gaussian and N(0, I), which loses no
   * variance in many dimensions; `'sphere'`: codes on the unit sphere, Sinkhorn divergence to draws of
   * the uniform distribution there.
   */
  match?: 'samples' | 'gaussian' | 'sphere' | undefined;
  /** Latents, 2 to 4096. Default 8. */
  latentSize?: number | undefined;
  /** Weight of the transport cost between codes and prior, ≥ 0. Default 10. */
  lambda?: number | undefined;
  /** Entropy of the transport, in squared units of the code. Default 0.1. */
  epsilon?: number | undefined;
}

const options = z
  .strictObject({
    ...plainShape,
    match: z.enum(['samples', 'gaussian', 'sphere']).default('samples'),
    latentSize: z.int().min(2).max(4096).default(8),
    lambda: weight.default(10),
    epsilon: z.number().positive().default(0.1),
  })
  .transform((given) => ({
    ...given,
    weights: { reconstruction: 1, transport: given.lambda },
  }));
type Options = z.output<typeof options>;

/** W₂² between N(mean, covariance of the rows) and N(0, I). */
function toStandardNormal(code: tf.Tensor2D): tf.Scalar {
  const [n, p] = code.shape;
  const mean = code.mean(0) as tf.Tensor1D;
  const centred = code.sub(mean) as tf.Tensor2D;
  const covariance = centred.matMul(centred, true).div(n - 1) as tf.Tensor2D;
  return gaussianW2(mean, covariance, tf.zeros([p]), tf.eye(p));
}

const sinkhornAutoencoder = recipe({
  name: 'SinkhornAutoencoder',
  concepts: 'none',
  options: options as z.ZodType<Options, SinkhornAutoencoderOptions>,
  training: {
    batchSize: 64,
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    schedule: 'one-cycle',
  },
  codeSize: ({ latentSize }) => latentSize,
  stochastic: () => false,
  prior: ({ codeSize: dimension }, { match }) =>
    match === 'sphere' ? spherePrior({ dimension, radius: 1 }) : gaussianPrior({ dimension }),
  project: (code, { match }) =>
    match === 'sphere' ? code.div(code.square().sum(1, true).add(1e-12).sqrt()) : code,
  networks: () => noNetworks,

  terms(pass, { options: { match, epsilon } }: Room<Options, Networks>) {
    return {
      reconstruction: (): tf.Scalar => pass.mean(summedSquares(pass)),
      transport: (): tf.Scalar =>
        match === 'gaussian'
          ? toStandardNormal(pass.code)
          : sinkhornDivergence(pass.code, pass.prior, { epsilon }),
    };
  },
});

/** Sinkhorn autoencoder (Patrini et al. 2020): optimal transport between codes and prior. */
export class SinkhornAutoencoder extends modelOf(sinkhornAutoencoder) {}
