// HSIC-constrained VAE: Lopez et al. 2018, the report's [6] (docs/equations.md).
import { hsic } from '@causal/divergences';
import {
  conceptShape,
  LabelLatents,
  modelOf,
  networkShape,
  recipe,
  splitCode,
  weight,
  withoutGraph,
  type ConceptOptionsInput,
  type ConceptRoom,
  type Networks,
  type NetworkOptionsInput,
} from '@causal/models';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { summedSquares } from './summed-squares';

/** Options of HsicVAE as given; all have defaults. */
export interface HsicVAEOptions
  extends
    NetworkOptionsInput,
    Pick<ConceptOptionsInput, 'latentSize' | 'freeLatents' | 'mechanismSteps'> {
  /** Variance of a pixel value given latents and labels. Default 0.01. */
  outputVariance?: number | undefined;
  /** Weights of the loss terms. */
  weights?:
    | {
        /** −log p(x | z, u). Default 1. */
        reconstruction?: number | undefined;
        /** KL(q(z | x, u) ‖ N(0, I)). Default 1. */
        divergence?: number | undefined;
        /** HSIC(z, u), normalised. Default 100. */
        independence?: number | undefined;
        /** Error of the label head. Default 1000. */
        label?: number | undefined;
      }
    | undefined;
}

const { latentSize, mechanismSteps, freeLatents } = conceptShape;
const options = z
  .strictObject({
    ...networkShape,
    decoder: networkShape.decoder.unwrap().default('joint'),
    latentSize,
    freeLatents: freeLatents.unwrap().default(8),
    mechanismSteps,
    outputVariance: z.number().positive().default(0.01),
    weights: z
      .strictObject({
        reconstruction: weight.default(1),
        divergence: weight.default(1),
        independence: weight.default(100),
        label: weight.default(1000),
      })
      .prefault({}),
  })
  .transform((given) => ({ ...given, ...withoutGraph }));
type Options = z.output<typeof options>;
interface HsicNetworks extends Networks {
  readonly labels: LabelLatents;
}
type HsicRoom = ConceptRoom<Options, HsicNetworks>;

const hsicVae = recipe({
  name: 'HsicVAE',
  concepts: 'labels',
  options: options as unknown as z.ZodType<Options, HsicVAEOptions>,
  training: {
    batchSize: 64,
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    schedule: 'one-cycle',
  },

  networks(shapes, _options, rng, space) {
    const labels = new LabelLatents(rng, space!, shapes.latentSize, 1);
    return { labels, parameters: () => labels.parameters(), dispose: () => labels.dispose() };
  },

  /** The decoder is told the labels themselves; what else a picture has is in the free latents. */
  latents: ({ unit }, { networks }: HsicRoom) => networks.labels.apply(unit),

  terms(pass, { options: given, shapes }: HsicRoom) {
    const { mean, logSigma } = pass.posterior;
    return {
      reconstruction: (): tf.Scalar => pass.mean(summedSquares(pass)).div(2 * given.outputVariance),
      divergence: () => {
        const v = logSigma.mul(2);
        return pass.mean(mean.square().add(v.exp()).sub(1).sub(v).sum(1)).mul(0.5) as tf.Scalar;
      },
      independence: () => {
        const z = splitCode(pass.code, shapes).free ?? pass.code;
        return hsic(z, pass.labels, { kernel: 'rbf', normalized: true });
      },
      label: () => pass.labelError,
    };
  },
});

/** HSIC-constrained VAE (Lopez et al. 2018): latents that know nothing of the labels, and the labels. */
export class HsicVAE extends modelOf(hsicVae) {}
