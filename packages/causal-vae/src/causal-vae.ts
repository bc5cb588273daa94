// CausalVAE: Yang et al., CVPR 2021, the report's [2] and §2 (docs/equations.md, equations 1 to 4).
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
  type ConceptModelOptions,
  type ConceptOptionsInput,
  type ConceptPass,
  type ConceptRoom,
  type MaskLayerName,
  type Networks,
  type NetworkOptionsInput,
} from '@causal/models';
import { prefixed } from '@causal/nn';
import { doOperator, endogenous, exogenous, type Interventions } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  klToStandardNormal,
  latentKl,
  negativeLogLikelihood,
  type DiagonalGaussian,
} from './gaussian-terms';
import { LabelPrior } from './label-prior';
import { PRESETS, type CausalVAEPreset, type PresetNumbers } from './presets';

/** Weights of CausalVAE's loss terms, each ≥ 0; 0 leaves a term out. Defaults: the preset's. */
export interface CausalVAEWeights {
  /** −log p(x | z). */
  reconstruction?: number | undefined;
  /** α: KL(q(ε | x, u) ‖ N(0, I)). */
  noise?: number | undefined;
  /** β: KL(q(z | x, u) ‖ p(z | u)). */
  latent?: number | undefined;
  /** Error of the label head: squared, unit scale (continuous), or cross-entropy in nats. */
  label?: number | undefined;
  /** γ₁, equation (2): ‖u − σ(Aᵀu)‖². */
  labelConsistency?: number | undefined;
  /** γ₂, equation (3) as λh + (c/2)h². */
  acyclicity?: number | undefined;
  /** γ₃, equation (4): ‖z − g(Aᵀz)‖². */
  consistency?: number | undefined;
}

/** Options of CausalVAE as given; what is left out is the preset's. */
export interface CausalVAEOptions extends NetworkOptionsInput, ConceptOptionsInput {
  /**
   * `'causal'` (default): latents around the labels' own means, the decoder that extrapolates, do() by
   * the labels' mechanisms. `'paper'`: the published model, A trained by the augmented Lagrangian on
   * (2) and (3), latents 4 × 4, do() in latent space through A and the mask layer. `'official'`: the
   * numbers of the released code.
   */
  preset?: CausalVAEPreset | undefined;
  /** `'none'`: without labels (CausalVAE-unsup); do() then speaks of −2 to 2 deviations of z. */
  supervision?: 'labels' | 'none' | undefined;
  /** `'graph'`: A has the concept graph's edges. `'train'`: every entry, by (2) under (3). */
  adjacency?: 'graph' | 'train' | undefined;
  /** g, the mask layer, see {@link MaskLayerName}. */
  maskLayer?: MaskLayerName | undefined;
  /** Where the noise lies: around 0 (as published) or around the labels' own means λ₁(u). */
  noise?: 'published' | 'centred' | undefined;
  /** Start of the labels' gain where the noise is centred: far above the unit noise. */
  gain?: number | undefined;
  /** Variance of a pixel value given the latents, p(x | z). */
  outputVariance?: number | undefined;
  /** Whether q(ε | x, u) learns its variance or has 1. */
  encoderVariance?: 'learned' | 'one' | undefined;
  /** Weights of the loss terms. */
  weights?: CausalVAEWeights | undefined;
}

/** Options with the preset filled in. */
interface Options extends Omit<ConceptModelOptions, 'weights'>, PresetNumbers {
  readonly preset: CausalVAEPreset;
  readonly supervision: 'labels' | 'none';
}

const { decoder, initialLogSigma, ...networks } = networkShape;
const { latentSize, ...concepts } = conceptShape;
const options = z
  .strictObject({
    ...networks,
    ...concepts,
    decoder: decoder.unwrap().optional(),
    initialLogSigma: initialLogSigma.unwrap().optional(),
    latentSize: latentSize.unwrap().optional(),
    preset: z.enum(['causal', 'paper', 'official']).default('causal'),
    supervision: z.enum(['labels', 'none']).default('labels'),
    adjacency: z.enum(['graph', 'train']).optional(),
    maskLayer: z.enum(['identity', 'mlp', 'mcsl']).optional(),
    noise: z.enum(['published', 'centred']).optional(),
    gain: z.number().positive().optional(),
    outputVariance: z.number().positive().optional(),
    encoderVariance: z.enum(['learned', 'one']).optional(),
    weights: z
      .strictObject({
        reconstruction: weight.optional(),
        noise: weight.optional(),
        latent: weight.optional(),
        label: weight.optional(),
        labelConsistency: weight.optional(),
        acyclicity: weight.optional(),
        consistency: weight.optional(),
      })
      .prefault({}),
  })
  .transform(({ weights, ...given }): Options => {
    const preset = PRESETS[given.preset];
    const set = <T extends object>(values: T): Partial<T> =>
      Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
    const own = { ...preset, ...set(given) } as Omit<Options, 'weights'>;
    const unsupervised =
      own.supervision === 'none' ? { label: 0, labelConsistency: 0, noise: 0 } : {};
    return {
      ...own,
      preset: given.preset,
      weights: { ...preset.weights, ...set(weights), ...unsupervised },
    };
  });

interface CausalVAENetworks extends Networks {
  /** λ₁, λ₂ of the published prior; or λ₁ alone, around which the noise is centred. */
  readonly prior: LabelPrior | LabelLatents;
  /** g. */
  readonly mask: MaskNetwork;
}
type Room = ConceptRoom<Options, CausalVAENetworks>;

/** λ₁(u) where the noise is centred around it. */
const centre = ({ networks: { prior } }: Room, unit: tf.Tensor2D): tf.Tensor3D | null =>
  prior instanceof LabelLatents ? prior.apply(unit) : null;

/** z₁ = (I − Aᵀ)⁻¹ε, (1); plus λ₁(u) where the noise is centred. */
function z1Of({ noise, unit }: Abducted, room: Room): tf.Tensor3D {
  const z = endogenous(room.adjacency(), noise);
  return (centre(room, unit)?.add(z) as tf.Tensor3D | undefined) ?? z;
}

/** z₂ = g(Aᵀz₁) + (I − Aᵀ)z₁; the last term is ε where the noise is not centred. */
function z2Of(z1: tf.Tensor3D, { networks: { mask }, adjacency }: Room): tf.Tensor3D {
  if (mask.isIdentity) return z1;
  const A = adjacency();
  return mask.apply(A, z1).add(exogenous(A, z1));
}

/** p(z | u). */
function priorOf(
  { networks: { prior }, options: { supervision } }: Room,
  pass: ConceptPass,
): DiagonalGaussian {
  const zero = tf.zerosLike(pass.noiseMean);
  // Centred noise is measured from λ₁(u), with λ₂ = 1; without labels the prior is N(0, I).
  if (!(prior instanceof LabelPrior) || supervision === 'none')
    return { mean: zero, logSigma: zero };
  return prior.of(pass.unit);
}

/**
 * do() as published: the target's latent is set to the mean of its prior at the value, its effects
 * follow through A and the mask layer, each carrying its own noise.
 */
function interveneInLatents(
  abducted: Abducted,
  interventions: Interventions,
  room: Room,
): tf.Tensor3D {
  const {
    networks: { mask, prior },
    options: { supervision },
    space,
  } = room;
  const A = room.adjacency();
  const z1 = z1Of(abducted, room);
  const names = space.names;
  const alone = doOperator(
    room.graph.map((row) => row.map(() => 0)),
    { names },
  );
  const set = alone.latents(abducted.unit, interventions, () => tf.scalar(0));
  const place =
    supervision === 'none'
      ? (set.mul(4).sub(2).expandDims(2).tile([1, 1, z1.shape[2]]) as tf.Tensor3D)
      : (prior as LabelPrior).of(set).mean;
  const column = (z: tf.Tensor, i: number): tf.Tensor =>
    z.slice([0, i, 0], [-1, 1, -1]).squeeze([1]);
  const targets = Object.fromEntries(
    Object.keys(interventions).map((name) => [name, column(place, names.indexOf(name))]),
  );
  const explained = mask.apply(A, z1);
  const moved = doOperator(room.graph, { names }).latents(z1, targets, (node, now) =>
    column(z1, node)
      .add(column(mask.apply(A, now), node))
      .sub(column(explained, node)),
  );
  // A target is cut off from its causes: its z₂ is its z₁.
  const cut = doOperator(
    room.graph.map((row) => row.map(() => 0)),
    { names },
  );
  return cut.latents(z2Of(moved, room), targets, () => tf.scalar(0));
}

const causalVae = recipe({
  name: 'CausalVAE',
  concepts: 'graph',
  options: options as unknown as z.ZodType<Options, CausalVAEOptions>,
  training: {
    batchSize: 32,
    learningRate: { decoder: 1.5e-2, default: 3e-3 },
    betas: [0.9, 0.98],
    schedule: 'one-cycle',
  },
  gain: ({ gain }) => gain,
  seesLabels: ({ supervision }) => supervision === 'labels',
  trainsAdjacency: ({ adjacency, noise }) => adjacency === 'train' || noise === 'published',
  freeAdjacency: ({ adjacency }) => adjacency === 'train',
  posterior: ({ mean, logSigma }, { encoderVariance }) => ({
    mean,
    logSigma: encoderVariance === 'one' ? tf.zerosLike(logSigma) : logSigma,
  }),

  networks(shapes, { latentSize: k, gain, noise, maskLayer }, rng, space) {
    const mask = new MaskNetwork(rng.split('g'), maskLayer, shapes, gain);
    const prior =
      noise === 'centred' ? new LabelLatents(rng, space!, k, gain) : new LabelPrior(rng, space!, k);
    return {
      prior,
      mask,
      parameters: () => ({ ...prefixed('mask-layer', mask.parameters()), ...prior.parameters() }),
      dispose() {
        mask.dispose();
        prior.dispose();
      },
    };
  },

  latents: (abducted, room: Room) => z2Of(z1Of(abducted, room), room),
  intervene(abducted, interventions, room: Room) {
    const published = room.options.noise === 'published';
    return published ? interveneInLatents(abducted, interventions, room) : null;
  },
  latentsFromPrior({ noise, unit }, room: Room) {
    const { prior } = room.networks;
    if (!(prior instanceof LabelPrior)) return z2Of(z1Of({ noise, unit }, room), room);
    if (room.options.supervision === 'none') return z2Of(noise, room);
    const { mean, logSigma } = prior.of(unit);
    return z2Of(mean.add(logSigma.exp().mul(noise)) as tf.Tensor3D, room);
  },

  terms(pass, room: Room) {
    const { options: given, networks, adjacency, acyclicity, edges } = room;
    const epsilon = { mean: pass.noiseMean, logSigma: pass.noiseLogSigma };
    return {
      // −E_q[log p(x | z)]
      reconstruction: () =>
        negativeLogLikelihood(pass.painted, pass.target, {
          values: pass.images.size / pass.images.shape[0],
          variance: given.outputVariance,
          mean: pass.mean,
        }),
      // α·KL(q(ε | x, u) ‖ N(0, I))
      noise: () => pass.mean(klToStandardNormal(epsilon)),
      // β·KL(q(z | x, u) ‖ p(z | u)); of free latents, whose prior is N(0, I), too
      latent: () => {
        const concepts = latentKl(adjacency(), epsilon, priorOf(room, pass), pass.mean);
        if (!pass.freePosterior) return concepts;
        return concepts.add(pass.mean(klToStandardNormal(pass.freePosterior)));
      },
      label: () => pass.labelError,
      labelConsistency: () => labelConsistency(adjacency(), pass.unit, edges, pass.mean), // (2)
      acyclicity, // (3)
      // (4)
      consistency: () => {
        const z1 = z1Of({ noise: pass.noise, unit: pass.unit }, room);
        const difference = z1.sub(networks.mask.apply(adjacency(), z1)).div(given.gain);
        return pass.mean(difference.square().reshape([z1.shape[0], -1]).sum(1));
      },
    };
  },
});

/**
 * CausalVAE (Yang et al., CVPR 2021; report §2): a variational autoencoder whose latents are a
 * structural causal model of the labelled concepts.
 *
 * q(ε | x, u) gives the noise, z₁ = (I − Aᵀ)⁻¹ε the endogenous latents, held to the conditional
 * prior p(z | u); the mask layer gives z₂ = g(Aᵀz₁) + ε, from which the picture is decoded.
 */
export class CausalVAE extends modelOf(causalVae) {}
