import type { Matrix } from '@causal/datasets';
import type { Prior } from '@causal/divergences';
import type { Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import type { Interventions } from '@causal/scm';
import type { Carried, FitOptions, LossContext, Loss } from '@causal/training';
import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { ConceptSpace } from './concepts/concept-space';
import type { CodePosterior } from './encoders/image-encoder';
import type { ConceptModelOptions, ModelOptions } from './options';
import type { ConceptPass, Pass } from './pass';
import type { Terms } from './terms';

/** Sizes of a model's latents. */
export interface Shapes {
  readonly imageShape: readonly [number, number, number];
  /** Concepts d (0: none), latents of each k, free latents r. */
  readonly conceptCount: number;
  readonly latentSize: number;
  readonly freeLatents: number;
  /** d·k + r: columns of the code. */
  readonly codeSize: number;
}

/** What a paper's own networks are: any object with these. */
export interface Networks {
  parameters(): Parameters;
  buffers?(): Parameters;
  dispose(): void;
}

/** What a recipe's functions are given besides their arguments. */
export interface Room<O, N> {
  readonly options: O;
  readonly networks: N;
  readonly shapes: Shapes;
}

/** The same where there are concepts. */
export interface ConceptRoom<O, N> extends Room<O, N> {
  readonly space: ConceptSpace;
  /** Non-zero [i][j] where A may differ from 0. */
  readonly edges: Matrix;
  /** The same as a tensor, uploaded once. */
  readonly mask: tf.Tensor2D;
  /** A [d, d] as it is now, 0 off the edges; [i][j] ≠ 0 means i → j. On the tape. */
  adjacency(): tf.Tensor2D;
  /** λh(A) + (c/2)h(A)², the multipliers those that A's own training ended with; on the tape. */
  acyclicity(): tf.Scalar;
  /** The acyclic graph that do() moves along. */
  readonly graph: Matrix;
}

/** A second player: tells codes from draws of the prior. */
export interface Adversary {
  parameters(): Parameters;
  /** @param carried `code` and `prior` of the model's step, both [n, codeSize]. */
  loss(carried: Carried, context: LossContext): Loss;
}

/** Defaults of fit: rates and clips by group (`decoder`, `free`: the encoder of free latents, `default`). */
export type TrainingDefaults = Pick<
  FitOptions,
  'batchSize' | 'learningRate' | 'betas' | 'schedule' | 'clipNorm' | 'weightDecay' | 'adversary'
>;

/** As a method's type, so that a model with further options is still a model (bivariance). */
type ByOptions<O> = { of(options: O): TrainingDefaults }['of'];

interface SharedRecipe<I, O extends ModelOptions, N extends Networks, P, R> {
  /** `'CausalWAE'`, as saved files say it. */
  readonly name: string;
  /** Options; their `weights` are keyed by the names of the terms. */
  readonly options: z.ZodType<O, I>;
  /** The optimiser and its schedule, where fit is not told otherwise. */
  readonly training: TrainingDefaults | ByOptions<O>;
  /** Networks beside encoder and decoder. */
  networks(shapes: Shapes, options: O, rng: Rng, space: ConceptSpace | null): N;
  /** P_Z of the code. Default N(0, I). */
  prior?(shapes: Shapes, options: O): Prior;
  /** Takes the code to where the prior lives (a sphere). Default: as it is. */
  project?(code: tf.Tensor2D, options: O): tf.Tensor2D;
  /**
   * σ of free latents, where they have an encoder of their own and are not to fade into their prior.
   * Default: the code's one encoder reads them too, and learns their σ.
   */
  freeSigma?(options: O): number | undefined;
  /** Whether the encoder draws its code in training. Default true. */
  stochastic?(options: O): boolean;
  /** Replaces the encoder's posterior (a fixed variance). Default: as it is. */
  posterior?(posterior: CodePosterior, options: O): CodePosterior;
  /** The objective, one line for each symbol of the paper. Each term is a mean over the batch. */
  terms(pass: P, room: R): Terms;
  adversary?(room: R): Adversary | null;
}

/** A model that knows no labels. */
export interface PlainRecipe<I, O extends ModelOptions, N extends Networks> extends SharedRecipe<
  I,
  O,
  N,
  Pass,
  Room<O, N>
> {
  readonly concepts: 'none';
  /** Latents: columns of the code. */
  codeSize(options: O): number;
}

/** Noise and labels of pictures, before they become latents. */
export interface Abducted {
  /** ε [n, d, k]. */
  readonly noise: tf.Tensor3D;
  /** Unit labels [n, d]. */
  readonly unit: tf.Tensor2D;
}

/** A model whose latents belong to labelled concepts. */
export interface ConceptRecipe<
  I,
  O extends ConceptModelOptions,
  N extends Networks,
> extends SharedRecipe<I, O, N, ConceptPass, ConceptRoom<O, N>> {
  /** `'labels'`: no edge between concepts; `'graph'`: a graph, learned or given. */
  readonly concepts: 'labels' | 'graph';
  /** The decoder sees z₂ ÷ gain. Default 1. */
  gain?(options: O): number;
  /** z₂ [n, d, k]: the paper's generative side. */
  latents(abducted: Abducted, room: ConceptRoom<O, N>): tf.Tensor3D;
  /** z₂ when labels have become `after` by do(). Default: the latents of the same noise there. */
  latentsAfter?(abducted: Abducted, after: tf.Tensor2D, room: ConceptRoom<O, N>): tf.Tensor3D;
  /** z₂ of new pictures, ε drawn from the prior. Default: as `latents`. */
  latentsFromPrior?(abducted: Abducted, room: ConceptRoom<O, N>): tf.Tensor3D;
  /**
   * do() in latent space, where a paper does it there: z₂ after the interventions (unit scale), or
   * null for do() by the labels' mechanisms.
   */
  intervene?(
    abducted: Abducted,
    interventions: Interventions,
    room: ConceptRoom<O, N>,
  ): tf.Tensor3D | null;
  /** Whether the encoder of the noise sees the labels. Default true. */
  seesLabels?(options: O): boolean;
  /** Whether A is trained. Default false: it stays at the linear effects that the labels show. */
  trainsAdjacency?(options: O): boolean;
  /** Whether A may have any entry (held acyclic by a penalty) or the graph's edges only. Default false. */
  freeAdjacency?(options: O): boolean;
}

/** What the shared class knows of either kind of recipe. */
export type BaseRecipe<O extends ModelOptions, N extends Networks> = Omit<
  SharedRecipe<never, O, N, never, never>,
  'options'
> & { readonly options: z.ZodType };

/** Says that an object is a recipe, with its types inferred. */
export function recipe<I, O extends ConceptModelOptions, N extends Networks>(
  given: ConceptRecipe<I, O, N>,
): ConceptRecipe<I, O, N>;
export function recipe<I, O extends ModelOptions, N extends Networks>(
  given: PlainRecipe<I, O, N>,
): PlainRecipe<I, O, N>;
export function recipe(given: unknown): unknown {
  return given;
}

/** Networks of a recipe that has none of its own. */
export const noNetworks: Networks = { parameters: () => ({}), dispose: () => {} };
