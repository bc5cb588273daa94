import type { Matrix } from '@causal/datasets';
import type { PriorKnowledge } from '@causal/dag-constraints';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { PenaltyName } from './concepts/adjacency-training';
import { fieldsOptions, type FieldsOptions } from './decoders/fields/options';
import type { WarpOptions } from './decoders/warp/warp-kind';

/** Decoders by name. */
export type DecoderName = 'fields' | 'warp' | 'joint' | 'additive' | 'perConcept';

/** Scores of the graph search by name. */
export type SearchScore = 'independent-residuals' | 'mixed' | 'nearest-neighbours';

/** Networks that every model has: options as given. */
export interface NetworkOptionsInput {
  /**
   * g₃. `'fields'`: one canonical picture under additive deformation fields, one for each concept,
   * with free latents for what no label says (moving parts, faces); `'auto'`: `'warp'` where the labels
   * explain the pictures, else `'fields'`, after a look at the data; `'warp'`: pixels screened into blocks, each painted through shifted coordinates (do()
   * extrapolates); `'joint'`: one dense network on all latents; `'additive'`: one for each block of
   * concepts, added; `'perConcept'`: one for each concept, averaged (the released CausalVAE); or your
   * own tf.LayersModel from [d·latentSize + freeLatents] to the picture's shape. Default: the model's.
   */
  decoder?: 'auto' | DecoderName | tf.LayersModel | undefined;
  /** Your own tf.LayersModel from pictures to features [n, f]. Default: convolutions. */
  encoder?: tf.LayersModel | undefined;
  /** Filters of the encoder's first convolution, 1 to 512; the others have twice as many. Default 16. */
  width?: number | undefined;
  /** Convolutions of the encoder, each halving the picture, 1 to 7. Default 3. */
  depth?: number | undefined;
  /** Features that the encoder makes of a picture, 1 to 4096. Default 128. */
  features?: number | undefined;
  /** Normalisation after the encoder's convolutions; its statistics are saved. Default `'none'`. */
  normalization?: 'none' | 'batch' | 'group' | undefined;
  /** Share of features dropped in training, 0 to 0.9. Default 0. */
  dropout?: number | undefined;
  /** Units of the decoder's first hidden layer, 1 to 4096. Default 128. */
  decoderWidth?: number | undefined;
  /** Hidden layers of the decoder, 0 to 8. Default 2. */
  decoderDepth?: number | undefined;
  /** Concepts (indices) of each block of the `additive` decoder. Default: one each. */
  blocks?: readonly (readonly number[])[] | undefined;
  /** Options of the fields decoder. */
  fields?: Partial<FieldsOptions> | undefined;
  /** Options of the warp decoder. */
  warp?: Partial<WarpOptions> | undefined;
  /** Start of log σ of q(ε | x, u), −6 to 1. Default 0. */
  initialLogSigma?: number | undefined;
}

/** What a model with concepts takes besides. */
export interface ConceptOptionsInput {
  /**
   * The concept graph: `'learn'` (default; exact search on the labels), or a DAG of yours. A matrix of
   * 0 and 1 says which edges there are, and their weights are fitted to the labels; any other matrix is
   * kept as the weights A on labels scaled to [0, 1].
   */
  graph?: 'learn' | Matrix | undefined;
  /** What is known of the graph where it is learned: required and forbidden edges, tiers, roots. */
  priorKnowledge?: PriorKnowledge | undefined;
  /** Score of the graph search, see exactSearch of @causal/dag-constraints. Default: by the data. */
  score?: SearchScore | undefined;
  /** Which penalty holds A acyclic where it is trained, see @causal/dag-constraints. Default `'poly-trace'`. */
  penalty?: PenaltyName | undefined;
  /** Entries of a trained A below this are no edges once training is over, ≥ 0. Default 0.3. */
  edgeThreshold?: number | undefined;
  /** Latent dimensions of each concept, k, 1 to 64. Default: the model's. */
  latentSize?: number | undefined;
  /**
   * Latents of no concept, r, 0 to 512: what no label says. do() keeps them. `'auto'` (default): as many
   * as the decoder asks for after its look at the pictures, 0 where labels explain them.
   */
  freeLatents?: number | 'auto' | undefined;
  /** Steps of fitting the mechanisms (effects from causes) to the labels. Default 1500. */
  mechanismSteps?: number | undefined;
}

const network = z.custom<tf.LayersModel>(
  (value) => value instanceof tf.LayersModel,
  'a tf.LayersModel',
);
const DECODERS = ['fields', 'warp', 'joint', 'additive', 'perConcept'] as const;

/** The zod shape of {@link NetworkOptionsInput}; a model's own schema spreads it. */
export const networkShape = {
  decoder: z.union([z.enum(['auto', ...DECODERS]), network]).default('auto'),
  encoder: network.optional(),
  width: z.int().min(1).max(512).default(16),
  depth: z.int().min(1).max(7).default(3),
  features: z.int().min(1).max(4096).default(128),
  normalization: z.enum(['none', 'batch', 'group']).default('none'),
  dropout: z.number().min(0).max(0.9).default(0),
  decoderWidth: z.int().min(1).max(4096).optional(),
  decoderDepth: z.int().min(0).max(8).optional(),
  blocks: z
    .array(z.array(z.int().min(0)).readonly())
    .readonly()
    .optional(),
  fields: fieldsOptions.prefault({}),
  warp: z
    .strictObject({
      samplePixels: z.int().min(16).default(256),
      coordinates: z.int().min(1).default(8),
      hidden: z.int().min(1).default(48),
      octaves: z.int().min(1).max(8).default(4),
      bendShared: z.boolean().default(false),
      learnedCoordinates: z.boolean().default(false),
    })
    .prefault({}),
  initialLogSigma: z.number().min(-6).max(1).default(0),
} as const;

/** The shape of a model without concepts: decoders that paint from free latents alone. */
export const plainShape = {
  ...networkShape,
  decoder: z.union([z.literal('joint'), network]).default('joint'),
} as const;

/** Options of a model without concepts. */
export interface PlainOptionsInput extends Omit<
  NetworkOptionsInput,
  'decoder' | 'blocks' | 'fields' | 'warp'
> {
  /**
   * g₃: `'joint'` (default), one dense network; or your own tf.LayersModel from [latentSize] to the
   * picture's shape.
   */
  decoder?: 'joint' | tf.LayersModel | undefined;
}

const matrix = z.array(z.array(z.number()).readonly()).readonly();

/** The zod shape of {@link ConceptOptionsInput}. */
export const conceptShape = {
  graph: z.union([z.literal('learn'), matrix]).default('learn'),
  priorKnowledge: z
    .custom<PriorKnowledge>((value) => typeof value === 'object' && value !== null, 'an object')
    .optional(),
  score: z.enum(['independent-residuals', 'mixed', 'nearest-neighbours']).optional(),
  penalty: z
    .enum(['poly-trace', 'exp-trace', 'log-det', 'truncated-geometric', 'spectral-radius'])
    .default('poly-trace'),
  edgeThreshold: z.number().min(0).default(0.3),
  latentSize: z.int().min(1).max(64).default(1),
  freeLatents: z.union([z.int().min(0).max(512), z.literal('auto')]).default('auto'),
  mechanismSteps: z.int().min(1).default(1500),
} as const;

/** What a model whose concepts have no edges derives where others have options of the graph. */
export const withoutGraph = {
  graph: conceptShape.graph.parse(undefined),
  penalty: conceptShape.penalty.parse(undefined),
  edgeThreshold: conceptShape.edgeThreshold.parse(undefined),
} as const;

/** Weight of a loss term. */
export const weight = z.number().nonnegative();

export type NetworkOptions = z.output<z.ZodObject<typeof networkShape, z.core.$strict>>;
type ConceptOptions = z.output<z.ZodObject<typeof conceptShape, z.core.$strict>>;

/** What every recipe's options have, defaults filled in. */
export interface ModelOptions extends NetworkOptions {
  readonly weights: Readonly<Record<string, number>>;
}
/** What every recipe with concepts has. */
export interface ConceptModelOptions extends ModelOptions, ConceptOptions {}
