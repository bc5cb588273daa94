import type { Dataset, Matrix } from '@causal/datasets';
import { checkKeys, checkNumber, nearestName } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import {
  imageFeatures,
  initialParameters,
  networkShapes,
} from '../interventions/annotator-network';
import { judgedRows } from '../interventions/dataset-oracle';
import { OrthogonalOptimizer } from '../interventions/orthogonal-optimizer';
import { schedule } from '../interventions/train-annotator';
import { headOutputs, headShapes, Readers, type ReadersDescription } from './readers';
import { scoresOf } from './reader-scores';

export interface TrainReadersOptions {
  /** Optimisation steps. Default 2,000. */
  readonly steps?: number;
  /** Training pictures per step. Default 64. */
  readonly batchSize?: number;
  /** Highest learning rate of the schedule (warm-up, then cosine to zero). Default .02. */
  readonly learningRate?: number;
  /** Pictures of `'test'` that the scores are measured on, evenly spread. Default 2,000. */
  readonly heldOut?: number;
  /**
   * By concept, concepts whose labels its reader sees beside the picture. Default: a concept's effects
   * in the data set's graph, as the benchmark's reader of thickness sees intensity.
   */
  readonly sees?: Readonly<Record<string, readonly string[]>>;
  /** Everything random. Default seed 0. */
  readonly rng?: Rng;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly step: number;
    readonly steps: number;
    readonly loss: number;
  }) => void;
}

const KEYS = [
  'steps', 'batchSize', 'learningRate', 'heldOut', 'sees', 'rng', 'seed', 'signal', 'onProgress',
]; // prettier-ignore
const REPORT_EVERY = 25;
const FEATURES = 128;

/**
 * Trains the readers of {@link effectiveness} on a data set's own training pictures: a regressor of
 * each continuous concept (squared error), a classifier of each other one (cross-entropy), on the
 * annotator's convolutions, together. How well they read is measured on test pictures.
 *
 * @returns Readers whose weights the caller disposes.
 * @throws OptionsError and RangeError for wrong options; Error if the loss is no number.
 */
export async function trainReaders(
  data: Dataset,
  options: TrainReadersOptions = {},
): Promise<Readers> {
  const caller = 'trainReaders';
  checkKeys(options, KEYS, caller);
  const { steps = 2000, batchSize = 64, learningRate = 0.02, heldOut = 2000 } = options;
  const { rng = createRng(options.seed ?? 0), signal, onProgress } = options;
  for (const [name, value] of Object.entries({ steps, batchSize, heldOut })) {
    checkNumber(value, name, caller, { least: 1, integer: true });
  }
  checkNumber(learningRate, 'learningRate', caller, { above: 0 });
  const size = data.size('train');
  if (size === 0) throw new RangeError(`${caller}: the training split of '${data.name}' is empty.`);
  const tested = judgedRows(caller, data, { split: 'test', count: heldOut, chunkSize: 1 });
  const description: ReadersDescription = {
    dataset: data.name,
    concepts: data.concepts,
    imageShape: data.imageShape,
    ...standardisation(data.labels('train')),
    sees: seenBy(caller, data, options.sees),
  };
  const parameters = initialParameters(shapesOf(description), rng.split('weights'));
  const optimizer = optimizerOf(parameters);
  const draws = rng.split('examples');
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rows = Array.from({ length: batchSize }, () => draws.int(size));
      const labels = rows.map((row) => data.labels('train')[row]!);
      const batch = await data.batch('train', rows);
      const loss = tf.tidy(() =>
        optimizer.minimize(
          () => lossOf(parameters, description, batch.images, labels),
          learningRate * schedule(step / steps),
        ),
      );
      tf.dispose(Object.values(batch) as tf.Tensor[]);
      if (step % REPORT_EVERY === 0 || step === steps - 1) {
        const value = (await loss.data())[0]!;
        if (!Number.isFinite(value)) {
          throw new Error(`${caller}: the loss is ${value} at step ${step}; lower learningRate.`);
        }
        onProgress?.({ step: step + 1, steps, loss: value });
        await tf.nextFrame();
      }
      loss.dispose();
    }
    const unjudged = new Readers(description, {}, parameters);
    return new Readers(description, await scoresOf(unjudged, data, tested), parameters);
  } catch (error) {
    tf.dispose(parameters);
    throw error;
  } finally {
    optimizer.dispose();
  }
}

function shapesOf(description: ReadersDescription): Record<string, number[]> {
  const shapes = Object.entries(networkShapes(description.imageShape, 1));
  const trunk = shapes.filter(([name]) => !name.startsWith('labels.'));
  return { ...Object.fromEntries(trunk), ...headShapes(description, FEATURES) };
}

function optimizerOf(parameters: Readonly<Record<string, tf.Variable>>): OrthogonalOptimizer {
  const hidden = (name: string): boolean =>
    name.endsWith('.kernel') && !name.endsWith('out.kernel');
  const pick = (which: boolean): tf.Variable[] =>
    Object.entries(parameters).flatMap(([name, value]) => (hidden(name) === which ? [value] : []));
  return new OrthogonalOptimizer(pick(true), pick(false));
}

/** Mean over concepts of squared error (standardised) or cross-entropy. */
function lossOf(
  parameters: Readonly<Record<string, tf.Tensor>>,
  description: ReadersDescription,
  images: tf.Tensor4D,
  labels: Matrix,
): tf.Scalar {
  const { concepts, mean, scale } = description;
  const outputs = headOutputs(parameters, description, imageFeatures(parameters, images), labels);
  const losses = outputs.map((out, c) => {
    if (concepts[c]!.kind === 'continuous') {
      const target = tf.tensor2d(labels.map((row) => [(row[c]! - mean[c]!) / scale[c]!]));
      return out.sub(target).square().mean();
    }
    const numbers = labels.map((row) => row[c]! - concepts[c]!.range[0]);
    const target = tf.oneHot(tf.tensor1d(numbers, 'int32'), out.shape[1]);
    return tf.logSoftmax(out).mul(target).sum().neg().div(labels.length);
  });
  return tf.addN(losses).div(losses.length);
}

function standardisation(rows: Matrix): { readonly mean: number[]; readonly scale: number[] } {
  const mean = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length);
  const scale = mean.map(
    (m, j) => Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - m) ** 2, 0) / rows.length) || 1,
  );
  return { mean, scale };
}

function seenBy(
  caller: string,
  data: Dataset,
  asked: TrainReadersOptions['sees'],
): readonly (readonly number[])[] {
  const names = data.concepts.map(({ name }) => name);
  const indexOf = (name: string): number => {
    const index = names.indexOf(name);
    if (index >= 0) return index;
    const near = nearestName(name, names);
    throw new RangeError(
      `${caller}: \`sees\` names '${name}'; the concepts are ${names.join(', ')}.` +
        (near ? ` Did you mean '${near}'?` : ''),
    );
  };
  if (!asked) {
    return names.map((_, i) => names.flatMap((__, j) => (data.graph[i]![j] ? [j] : [])));
  }
  Object.keys(asked).forEach(indexOf);
  return names.map((name) => {
    const seen = (asked[name] ?? []).map(indexOf);
    if (!seen.includes(names.indexOf(name))) return seen;
    throw new RangeError(`${caller}: the reader of ${name} must not see ${name} itself.`);
  });
}
