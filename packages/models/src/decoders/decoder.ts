import type { HostTensor, Part } from '@causal/nn';
import type { Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';
import type { LossContext } from '@causal/training';
import type * as tf from '@tensorflow/tfjs';

/** What a decoder paints from. */
export interface DecoderInput {
  /** z₂ ÷ gain [n, d, k]: about −1 to 1; null where the model has no concepts. */
  readonly concepts: tf.Tensor3D | null;
  /** Latents of no concept [n, r]; null where there are none. */
  readonly free: tf.Tensor2D | null;
}

/** A part of each picture of a batch, as painted and as it should be: both [n, pixels, channels]. */
export interface PaintedSample {
  readonly painted: tf.Tensor3D;
  readonly target: tf.Tensor3D;
  /** What the decoder itself adds to the loss, weighed. */
  readonly penalty?: tf.Scalar;
}

/** g₃: latents to pictures. */
export interface Decoder extends Part {
  /** Latents to pictures [n, height, width, channels] in [0, 1]. Memory is bounded by the caller. */
  decode(input: DecoderInput): tf.Tensor4D;
  /**
   * What the reconstruction loss looks at: decoders that paint pixel by pixel draw a sample of
   * pixels, others give the whole picture. Called inside a gradient tape.
   */
  sample(input: DecoderInput, images: tf.Tensor4D, context: LossContext): PaintedSample;
  /** Outside the tape, after a step of the optimiser. */
  afterStep?(): void | Promise<void>;
  /** Which concept may touch which pixel [d, height, width], 0 to 1, where the decoder knows. */
  gates?(): tf.Tensor3D;
}

/** What a decoder is told when it is made. */
export interface DecoderContext {
  readonly imageShape: readonly [number, number, number];
  /** Concepts d (0: none), latents of each k, and free ones r. */
  readonly conceptCount: number;
  readonly latentSize: number;
  readonly freeLatents: number;
  readonly rng: Rng;
}

/** What was found about the pictures before training, as it is saved with the model. */
export interface DecoderPlan {
  readonly json: unknown;
  readonly tensors: Readonly<Record<string, HostTensor>>;
}

/** Labelled training pictures for a look before training. */
export interface Examples {
  /** Pictures [n, height, width, channels], flat, in [0, 1]. */
  readonly images: Float32Array;
  /** Unit labels [n, d]. */
  readonly labels: Matrix;
}

interface PlanHooks {
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: number) => void;
}

/** How often rows of the training split are drawn, relative to one another. */
export type RowWeights = Float32Array | null;

/** A kind of decoder: how it looks at the data beforehand, and how it is made. */
export interface DecoderKind<O = unknown> {
  /** Looks at labelled pictures before training; what it returns is saved. */
  plan?(
    examples: Examples,
    graph: Matrix,
    context: Omit<DecoderContext, 'rng'>,
    hooks: PlanHooks,
  ): DecoderPlan | Promise<DecoderPlan>;
  /**
   * How often each row should be drawn in training; null where all alike.
   * @param labels Unit labels [n, d] without missing ones. @param plan As {@link plan} gave it.
   */
  rows?(labels: Matrix, plan: DecoderPlan): RowWeights;
  /** Free latents that the plan asks for, where the user leaves their number open. */
  freeLatents?(plan: DecoderPlan): number;
  /** @throws Error where a plan is needed and missing or not of this decoder. */
  build(context: DecoderContext, options: O, plan: DecoderPlan | null): Decoder;
}
