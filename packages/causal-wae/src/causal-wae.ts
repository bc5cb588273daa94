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
  type ConceptPass,
  type ConceptRoom,
  type MaskLayerName,
  type Networks,
  type NetworkOptionsInput,
  type TrainingDefaults,
} from '@causal/models';
import { prefixed } from '@causal/nn';
import { endogenous, exogenous } from '@causal/scm';
import { oneCycle } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  adversaryOf,
  DISCRIMINATOR_TRAINING,
  discriminatorOf,
  divergenceShape,
  divergenceTerm,
  type DivergenceOptionsInput,
} from './divergence';
import {
  fourierDependence,
  independenceShape,
  independenceTerm,
  type IndependenceName,
} from './independence';

/** Weights of CausalWAE's loss terms, each ≥ 0; 0 leaves a term out. */
export interface CausalWAEWeights {
  /** Squared error of the pixels: c(x, G(z)) of (8). Default 1; 0 with fields. */
  reconstruction?: number | undefined;
  /** Absolute error of the pixels; with the fields decoder Charbonnier's, quadratic below 0.01. Default 0.1; 0.3 with fields. */
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
  /** λ₁ of the free latents. Default 0.003. */
  freeDivergence?: number | undefined;
  /** λ₂ of the free latents: squared correlation with features of the labels. Default 0.3. */
  freeIndependence?: number | undefined;
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
  /** Start of the labels' gain a in g₁(u) = a·(2u − 1 + …): far above the unit noise. Default 50; 500 with fields. */
  gain?: number | undefined;
  /** σ of the free latents in training, fixed: they are to say what pictures show. Default 0.03. */
  freeSigma?: number | undefined;
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
    gain: z.number().positive().optional(),
    freeSigma: z.number().positive().default(0.03),
    adjacency: z.enum(['graph', 'train']).default('graph'),
    weights: z
      .strictObject({
        reconstruction: weight.optional(),
        absolute: weight.optional(),
        label: weight.default(10),
        divergence: weight.default(1),
        independence: weight.default(0.1),
        freeDivergence: weight.default(0.003),
        freeIndependence: weight.default(0.3),
        labelConsistency: weight.optional(),
        acyclicity: weight.optional(),
        consistency: weight.default(0),
      })
      .prefault({}),
  })
  .transform(({ maskLayer, weights, gain, ...rest }) => {
    const trained = Number(rest.adjacency === 'train');
    const fields = rest.decoder === 'fields';
    const independent = Number(rest.independence !== 'none');
    return {
      ...rest,
      gain: gain ?? (fields ? 500 : 50),
      maskLayer: maskLayer ?? (rest.variant === 'residual' ? 'identity' : 'mlp'),
      weights: {
        ...weights,
        reconstruction: weights.reconstruction ?? (fields ? 0 : 1),
        absolute: weights.absolute ?? (fields ? 0.3 : 0.1),
        independence: independent * weights.independence,
        freeIndependence: independent * weights.freeIndependence,
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

/** The optimiser of the fields decoder (AdamW, one cycle with 20 % warm-up). */
const FIELDS_TRAINING = {
  batchSize: 48,
  learningRate: { decoder: 1.2e-2, free: 4e-3, default: 3e-3 },
  betas: [0.9, 0.99],
  weightDecay: 1e-4,
  clipNorm: { decoder: 1, free: 0.3 },
  schedule: oneCycle({ warmUp: 0.2 }),
  adversary: DISCRIMINATOR_TRAINING,
} as const satisfies TrainingDefaults;

/** Where Charbonnier's loss turns from square to absolute. */
const CORNER = 0.01;

/** |e|, or √(e² + δ²) − δ, whose slope fades where the picture is right. */
function robust(difference: tf.Tensor, smooth: boolean): tf.Tensor {
  if (!smooth) return difference.abs();
  return difference
    .square()
    .add(CORNER ** 2)
    .sqrt()
    .sub(CORNER);
}

/** Columns of code and prior. */
function columnsOf(
  { code, prior }: ConceptPass,
  from: number,
  size: number,
): { code: tf.Tensor2D; prior: tf.Tensor2D } {
  return {
    code: code.slice([0, from], [-1, size]),
    prior: prior.slice([0, from], [-1, size]),
  };
}

/** The discriminator tells the noise of the concepts; free latents are matched by MMD then. */
const withoutGan = (given: Options): Options =>
  given.divergence === 'gan' ? { ...given, divergence: 'mmd' } : given;

const causalWae = recipe({
  name: 'CausalWAE',
  concepts: 'graph',
  options: options as z.ZodType<Options, CausalWAEOptions>,
  training: ({ decoder }) =>
    decoder === 'fields'
      ? FIELDS_TRAINING
      : {
          batchSize: 32,
          learningRate: { decoder: 1.5e-2, free: 3e-3, default: 3e-3 },
          betas: [0.9, 0.98],
          schedule: 'one-cycle',
          adversary: DISCRIMINATOR_TRAINING,
        },
  freeSigma: ({ freeSigma }) => freeSigma,
  gain: ({ gain }) => gain,
  trainsAdjacency: ({ adjacency, weights }) =>
    adjacency === 'train' || weights.labelConsistency > 0,
  freeAdjacency: ({ adjacency }) => adjacency === 'train',

  networks(shapes, given, rng, space) {
    const { latentSize, gain, maskLayer } = given;
    const labels = new LabelLatents(rng, space!, latentSize, gain);
    const mask = new MaskNetwork(rng.split('g2'), maskLayer, shapes, gain);
    const columns = shapes.codeSize - shapes.freeLatents;
    const discriminator = discriminatorOf(given, { ...shapes, codeSize: columns }, rng);
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

  terms(pass, { options: given, shapes, networks, adjacency, acyclicity, edges }: Wae) {
    const difference = pass.painted.sub(pass.target);
    const { rng } = pass.context;
    const columns = shapes.codeSize - shapes.freeLatents;
    const noise = { ...columnsOf(pass, 0, columns), rng };
    const free = shapes.freeLatents > 0 ? { ...columnsOf(pass, columns, -1), rng } : null;
    return {
      // E c(X, g₃(z₂)), (8)
      reconstruction: () => pass.mean(difference.square()),
      absolute: () => pass.mean(robust(difference, given.decoder === 'fields')),
      label: () => pass.labelError,
      // λ₁ D(f_#P_XU ‖ P_ε)
      divergence: () => divergenceTerm(given, networks.discriminator, noise),
      freeDivergence: () => (free ? divergenceTerm(withoutGan(given), null, free) : tf.scalar(0)),
      // λ₂ H(f(X, U), U)
      independence: () => independenceTerm(given.independence, noise.code, pass.labels),
      freeIndependence: () =>
        free ? fourierDependence(free.code, pass.labels, pass.context.rng) : tf.scalar(0),
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
