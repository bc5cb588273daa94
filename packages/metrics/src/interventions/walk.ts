import type { Dataset, LookOf, Matrix, Split } from '@causal/datasets';
import { checkChoice, checkKeys, checkNumbers, show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { column, judgedRows, type Oracle, quantile, requireOracle } from './dataset-oracle';

/** Which images are judged, and under which interventions. */
export interface JudgeOptions {
  /** Split that the images come from. Default `'test'`. */
  readonly split?: Split;
  /** How many of its images, evenly spread. Default 500. */
  readonly count?: number;
  /** Lower and upper quantile of a concept's labels that do() sets it to. Default [.05, .95]. */
  readonly quantiles?: readonly [number, number];
  /** Images in one call of the model. Default 64. */
  readonly chunkSize?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** One chunk of images before any intervention. */
export interface Chunk {
  readonly images: tf.Tensor4D;
  readonly labels: Matrix;
  /** Where the images come from: true counterfactual renders keep their look. */
  readonly like: LookOf;
}

/** What came of one intervention on one chunk. */
export interface Outcome extends Chunk {
  /** Index of the concept, and 0 for the low value or 1 for the high one. */
  readonly concept: number;
  readonly level: 0 | 1;
  /** What the model made. */
  readonly produced: tf.Tensor4D;
  /** What the mechanism and the renderer make. */
  readonly truth: tf.Tensor4D;
  readonly trueLabels: Matrix;
}

/** Collects from a walk; tensors passed in are disposed by the walk. */
export interface Visitor {
  chunk?(chunk: Chunk, model: CounterfactualModel): Promise<void>;
  outcome(outcome: Outcome): Promise<void>;
}

/** The low and the high value that do() sets each concept to. */
type InterventionValues = readonly (readonly [number, number])[];

/**
 * Values for do(): quantiles of the judged split's labels, or the ends of the range for concepts
 * that are not continuous.
 */
export function interventionValues(
  data: Dataset,
  { split = 'test', quantiles = [0.05, 0.95] }: JudgeOptions,
): InterventionValues {
  const [low, high] = quantiles;
  if (!(low >= 0 && low < high && high <= 1)) {
    throw new RangeError(`quantiles must be 0 ≤ low < high ≤ 1, got [${quantiles.join(', ')}].`);
  }
  const labels = data.labels(split);
  return data.concepts.map(({ kind, range }, i) => {
    if (kind !== 'continuous') return [range[0], range[1]];
    const values = column(labels, i);
    return [quantile(values, low), quantile(values, high)];
  });
}

/**
 * Puts every concept of the images to its low and its high value through the model and through the
 * true mechanism, chunk by chunk, and shows both to the visitors.
 */
export async function walkInterventions(
  caller: string,
  model: CounterfactualModel,
  data: Dataset,
  options: JudgeOptions,
  visitors: readonly Visitor[],
): Promise<void> {
  checkJudgeOptions(options, caller);
  checkModel(model, 'counterfactual', caller);
  const { split = 'test', count = 500, chunkSize = 64, signal, onProgress } = options;
  const oracle = requireOracle(caller, data);
  const rows = judgedRows(caller, data, { split, count, chunkSize });
  const values = interventionValues(data, options);
  const all = data.labels(split);
  const total = rows.length * values.length * 2;
  for (let from = 0; from < rows.length; from += chunkSize) {
    const chunkRows = rows.slice(from, from + chunkSize);
    const labels = chunkRows.map((row) => all[row]!);
    const { images, labels: labelTensor } = await data.batch(split, chunkRows);
    labelTensor.dispose();
    try {
      const chunk = { images, labels, like: { split, rows: chunkRows } };
      for (const visitor of visitors) await visitor.chunk?.(chunk, model);
      for (let concept = 0; concept < values.length; concept++) {
        for (const level of [0, 1] as const) {
          signal?.throwIfAborted();
          const value = values[concept]![level];
          await intervene(caller, model, oracle, chunk, { concept, level, value }, visitors);
        }
      }
    } finally {
      images.dispose();
    }
    const done = Math.min(rows.length, from + chunkSize) * values.length * 2;
    onProgress?.({ done, total });
  }
}

async function intervene(
  caller: string,
  model: CounterfactualModel,
  oracle: Oracle,
  chunk: Chunk,
  { concept, level, value }: { concept: number; level: 0 | 1; value: number },
  visitors: readonly Visitor[],
): Promise<void> {
  const { images, labels, like } = chunk;
  const name = oracle.concepts[concept]!.name;
  const produced = await model.counterfactual(images, { [name]: value });
  try {
    await checkImages(`${caller}: counterfactual(images, { ${name}: ${value} })`, produced, images);
    const trueLabels = oracle.counterfactual(labels, { [name]: value });
    const truth = oracle.render(trueLabels, like);
    try {
      for (const visitor of visitors) {
        await visitor.outcome({ ...chunk, concept, level, produced, truth, trueLabels });
      }
    } finally {
      truth.dispose();
    }
  } finally {
    // A model that does nothing may hand back the very images it was given.
    if (produced !== images) produced.dispose();
  }
}

/** Names of {@link JudgeOptions}. */
const JUDGE_KEYS = ['split', 'count', 'quantiles', 'chunkSize', 'signal', 'onProgress'];

/** Refuses options that are none; `others` are the caller's own. */
export function checkJudgeOptions(
  options: JudgeOptions,
  caller: string,
  others: readonly string[] = [],
): void {
  checkKeys(options, [...JUDGE_KEYS, ...others], caller);
  const { split = 'test', quantiles } = options;
  checkChoice(split, ['train', 'validation', 'test'], 'split', caller);
  if (quantiles !== undefined) checkNumbers(quantiles, 'quantiles', caller, { length: 2 });
}

/** @throws TypeError unless the model has the method. */
export function checkModel(model: object, method: string, caller: string): void {
  const has = (model as Record<string, unknown> | null | undefined)?.[method];
  if (typeof has === 'function') return;
  throw new TypeError(`${caller}: expected a model with ${method}(images, …), got ${show(model)}.`);
}

/** Largest pixel that a sloppy model of pictures in [0, 1] may draw; beyond, it draws in other units. */
const LARGEST_PIXEL = 4;

/**
 * @throws RangeError unless a model's pictures have the shape of those it was given, and units like
 * [0, 1]. Pixels that are not finite are the scores' to refuse.
 */
export async function checkImages(
  what: string,
  made: tf.Tensor4D,
  given: tf.Tensor4D,
): Promise<void> {
  if (typeof (made as Partial<tf.Tensor4D> | null | undefined)?.data !== 'function') {
    throw new TypeError(`${what}: expected a tensor of images, got ${show(made)}.`);
  }
  checkShape(what, made, given);
  if (made === given) return;
  const largest = tf.tidy(() => tf.max(tf.abs(made)));
  const [value] = await largest.data<'float32'>();
  largest.dispose();
  if (!(value! > LARGEST_PIXEL && value! < Infinity)) return;
  throw new RangeError(
    `${what}: expected pixels in [0, 1], got up to ±${value!.toPrecision(3)}; scale the model's pictures (of 0 … 255 divide by 255).`,
  );
}

function checkShape(what: string, made: tf.Tensor4D, given: tf.Tensor4D): void {
  if (made.shape.join() !== given.shape.join()) {
    throw new RangeError(
      `${what}: expected images [${given.shape.join(', ')}], got [${made.shape.join(', ')}].`,
    );
  }
}
