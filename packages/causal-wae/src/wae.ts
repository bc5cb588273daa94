// WAE: Tolstikhin et al. 2018, the report's [3] and equation (7) (docs/equations.md).
import type { LatentDiscriminator } from '@causal/divergences';
import {
  modelOf,
  plainShape,
  recipe,
  weight,
  type Networks,
  type PlainOptionsInput,
  type Room,
} from '@causal/models';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  adversaryOf,
  DISCRIMINATOR_TRAINING,
  discriminatorOf,
  divergenceShape,
  divergenceTerm,
  type DivergenceOptionsInput,
} from './divergence';
import { summedSquares } from './summed-squares';

/** Options of WAE as given; all have defaults. */
export interface WAEOptions extends PlainOptionsInput, DivergenceOptionsInput {
  /** Latents, 1 to 4096. Default 8. */
  latentSize?: number | undefined;
  /** λ of (7), the weight of D, ≥ 0. Default 10, WAE's with 8 latents; 100 with 64. */
  lambda?: number | undefined;
  /** Whether the encoder draws its code; WAE's does not. Default false. */
  stochastic?: boolean | undefined;
}

const options = z
  .strictObject({
    ...plainShape,
    ...divergenceShape,
    latentSize: z.int().min(1).max(4096).default(8),
    lambda: weight.default(10),
    stochastic: z.boolean().default(false),
  })
  .transform((given) => ({
    ...given,
    weights: { reconstruction: 1, divergence: given.lambda },
  }));
type Options = z.output<typeof options>;
interface WAENetworks extends Networks {
  readonly discriminator: LatentDiscriminator | null;
}

const wae = recipe({
  name: 'WAE',
  concepts: 'none',
  options: options as z.ZodType<Options, WAEOptions>,
  training: {
    batchSize: 64,
    learningRate: 1e-3,
    betas: [0.5, 0.999],
    schedule: 'one-cycle',
    adversary: DISCRIMINATOR_TRAINING,
  },
  codeSize: ({ latentSize }) => latentSize,
  stochastic: ({ stochastic }) => stochastic,

  networks(shapes, given, rng): WAENetworks {
    const discriminator = discriminatorOf(given, shapes, rng);
    return { discriminator, parameters: () => ({}), dispose: () => discriminator?.dispose() };
  },

  terms(pass, { options: given, networks }: Room<Options, WAENetworks>) {
    return {
      // E d²(X, G(f(X)))
      reconstruction: (): tf.Scalar => pass.mean(summedSquares(pass)),
      // λ·D(f_#P_X ‖ P_Z)
      divergence: (): tf.Scalar =>
        divergenceTerm(given, networks.discriminator, {
          code: pass.code,
          prior: pass.prior,
          rng: pass.context.rng,
        }),
    };
  },

  adversary: ({ networks }: Room<Options, WAENetworks>) => adversaryOf(networks.discriminator),
});

/** Wasserstein autoencoder (Tolstikhin et al. 2018): WAE-MMD, WAE-GAN, and two divergences more. */
export class WAE extends modelOf(wae) {}
