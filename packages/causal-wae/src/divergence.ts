import {
  LatentDiscriminator,
  mmd,
  sinkhornDivergence,
  slicedWasserstein,
} from '@causal/divergences';
import type { Adversary, Shapes } from '@causal/models';
import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** D of the WAE objective by name. */
export type DivergenceName = 'mmd' | 'gan' | 'sinkhorn' | 'sliced';

/** Options of D as given. */
export interface DivergenceOptionsInput {
  /**
   * D(Q_Z ‖ P_Z): `'mmd'` (default; WAE's inverse multiquadratics at seven scales, unbiased), `'gan'`
   * (a latent discriminator, non-saturating), `'sinkhorn'` (debiased Sinkhorn divergence) or
   * `'sliced'` (sliced Wasserstein distance).
   */
  divergence?: DivergenceName | undefined;
  /** Blur of the Sinkhorn divergence: its entropy weighs ε, in squared units of the code. Default 1. */
  epsilon?: number | undefined;
  /** Directions of the sliced Wasserstein distance, drawn anew each step, 1 to 4096. Default 64. */
  projections?: number | undefined;
  /** Widths of the discriminator's hidden layers. Default [64, 64]; WAE has four of 512. */
  discriminator?: readonly number[] | undefined;
}

export const divergenceShape = {
  divergence: z.enum(['mmd', 'gan', 'sinkhorn', 'sliced']).default('mmd'),
  epsilon: z.number().positive().default(1),
  projections: z.int().min(1).max(4096).default(64),
  discriminator: z.array(z.int().min(1).max(4096)).readonly().default([64, 64]),
} as const;

export type DivergenceOptions = z.output<z.ZodObject<typeof divergenceShape>>;

/** The optimiser of the discriminator in WAE-GAN. */
export const DISCRIMINATOR_TRAINING = { learningRate: 1e-3, betas: [0.5, 0.999] } as const;

/** The discriminator of `'gan'`; null for the others. */
export function discriminatorOf(
  { divergence, discriminator }: DivergenceOptions,
  { codeSize }: Shapes,
  rng: Rng,
): LatentDiscriminator | null {
  if (divergence !== 'gan') return null;
  return new LatentDiscriminator({
    dimension: codeSize,
    hidden: discriminator,
    rng: rng.split('discriminator'),
  });
}

/** D(code ‖ prior), both [n, code], in a form whose gradient goes to the code. */
export function divergenceTerm(
  { divergence, epsilon, projections }: DivergenceOptions,
  discriminator: LatentDiscriminator | null,
  { code, prior, rng }: { code: tf.Tensor2D; prior: tf.Tensor2D; rng: Rng },
): tf.Scalar {
  switch (divergence) {
    case 'mmd':
      return mmd(code, prior, { kernel: 'wae', estimator: 'unbiased' });
    case 'gan':
      return discriminator!.encoderLoss(code);
    case 'sinkhorn':
      return sinkhornDivergence(code, prior, { epsilon });
    case 'sliced':
      return slicedWasserstein(code, prior, { count: projections, p: 2, rng: rng.split('slices') });
  }
}

/** The second player of `'gan'`. */
export function adversaryOf(discriminator: LatentDiscriminator | null): Adversary | null {
  if (!discriminator) return null;
  return {
    parameters: () => discriminator.parameters(),
    loss({ code, prior }) {
      const columns = discriminator.parameters()['layer0/kernel']!.shape[0]!;
      const own = (x: tf.Tensor | undefined): tf.Tensor2D =>
        x!.slice([0, 0], [-1, columns]) as tf.Tensor2D;
      const total = discriminator.loss(own(prior), own(code));
      return { total, terms: { discriminator: total } };
    },
  };
}
