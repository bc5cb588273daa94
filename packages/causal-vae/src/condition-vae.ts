// ConditionVAE: a VAE whose latents have a prior of their labels (Sohn et al. 2015), as CausalVAE's paper
// compares with: no edge between concepts.
import {
  conceptShape,
  modelOf,
  networkShape,
  recipe,
  weight,
  withoutGraph,
  type ConceptOptionsInput,
  type ConceptRoom,
  type Networks,
  type NetworkOptionsInput,
} from '@causal/models';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { klDiagonal, klToStandardNormal, negativeLogLikelihood } from './gaussian-terms';
import { LabelPrior } from './label-prior';

/** Options of ConditionVAE as given; all have defaults. */
export interface ConditionVAEOptions
  extends
    NetworkOptionsInput,
    Omit<ConceptOptionsInput, 'graph' | 'priorKnowledge' | 'score' | 'penalty' | 'edgeThreshold'> {
  /** Variance of a pixel value given the latents, p(x | z). Default 0.01. */
  outputVariance?: number | undefined;
  /** Weights of the loss terms. */
  weights?:
    | {
        /** −log p(x | z). Default 1. */
        reconstruction?: number | undefined;
        /** Error of the label head. Default 1000. */
        label?: number | undefined;
        /** KL(q(z | x, u) ‖ p(z | u)), and of free latents to N(0, I). Default 1. */
        divergence?: number | undefined;
      }
    | undefined;
}

const { latentSize, freeLatents, mechanismSteps } = conceptShape;
const options = z
  .strictObject({
    ...networkShape,
    decoder: networkShape.decoder.unwrap().default('joint'),
    latentSize: latentSize.unwrap().default(4),
    freeLatents,
    mechanismSteps,
    outputVariance: z.number().positive().default(0.01),
    weights: z
      .strictObject({
        reconstruction: weight.default(1),
        label: weight.default(1000),
        divergence: weight.default(1),
      })
      .prefault({}),
  })
  .transform((given) => ({ ...given, ...withoutGraph }));
type Options = z.output<typeof options>;

interface ConditionNetworks extends Networks {
  readonly prior: LabelPrior;
}
type Room = ConceptRoom<Options, ConditionNetworks>;

const conditionVae = recipe({
  name: 'ConditionVAE',
  concepts: 'labels',
  options: options as unknown as z.ZodType<Options, ConditionVAEOptions>,
  training: {
    batchSize: 64,
    learningRate: 1e-3,
    betas: [0.9, 0.999],
    schedule: 'one-cycle',
  },

  networks(shapes, _options, rng, space) {
    const prior = new LabelPrior(rng, space!, shapes.latentSize);
    return { prior, parameters: () => prior.parameters(), dispose: () => prior.dispose() };
  },

  latents: ({ noise }) => noise,
  /** A label that do() moves takes its latent along by as much as its prior's mean moves. */
  latentsAfter({ noise, unit }, after, { networks }: Room) {
    // The difference first: where no label moves it is 0, and the noise stays as it is, to the bit.
    return noise.add(networks.prior.of(after).mean.sub(networks.prior.of(unit).mean));
  },
  latentsFromPrior({ noise, unit }, { networks }: Room) {
    const { mean, logSigma } = networks.prior.of(unit);
    return mean.add(logSigma.exp().mul(noise)) as tf.Tensor3D;
  },

  terms(pass, { options: given, networks }: Room) {
    const posterior = { mean: pass.noiseMean, logSigma: pass.noiseLogSigma };
    return {
      reconstruction: () =>
        negativeLogLikelihood(pass.painted, pass.target, {
          values: pass.images.size / pass.images.shape[0],
          variance: given.outputVariance,
          mean: pass.mean,
        }),
      label: () => pass.labelError,
      divergence: () => {
        const concepts = pass.mean(klDiagonal(posterior, networks.prior.of(pass.unit)));
        if (!pass.freePosterior) return concepts;
        return concepts.add(pass.mean(klToStandardNormal(pass.freePosterior)));
      },
    };
  },
});

/** Conditional VAE: each concept's latents have a prior of its label; do() moves no effect. */
export class ConditionVAE extends modelOf(conditionVae) {}
