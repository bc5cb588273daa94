// CausalWAE: report §3 (docs/equations.md, equations 5 to 8).
import type { LatentDiscriminator } from '@causal/divergences';
import {
  conceptShape,
  labelConsistency,
  LabelLatents,
  MaskNetwork,
  modelOf,
  networkShape,
  recipe,
  weight,
  type Abducted,
  type ConceptOptionsInput,
  type ConceptRoom,
  type MaskLayerName,
  type Networks,
  type NetworkOptionsInput,
} from '@causal/models';
import { prefixed } from '@causal/nn';
import { endogenous, exogenous } from '@causal/scm';
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
import { independenceShape, independenceTerm, type IndependenceName } from './independence';

/** Weights of CausalWAE's loss terms, each ≥ 0; 0 leaves a term out. */
export interface CausalWAEWeights {
  /** Squared error of the pixels: c(x, G(z)) of (8). Default 1. */
  reconstruction?: number | undefined;
  /** Absolute error of the pixels. Default 0.1. */
  absolute?: number | undefined;
  /**
   * Error of the label head: squared, unit scale (continuous), or cross-entropy in nats. Default 10
   * rather than 1: with 1 the noise of the divergence drowns it (eight times the label error).
   */
  label?: number | undefined;
  /** λ₁ of (8). Default 1. */
  divergence?: number | undefined;
  /** λ₂ of (8). Default 0.1. */
  independence?: number | undefined;
  /** Equation (2): ‖u − σ(Aᵀu)‖². Default 0; 1 where A is trained. */
  labelConsistency?: number | undefined;
  /** Equation (3): λh + (c/2)h², h the penalty of A. Default 0; 1 where A is trained. */
  acyclicity?: number | undefined;
  /** Equation (4): ‖z₁ − g₂(Aᵀz₁)‖² of the labels' part of z₁, in units of the gain. Default 0. */
  consistency?: number | undefined;
}

/** Options of CausalWAE as given; all have defaults. */
export interface CausalWAEOptions
  extends NetworkOptionsInput, ConceptOptionsInput, DivergenceOptionsInput {
  /**
   * How labels and noise become latents. `'residual'` (default): z₂ = g₂(Aᵀz₁) + (I − Aᵀ)z₁, in which
   * each concept carries what its parents do not explain; `'full'`: g₂(Aᵀz₁) + ε (report §3.2);
   * `'equation8'`: g₂(Aᵀg₁(u)) + ε.
   */
  variant?: 'residual' | 'full' | 'equation8' | undefined;
  /**
   * H of (8): keeps the code independent of the labels. `'hsic'` (default): HSIC with Gaussian kernels
   * of median bandwidth, normalised; `'dhsic'`: also the latents of one another; `'cka'`: linear CKA,
   * which sees correlation only; `'none'`.
   */
  independence?: IndependenceName | undefined;
  /**
   * g₂, the mask layer: `'identity'` (default of `residual`), `'mlp'` (one network for each concept on
   * the sum of its parents; default of the others) or `'mcsl'` (one on all concepts under a learned
   * Gumbel mask).
   */
  maskLayer?: MaskLayerName | undefined;
  /** Start of the labels' gain a in g₁(u) = a·(2u − 1 + …): far above the unit noise. Default 50. */
  gain?: number | undefined;
  /**
   * `'graph'` (default): A has the concept graph's edges, at the linear effects that the labels show.
   * `'train'`: every entry is trained by (2) under (3).
   */
  adjacency?: 'graph' | 'train' | undefined;
  /** Weights of the loss terms. */
  weights?: CausalWAEWeights | undefined;
}

const options = z
  .strictObject({
    ...networkShape,
    ...conceptShape,
    ...divergenceShape,
    ...independenceShape,
    variant: z.enum(['residual', 'full', 'equation8']).default('residual'),
    maskLayer: z.enum(['identity', 'mlp', 'mcsl']).optional(),
    gain: z.number().positive().default(50),
    adjacency: z.enum(['graph', 'train']).default('graph'),
    weights: z
      .strictObject({
        reconstruction: weight.default(1),
        absolute: weight.default(0.1),
        label: weight.default(10),
        divergence: weight.default(1),
        independence: weight.default(0.1),
        labelConsistency: weight.optional(),
        acyclicity: weight.optional(),
        consistency: weight.default(0),
      })
      .prefault({}),
  })
  .transform(({ maskLayer, weights, ...rest }) => {
    const trained = Number(rest.adjacency === 'train');
    return {
      ...rest,
      maskLayer: maskLayer ?? (rest.variant === 'residual' ? 'identity' : 'mlp'),
      weights: {
        ...weights,
        independence: rest.independence === 'none' ? 0 : weights.independence,
        labelConsistency: weights.labelConsistency ?? trained,
        acyclicity: weights.acyclicity ?? trained,
      },
    };
  });
type Options = z.output<typeof options>;

interface CausalWAENetworks extends Networks {
  /** g₁. */
  readonly labels: LabelLatents;
  /** g₂. */
  readonly mask: MaskNetwork;
  readonly discriminator: LatentDiscriminator | null;
}
type Wae = ConceptRoom<Options, CausalWAENetworks>;

/** z₂ of the three variants. */
function latents({ noise, unit }: Abducted, { options, networks, adjacency }: Wae): tf.Tensor3D {
  const A = adjacency();
  const fromLabels = networks.labels.apply(unit);
  if (options.variant === 'equation8') return networks.mask.apply(A, fromLabels).add(noise);
  const z1 = endogenous(A, noise).add(fromLabels) as tf.Tensor3D; // (I − Aᵀ)⁻¹ε + g₁(u)
  if (options.variant === 'full') return networks.mask.apply(A, z1).add(noise);
  if (networks.mask.isIdentity) return z1; // g₂(Aᵀz₁) + (I − Aᵀ)z₁ is z₁ where g₂ is the identity
  return networks.mask.apply(A, z1).add(exogenous(A, z1));
}

const causalWae = recipe({
  name: 'CausalWAE',
  concepts: 'graph',
  options: options as z.ZodType<Options, CausalWAEOptions>,
  training: {
    batchSize: 32,
    learningRate: { decoder: 1.5e-2, default: 3e-3 },
    betas: [0.9, 0.98],
    schedule: 'one-cycle',
    adversary: DISCRIMINATOR_TRAINING,
  },
  gain: ({ gain }) => gain,
  trainsAdjacency: ({ adjacency, weights }) =>
    adjacency === 'train' || weights.labelConsistency > 0,
  freeAdjacency: ({ adjacency }) => adjacency === 'train',

  networks(shapes, given, rng, space) {
    const { latentSize, gain, maskLayer } = given;
    const labels = new LabelLatents(rng, space!, latentSize, gain);
    const mask = new MaskNetwork(rng.split('g2'), maskLayer, shapes, gain);
    const discriminator = discriminatorOf(given, shapes, rng);
    return {
      labels,
      mask,
      discriminator,
      parameters: () => ({ ...labels.parameters(), ...prefixed('mask-layer', mask.parameters()) }),
      dispose() {
        labels.dispose();
        mask.dispose();
        discriminator?.dispose();
      },
    };
  },

  latents,

  terms(pass, { options: given, networks, adjacency, acyclicity, edges }: Wae) {
    const difference = pass.painted.sub(pass.target);
    return {
      // E c(X, g₃(z₂)), (8)
      reconstruction: () => pass.mean(difference.square()),
      absolute: () => pass.mean(difference.abs()),
      label: () => pass.labelError,
      // λ₁ D(f_#P_XU ‖ P_ε)
      divergence: () =>
        divergenceTerm(given, networks.discriminator, {
          code: pass.code,
          prior: pass.prior,
          rng: pass.context.rng,
        }),
      // λ₂ H(f(X, U), U)
      independence: () => independenceTerm(given.independence, pass.code, pass.labels),
      labelConsistency: () => labelConsistency(adjacency(), pass.unit, edges, pass.mean), // (2)
      acyclicity, // (3)
      // (4)
      consistency: () => {
        const z1 = networks.labels.apply(pass.unit);
        const explained = networks.mask.apply(adjacency(), z1);
        return pass.mean(z1.sub(explained).div(given.gain).square());
      },
    };
  },

  adversary: ({ networks }: Wae) => adversaryOf(networks.discriminator),
});

/**
 * CausalWAE (report §3): a Wasserstein autoencoder whose latents are a structural causal model of
 * the labelled concepts.
 *
 * The encoder gives noise ε ~ q(ε | x, u), kept N(0, I) by a divergence and independent of the
 * labels; labels enter the latents through one network per concept, z₁ = (I − Aᵀ)⁻¹ε + g₁(u); the
 * decoder paints from z₂. do() moves labels along the graph.
 */
export class CausalWAE extends modelOf(causalWae) {}
