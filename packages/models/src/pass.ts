import type { Batch } from '@causal/datasets';
import type { Prior } from '@causal/divergences';
import type { LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import type { ConceptSpace } from './concepts/concept-space';
import type { LabelHead } from './concepts/label-head';
import type { Decoder, PaintedSample } from './decoders/decoder';
import type { CodePosterior, ImageEncoder } from './encoders/image-encoder';
import type { Shapes } from './recipe';

/** One batch on its way through a model, each quantity computed once. */
export interface Pass {
  readonly images: tf.Tensor4D;
  /** q(code | x[, u]), each [n, code]. */
  readonly posterior: CodePosterior;
  /** The code that is decoded [n, code]: a draw of the posterior, or its mean. */
  readonly code: tf.Tensor2D;
  /** As many draws of the prior [n, code]. */
  readonly prior: tf.Tensor2D;
  /** What was painted and what should have been [n, pixels, channels]. */
  readonly painted: tf.Tensor3D;
  readonly target: tf.Tensor3D;
  readonly context: LossContext;
  /** Mean over rows of [n, …], each row counting by its weight. */
  mean(perRow: tf.Tensor): tf.Scalar;
}

/** The same where there are concepts. */
export interface ConceptPass extends Pass {
  /** Unit labels [n, d]: those given; where one is missing, what the label head reads. */
  readonly unit: tf.Tensor2D;
  /** What networks see of them, side by side [n, features]. */
  readonly labels: tf.Tensor2D;
  /** Mean error of the label head over the labels that are there. */
  readonly labelError: tf.Scalar;
  /** ε [n, d, k], and the posterior's moments in the same shape. */
  readonly noise: tf.Tensor3D;
  readonly noiseMean: tf.Tensor3D;
  readonly noiseLogSigma: tf.Tensor3D;
  /** z₂ [n, d, k]. */
  readonly latents: tf.Tensor3D;
  /** The free columns of the posterior [n, r]; null where r = 0. */
  readonly freePosterior: CodePosterior | null;
}

/** The parts of a model that a pass runs through. */
export interface PassParts {
  readonly shapes: Shapes;
  readonly encoder: ImageEncoder;
  readonly decoder: Decoder;
  readonly prior: Prior;
  readonly stochastic: boolean;
  readonly project: (code: tf.Tensor2D) => tf.Tensor2D;
  readonly posterior: (posterior: CodePosterior) => CodePosterior;
  readonly concepts: {
    readonly space: ConceptSpace;
    readonly head: LabelHead;
    readonly gain: number;
    readonly seesLabels: boolean;
    latents(noise: tf.Tensor3D, unit: tf.Tensor2D): tf.Tensor3D;
  } | null;
}

/** Runs a batch through encoder, latents and decoder. Called inside a tape. */
export function runPass(
  parts: PassParts,
  batch: Batch,
  context: LossContext,
): Pass & {
  readonly sample: PaintedSample;
} {
  const { encoder, decoder, shapes, concepts } = parts;
  const { images } = batch;
  const n = images.shape[0];
  const { training, rng } = context;
  const mean = weightedMean(batch.weights);
  const features = encoder.features(images, { training, rng: rng.split('encoder-dropout') });
  const told = concepts ? readLabels(concepts, encoder.labels(features), batch, mean) : null;
  const seen = told && concepts!.seesLabels ? told.labels : null;
  const posterior = parts.posterior(encoder.posterior(features, seen, images));
  const code = parts.project(drawn(posterior, parts.stochastic, context));
  const split = concepts ? splitCode(code, shapes) : { noise: null, free: code };
  const latents = concepts ? concepts.latents(split.noise!, told!.unit) : null;
  const sample = decoder.sample(
    { concepts: latents ? latents.div(concepts!.gain) : null, free: split.free },
    images,
    context,
  );
  const pass: Pass = {
    images,
    posterior,
    code,
    prior: parts.prior.sample(n, rng.split('prior')),
    painted: sample.painted,
    target: sample.target,
    context,
    mean,
  };
  if (!concepts) return { ...pass, sample };
  const moments = {
    mean: splitCode(posterior.mean, shapes),
    logSigma: splitCode(posterior.logSigma, shapes),
  };
  const whole: ConceptPass = {
    ...pass,
    ...told!,
    noise: split.noise!,
    noiseMean: moments.mean.noise,
    noiseLogSigma: moments.logSigma.noise,
    latents: latents!,
    freePosterior: moments.mean.free && {
      mean: moments.mean.free,
      logSigma: moments.logSigma.free!,
    },
  };
  return { ...whole, sample };
}

/** The noise of the concepts [n, d, k] and the free latents [n, r] of a code [n, d·k + r]. */
export function splitCode(
  code: tf.Tensor2D,
  { conceptCount: d, latentSize: k, freeLatents: r }: Shapes,
): { readonly noise: tf.Tensor3D; readonly free: tf.Tensor2D | null } {
  if (r === 0) return { noise: code.reshape([-1, d, k]), free: null };
  const [noise, free] = tf.split(code, [d * k, r], 1) as [tf.Tensor2D, tf.Tensor2D];
  return { noise: noise.reshape([-1, d, k]), free };
}

/** The stochastic encoder's draw: mean + σ·N(0, I). */
function drawn(
  { mean, logSigma }: CodePosterior,
  stochastic: boolean,
  { rng }: LossContext,
): tf.Tensor2D {
  if (!stochastic) return mean;
  const normals = tf.tensor2d(rng.split('noise').normals(mean.size), mean.shape);
  return mean.add(logSigma.exp().mul(normals)) as tf.Tensor2D;
}

function readLabels(
  { space, head }: NonNullable<PassParts['concepts']>,
  outputs: tf.Tensor2D,
  { labels }: Batch,
  mean: Pass['mean'],
): Pick<ConceptPass, 'unit' | 'labels' | 'labelError'> {
  const given = space.toUnitTensor(labels);
  const missing = given.isNaN();
  const unit = tf.where(missing, head.read(outputs), given) as tf.Tensor2D;
  const errors = head.errors(outputs, given);
  // Mean over the labels that are there, not over all, each by the weight of its row.
  const present = mean(tf.sub(1, missing.cast('float32'))).maximum(1e-12);
  return { unit, labels: space.flat(unit), labelError: mean(errors).div(present) };
}

/** A mean over rows in which row i counts weights[i] ÷ their mean. */
function weightedMean(weights: tf.Tensor1D | undefined): Pass['mean'] {
  if (!weights) return (perRow) => perRow.mean() as tf.Scalar;
  const share = weights.div(weights.sum().maximum(1e-12));
  return (perRow) => {
    const rows = perRow.rank > 1 ? perRow.reshape([perRow.shape[0]!, -1]).mean(1) : perRow;
    return rows.mul(share).sum() as tf.Scalar;
  };
}
