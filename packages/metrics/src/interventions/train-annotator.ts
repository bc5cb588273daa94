import type { Dataset, GeneratedDataset, Matrix } from '@causal/datasets';
import { checkKeys, checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { Annotator, type AnnotatorDescription } from './annotator';
import {
  imageFeatures,
  initialParameters,
  networkShapes,
  standardLabels,
} from './annotator-network';
import { checkData } from './dataset-oracle';
import { type LabelDraws, marginalDraws, mixedDraws, uniformDraws } from './label-draws';
import { OrthogonalOptimizer } from './orthogonal-optimizer';

export interface TrainAnnotatorOptions {
  /** Optimisation steps. Default 1,600. */
  readonly steps?: number;
  /** Fresh renders per step. Default 32. */
  readonly batchSize?: number;
  /** Highest learning rate of the schedule (warm-up, then cosine to zero). Default .02. */
  readonly learningRate?: number;
  /**
   * Renders that R² is measured on. Default 3,000: nearly all of pendulum's error is in the few
   * shadows that no picture shows, so that of 1,000 its R² would vary by .0013 from draw to draw.
   */
  readonly heldOut?: number;
  /** Lowest R² that is accepted for any concept; −∞ accepts all. Default .99. */
  readonly minimumR2?: number;
  /** Everything random. Default seed 0. */
  readonly rng?: Rng;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    readonly step: number;
    readonly steps: number;
    /** Mean squared error of standardised labels. */
    readonly loss: number;
  }) => void;
}

const TRAIN_KEYS = [
  'steps', 'batchSize', 'learningRate', 'heldOut', 'minimumR2', 'rng', 'seed', 'signal', 'onProgress',
]; // prettier-ignore

/** Changes whenever the same options give other weights, so that kept annotators are known as old. */
export const ANNOTATOR_RECIPE = 2;

/** Steps between progress reports, which also let other work of the thread run. */
const REPORT_EVERY = 25;
const WARM_UP = 0.05;
/**
 * Share of training values drawn evenly over the range. The rest come from the marginals, because
 * evenly drawn combinations often put a thing partly outside the picture, where no reader can tell
 * its size (a third of pendulum's shadows).
 */
const UNIFORM_SHARE = 0.2;

/**
 * Trains a regressor that reads a data set's labels off images, the judge of
 * {@link effectMatrix}. It sees renders of *independent* label combinations, also impossible ones:
 * each value is drawn from the concept's own marginal (four fifths) or evenly from its range. Its R²
 * is measured on fresh renders of independent draws from the marginals.
 *
 * @param data A data set that can `render` any label combination.
 * @throws TypeError if it cannot; RangeError on bad options; Error if some R² stays below
 *   `minimumR2`, naming the concepts.
 */
export async function trainAnnotator(
  data: Dataset,
  options: TrainAnnotatorOptions = {},
): Promise<Annotator> {
  checkKeys(options, TRAIN_KEYS, 'trainAnnotator');
  const { steps = 1600, batchSize = 32, learningRate = 0.02, heldOut = 3000 } = options;
  const { minimumR2 = 0.99, seed = 0, rng: given = seed, signal, onProgress } = options;
  checkData('trainAnnotator', data);
  const rng = createRng(given);
  if (!data.render) {
    throw new TypeError(
      `trainAnnotator: '${data.name}' cannot render label combinations; an annotator needs renders ` +
        'of independent labels. Load one that was trained elsewhere with loadAnnotator.',
    );
  }
  checkOptions({ steps, batchSize, learningRate, heldOut, minimumR2 });
  const render = lookingAround(data as Dataset & Pick<GeneratedDataset, 'render'>);
  const marginal = marginalDraws(data);
  const draws = mixedDraws(uniformDraws(data), marginal, UNIFORM_SHARE);
  const { mean, scale } = standardisation(draws(4096, rng.split('scale')));
  const parameters = initialParameters(
    networkShapes(data.imageShape, data.concepts.length),
    rng.split('weights'),
  );
  const optimizer = optimizerOf(parameters);
  const examples = rng.split('examples');
  const looks = rng.split('looks');
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const labels = draws(batchSize, examples);
      const loss = tf.tidy(() => {
        const images = render(labels, looks);
        const target = tf
          .tensor2d(labels as number[][])
          .sub(tf.tensor1d(mean))
          .div(tf.tensor1d(scale));
        const error = (): tf.Scalar =>
          standardLabels(parameters, imageFeatures(parameters, images)).sub(target).square().mean();
        return optimizer.minimize(error, learningRate * schedule(step / steps));
      });
      if (step % REPORT_EVERY === 0 || step === steps - 1) {
        const value = (await loss.data())[0]!;
        if (!Number.isFinite(value)) {
          throw new Error(
            `trainAnnotator: the loss is ${value} at step ${step}; lower learningRate.`,
          );
        }
        onProgress?.({ step: step + 1, steps, loss: value });
        await tf.nextFrame();
      }
      loss.dispose();
    }
  } catch (error) {
    tf.dispose(parameters);
    throw error;
  } finally {
    optimizer.dispose();
  }

  const description = {
    dataset: data.name,
    concepts: data.concepts,
    imageShape: data.imageShape,
    mean,
    scale,
  };
  const unjudged = new Annotator({ ...description, r2: [] }, parameters);
  const r2 = heldOutR2(unjudged, render, marginal, heldOut, rng.split('held-out'));
  return accept(new Annotator({ ...description, r2 }, parameters), minimumR2);
}

function checkOptions(
  options: Required<
    Pick<TrainAnnotatorOptions, 'steps' | 'batchSize' | 'learningRate' | 'heldOut' | 'minimumR2'>
  >,
): void {
  const caller = 'trainAnnotator';
  checkNumber(options.steps, 'steps', caller, { integer: true, least: 1 });
  checkNumber(options.batchSize, 'batchSize', caller, { integer: true, least: 1 });
  checkNumber(options.heldOut, 'heldOut', caller, { integer: true, least: 2 });
  checkNumber(options.learningRate, 'learningRate', caller, { above: 0 });
  // −∞ accepts all.
  if (options.minimumR2 !== -Infinity)
    checkNumber(options.minimumR2, 'minimumR2', caller, { most: 1 });
}

function accept(annotator: Annotator, minimumR2: number): Annotator {
  const poor = Object.entries(annotator.r2).filter(([, r2]) => !(r2 >= minimumR2));
  if (poor.length === 0) return annotator;
  annotator.dispose();
  throw new Error(
    `trainAnnotator: R² on held-out renders is below ${minimumR2} for ` +
      poor.map(([name, r2]) => `${name} (${r2.toFixed(4)})`).join(', ') +
      '. Train with more steps, or lower minimumR2 and mistrust what it reads.',
  );
}

function optimizerOf(parameters: Readonly<Record<string, tf.Variable>>): OrthogonalOptimizer {
  const hidden = (name: string): boolean => name.endsWith('.kernel') && name !== 'labels.kernel';
  const pick = (which: boolean): tf.Variable[] =>
    Object.entries(parameters).flatMap(([name, value]) => (hidden(name) === which ? [value] : []));
  return new OrthogonalOptimizer(pick(true), pick(false));
}

/** @internal Linear warm-up, then cosine to zero. */
export function schedule(done: number): number {
  return done < WARM_UP
    ? (done + 1e-3) / WARM_UP
    : 0.5 * (1 + Math.cos((Math.PI * (done - WARM_UP)) / (1 - WARM_UP)));
}

function standardisation(
  rows: readonly (readonly number[])[],
): Pick<AnnotatorDescription, 'mean' | 'scale'> & { mean: number[]; scale: number[] } {
  const mean = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length);
  const scale = mean.map(
    (m, j) => Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - m) ** 2, 0) / rows.length) || 1,
  );
  return { mean, scale };
}

/** Draws labels, each row with the look (all that labels do not say) of a random training image. */
type Render = (labels: Matrix, rng: Rng) => tf.Tensor4D;

function lookingAround(data: Dataset & Pick<GeneratedDataset, 'render'>): Render {
  const size = data.size('train');
  return (labels, rng) =>
    data.render(labels, { split: 'train', rows: labels.map(() => rng.int(size)) });
}

/** R² = 1 − Σ(read − label)² / Σ(label − mean label)² per concept, on fresh renders. */
function heldOutR2(
  annotator: Annotator,
  render: Render,
  draws: LabelDraws,
  count: number,
  rng: Rng,
): number[] {
  const labels = draws(count, rng);
  const d = labels[0]!.length;
  const error = new Float64Array(d);
  const looks = rng.split('looks');
  const chunk = 128;
  for (let from = 0; from < count; from += chunk) {
    const rows = labels.slice(from, from + chunk);
    const images = render(rows, looks);
    const read = annotator.read(images);
    const values = read.dataSync();
    tf.dispose([images, read]);
    rows.forEach((row, i) => row.forEach((v, j) => (error[j]! += (values[i * d + j]! - v) ** 2)));
  }
  const { scale } = standardisation(labels);
  return scale.map((s, j) => 1 - error[j]! / (count * s * s));
}
