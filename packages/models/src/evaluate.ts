import type { Dataset, GeneratedDataset } from '@causal/datasets';
import { shd } from '@causal/graph';
import {
  judgeInterventions,
  mcc,
  mic,
  reconstructionError,
  tic,
  type Annotator,
  type CounterfactualError,
  type EffectMatrix,
} from '@causal/metrics';
import type * as tf from '@tensorflow/tfjs';
import type { ConceptAutoencoder } from './concept-autoencoder';

export interface EvaluateOptions {
  /** Reads labels off pictures; without it, interventions are not judged. */
  readonly annotator?: Annotator;
  /** Test pictures for the interventions. Default 200. */
  readonly count?: number;
  /** Test pictures for the representation. Default 1000. */
  readonly representationCount?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** How good a model is, in the shape of metrics.json; fractions of 1. */
export interface Evaluation {
  readonly representation: {
    /** `'image'`: from the picture alone; the labels were not shown. */
    readonly from: 'image';
    readonly mic: number;
    readonly tic: number;
    readonly mcc: number;
  };
  readonly interventions?: {
    readonly own: Readonly<Record<string, number>>;
    readonly leak: number;
    readonly descendantsError: number;
    readonly annotatorR2: number;
  };
  readonly reconstruction: { readonly mae: number };
  readonly counterfactual?: {
    readonly mae: number;
    /** `mae` over the reconstruction's: near 1, do() costs nothing beyond the drawing itself. */
    readonly ratio: number;
    readonly changedRegion: number;
  };
  readonly graph: { readonly learned: readonly (readonly number[])[]; readonly shd: number };
}

export interface EvaluationDetail {
  readonly metrics: Evaluation;
  readonly effects?: EffectMatrix;
  readonly error?: CounterfactualError;
  /** MIC of each concept's latent against its own label. */
  readonly micByConcept: Readonly<Record<string, number>>;
}

/**
 * Judges a model on the test split: MIC, TIC and MCC of the latents (from the picture alone), the
 * graph's distance to the true one, and, where the data set can render and an annotator is given,
 * do() against true counterfactuals.
 */
export async function evaluateModel(
  model: ConceptAutoencoder,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<EvaluationDetail> {
  const { annotator, count = 200, representationCount = 1000, signal, onProgress } = options;
  const { latents, labels } = await readLatents(model, data, representationCount, signal);
  const names = data.concepts.map((concept) => concept.name);
  const column = (rows: readonly (readonly number[])[], j: number): number[] =>
    rows.map((row) => row[j]!);
  const scores = names.map((_, j) => {
    const [x, y] = [column(latents, j), column(labels, j)];
    return { mic: mic(x, y), tic: tic(x, y, { normalized: true }) };
  });
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const learned = model.adjacency();
  const shared = {
    representation: {
      from: 'image' as const,
      mic: mean(scores.map((score) => score.mic)),
      tic: mean(scores.map((score) => score.tic)),
      mcc: mcc(latents, labels),
    },
    graph: { learned, shd: shd(learned, data.graph) },
  };
  const micByConcept = Object.fromEntries(names.map((name, j) => [name, scores[j]!.mic]));
  const progress = onProgress
    ? {
        onProgress: ({ done, total }: { done: number; total: number }) => onProgress(done, total),
      }
    : {};
  const judged = { count, ...(signal ? { signal } : {}), ...progress };
  if (!annotator || !isGenerated(data)) {
    const { mae } = await reconstructionError(model, data, { count });
    return { metrics: { ...shared, reconstruction: { mae } }, micByConcept };
  }
  const { effects, error } = await judgeInterventions(model, data, annotator, judged);
  return {
    metrics: {
      ...shared,
      interventions: {
        own: effects.own,
        leak: effects.leak,
        descendantsError: effects.descendantsError,
        annotatorR2: effects.annotatorR2!,
      },
      reconstruction: { mae: error.reconstructionMae! },
      counterfactual: { mae: error.mae, ratio: error.ratio!, changedRegion: error.changedRegion },
    },
    effects,
    error,
    micByConcept,
  };
}

/** Each concept's k latents averaged to one number (CausalVAE's protocol), and the true labels. */
async function readLatents(
  model: ConceptAutoencoder,
  data: Dataset,
  count: number,
  signal: AbortSignal | undefined,
): Promise<{ latents: number[][]; labels: number[][] }> {
  const rows = Math.min(count, data.size('test'));
  const all = data.labels('test');
  const chunk = 128;
  const latents: number[][] = [];
  for (let at = 0; at < rows; at += chunk) {
    signal?.throwIfAborted();
    const part = Array.from({ length: Math.min(chunk, rows - at) }, (_, i) => at + i);
    const batch = await data.batch('test', part);
    const encoding = model.encode(batch.images);
    const mean = encoding.latents.mean(2) as tf.Tensor2D;
    latents.push(...(await mean.array()));
    for (const t of [mean, ...Object.values(encoding), batch.images, batch.labels]) t.dispose();
  }
  return { latents, labels: all.slice(0, rows).map((row) => [...row]) };
}

/** Whether true counterfactuals can be drawn. */
function isGenerated(data: Dataset): data is GeneratedDataset {
  return data.render !== undefined && data.counterfactual !== undefined;
}
