import { graphStatusOf, type Dataset, type GeneratedDataset, type Matrix } from '@causal/datasets';
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
import * as tf from '@tensorflow/tfjs';
import { Autoencoder } from './autoencoder';
import type { ConceptAutoencoder } from './concept-autoencoder';

export interface EvaluateOptions {
  /**
   * What the latents are read from: `'image'` (default), the picture alone; `'image and labels'`, the
   * published protocol, in which the encoder is shown the true labels: scores are then high by
   * construction.
   */
  readonly from?: 'image' | 'image and labels';
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
    /** What the latents were read from; `'image'`: the labels were not shown. */
    readonly from: 'image' | 'image and labels';
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
  /** Absent where the model has no graph. */
  readonly graph?: {
    readonly learned: readonly (readonly number[])[];
    /** Distance to the data set's graph; absent where the data set knows none. */
    readonly shd?: number;
  };
}

export interface EvaluationDetail {
  readonly metrics: Evaluation;
  readonly effects?: EffectMatrix;
  readonly error?: CounterfactualError;
  /** MIC of each concept's latent against its own label. */
  readonly micByConcept: Readonly<Record<string, number>>;
}

/**
 * Judges a model on the test split. A model with concepts: MIC, TIC and MCC of the latents (from the picture alone), the
 * graph's distance to the true one, and, where the data set can render and an annotator is given,
 * do() against true counterfactuals. A model without: the same scores of the latents, each concept
 * against the latent that the best assignment gives it, and the reconstruction.
 */
export async function evaluateModel(
  model: ConceptAutoencoder | Autoencoder,
  data: Dataset,
  options: EvaluateOptions = {},
): Promise<EvaluationDetail> {
  const { annotator, count = 200, representationCount = 1000, signal, onProgress } = options;
  const { from = 'image' } = options;
  const { latents, labels } = await readLatents(model, data, representationCount, from, signal);
  const names = data.concepts.map((concept) => concept.name);
  const matched =
    model instanceof Autoencoder ? matchedColumns(latents, labels) : names.map((_, j) => j);
  const scores = names.map((_, j) => {
    const [x, y] = [column(latents, matched[j]!), column(labels, j)];
    return { mic: mic(x, y), tic: tic(x, y, { normalized: true }) };
  });
  const learned = model instanceof Autoencoder ? null : model.adjacency();
  const shared = {
    representation: {
      from,
      mic: mean(scores.map((score) => score.mic)),
      tic: mean(scores.map((score) => score.tic)),
      mcc: mcc(latents, labels),
    },
    ...(learned ? { graph: { learned, ...distanceTo(data, learned) } } : {}),
  };
  const micByConcept = Object.fromEntries(names.map((name, j) => [name, scores[j]!.mic]));
  const progress = onProgress
    ? {
        onProgress: ({ done, total }: { done: number; total: number }) => onProgress(done, total),
      }
    : {};
  const judged = { count, ...(signal ? { signal } : {}), ...progress };
  if (!annotator || !isGenerated(data) || model instanceof Autoencoder) {
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

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const column = (rows: Matrix, j: number): number[] => rows.map((row) => row[j]!);

/** The latent of each concept by the assignment with the highest sum of MICs, greedily. */
function matchedColumns(latents: Matrix, labels: Matrix): number[] {
  const concepts = labels[0]!.length;
  const pairs = latents[0]!.flatMap((_, l) =>
    Array.from({ length: concepts }, (__, j) => ({
      l,
      j,
      score: mic(column(latents, l), column(labels, j)),
    })),
  );
  pairs.sort((a, b) => b.score - a.score);
  const taken = new Map<number, number>();
  for (const { l, j } of pairs) {
    if (!taken.has(j) && ![...taken.values()].includes(l)) taken.set(j, l);
  }
  return Array.from({ length: concepts }, (_, j) => taken.get(j) ?? 0);
}

/** Each concept's k latents averaged to one number (CausalVAE's protocol), and the true labels. */
async function readLatents(
  model: ConceptAutoencoder | Autoencoder,
  data: Dataset,
  count: number,
  from: 'image' | 'image and labels',
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
    const values = tf.tidy(() => {
      if (model instanceof Autoencoder) return model.encode(batch.images).latents;
      const told = from === 'image' ? undefined : batch.labels;
      return model.encode(batch.images, told).latents.mean(2) as tf.Tensor2D;
    });
    latents.push(...(await values.array()));
    tf.dispose([values, batch.images, batch.labels]);
  }
  return { latents, labels: all.slice(0, rows).map((row) => [...row]) };
}

/** A distance only where there is something to be distant from. */
function distanceTo(data: Dataset, learned: Matrix): { shd?: number } {
  return graphStatusOf(data) === 'unknown' ? {} : { shd: shd(learned, data.graph) };
}

/** Whether true counterfactuals can be drawn. */
function isGenerated(data: Dataset): data is GeneratedDataset {
  return data.render !== undefined && data.counterfactual !== undefined;
}
