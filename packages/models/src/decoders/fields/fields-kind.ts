import type { Matrix } from '@causal/datasets';
import type { HostTensor } from '@causal/nn';
import type { DecoderContext, DecoderKind, DecoderPlan } from '../decoder';
import { hasDetermined } from './concept-traces';
import { FieldsDecoder, type FieldsPrepared } from './fields-decoder';
import type { FieldsOptions } from './options';
import { prepareFields } from './prepare';
import { rowWeights } from './row-weights';

/** Free latents where labels do not explain the pictures. */
const FREE_LATENTS = 16;

/** The JSON half of the plan. */
interface FieldsPlan {
  /** Share of the pictures' variance that the labels explain. */
  readonly explained: number;
  /** Which sets of concepts own how many pixels, where there are gates. */
  readonly sets: unknown;
  /** Moments of 2u − 1 for each concept. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** `fields`: one canonical picture under additive deformation fields, gates where labels explain. */
export const fieldsKind: DecoderKind<FieldsOptions> = {
  async plan({ images, labels }, graph, { imageShape }, { rng, signal, onProgress }) {
    const found = await prepareFields({
      images,
      imageShape,
      labels,
      graph,
      rng: rng.split('fields'),
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    const { explained, sets, labelStats, gates, pixelWeights } = found;
    const json: FieldsPlan = { explained, sets, ...labelStats };
    const pixels = imageShape[0] * imageShape[1];
    const tensors: Record<string, HostTensor> = {
      'pixel-weights': { dtype: 'float32', shape: [pixels], data: pixelWeights },
    };
    if (gates) {
      tensors['gates'] = { dtype: 'float32', shape: [gates.length / pixels, pixels], data: gates };
    }
    return { json, tensors };
  },

  freeLatents: (plan) => (plan.tensors['gates'] ? 0 : FREE_LATENTS),

  rows(labels, plan) {
    const scaled = standardised(labels, plan.json as FieldsPlan);
    return hasDetermined(scaled) ? null : rowWeights(scaled);
  },

  build(context, fields, plan) {
    const { imageShape, conceptCount, latentSize, freeLatents: freeSize, rng } = context;
    const prepared = preparedOf(plan, context);
    return new FieldsDecoder({
      imageShape,
      conceptCount,
      latentSize,
      freeSize,
      fields,
      prepared,
      rng,
    });
  },
};

function standardised(labels: Matrix, { mean, std }: FieldsPlan): number[][] {
  return labels.map((row) => row.map((u, i) => (2 * u - 1 - mean[i]!) / std[i]!));
}

function preparedOf(plan: DecoderPlan | null, context: DecoderContext): FieldsPrepared {
  const { conceptCount, latentSize: k } = context;
  const weights = plan?.tensors['pixel-weights']?.data;
  const gates = plan?.tensors['gates']?.data ?? null;
  const { mean, std } = (plan?.json ?? {}) as Partial<FieldsPlan>;
  if (
    !(weights instanceof Float32Array) ||
    !(gates === null || gates instanceof Float32Array) ||
    mean?.length !== conceptCount ||
    std?.length !== conceptCount
  ) {
    throw new Error(
      'The fields decoder needs its look at the data: gates, pixels to draw, labels.',
    );
  }
  // Each concept's k latents begin as the same number.
  const each = (values: readonly number[]): number[] =>
    values.flatMap((value) => Array.from({ length: k }, () => value));
  return { gates, pixelWeights: weights, labelStats: { mean: each(mean), std: each(std) } };
}
