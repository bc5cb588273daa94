// VAE: Kingma & Welling 2014, the report's [1]; β-VAE: Higgins et al. 2017 (docs/equations.md).
import {
  modelOf,
  plainShape,
  noNetworks,
  recipe,
  weight,
  type PlainOptionsInput,
  type Pass,
  type PlainRecipe,
} from '@causal/models';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { klToStandardNormal, negativeLogLikelihood } from './gaussian-terms';

/** Options of VAE as given; all have defaults. */
export interface VAEOptions extends PlainOptionsInput {
  /** Latents, 1 to 4096. Default 8. */
  latentSize?: number | undefined;
  /** Variance of a pixel value given the latents, p(x | z). Default 0.01. */
  outputVariance?: number | undefined;
}

/** Options of BetaVAE as given; all have defaults. */
export interface BetaVAEOptions extends VAEOptions {
  /** β, the weight of the KL divergence, ≥ 0. Default 4. */
  beta?: number | undefined;
}

const shape = {
  ...plainShape,
  latentSize: z.int().min(1).max(4096).default(8),
  outputVariance: z.number().positive().default(0.01),
} as const;
type Given = z.output<z.ZodObject<typeof shape>>;
type Options = Given & { weights: { reconstruction: number; divergence: number } };

const vaeOptions = z
  .strictObject(shape)
  .transform((given): Options => ({ ...given, weights: { reconstruction: 1, divergence: 1 } }));
const betaVaeOptions = z
  .strictObject({ ...shape, beta: weight.default(4) })
  .transform(({ beta, ...given }): Options & { beta: number } => ({
    ...given,
    beta,
    weights: { reconstruction: 1, divergence: beta },
  }));

/** −ELBO = −E_q[log p(x | z)] + β·KL(q(z | x) ‖ N(0, I)); β is 1 for the VAE. */
const shared = {
  concepts: 'none',
  training: {
    batchSize: 64,
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    schedule: 'one-cycle',
  },
  codeSize: ({ latentSize }: Options) => latentSize,
  networks: () => noNetworks,
  terms: (pass: Pass, { options }: { options: Options }) => ({
    reconstruction: (): tf.Scalar =>
      negativeLogLikelihood(pass.painted, pass.target, {
        values: pass.images.size / pass.images.shape[0],
        variance: options.outputVariance,
        mean: pass.mean,
      }),
    divergence: (): tf.Scalar => pass.mean(klToStandardNormal(pass.posterior)),
  }),
} as const satisfies Partial<PlainRecipe<VAEOptions, Options, typeof noNetworks>>;

const vae = recipe({
  ...shared,
  name: 'VAE',
  options: vaeOptions as z.ZodType<Options, VAEOptions>,
} as PlainRecipe<VAEOptions, Options, typeof noNetworks>);

const betaVae = recipe({
  ...shared,
  name: 'BetaVAE',
  options: betaVaeOptions as unknown as z.ZodType<Options, BetaVAEOptions>,
} as PlainRecipe<BetaVAEOptions, Options, typeof noNetworks>);

/** Variational autoencoder (Kingma & Welling 2014). */
export class VAE extends modelOf(vae) {}

/** β-VAE (Higgins et al. 2017): a VAE whose KL divergence weighs β. */
export class BetaVAE extends modelOf(betaVae) {}
