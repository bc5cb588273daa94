import type { Dataset, Matrix } from '@causal/datasets';
import { checkNumber } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { judgedRows } from './dataset-oracle';
import { checkReader, type LabelReader, readLabels } from './label-reader';
import {
  checkImages,
  checkJudgeOptions,
  checkModel,
  interventionValues,
  type JudgeOptions,
} from './walk';

/** How far a model is from what every counterfactual model must do; needs no true renders. */
export interface Axioms {
  /** Mean absolute pixel change under an intervention on nothing, after 1, 2, … repetitions. */
  readonly composition: readonly number[];
  /** By concept, mean |value read − value set| over the concept's range, after do(). */
  readonly effectiveness: Readonly<Record<string, number>>;
  /** By concept, mean absolute pixel change after do(value) and back to the image's own label. */
  readonly reversibility: Readonly<Record<string, number>>;
}

export interface AxiomOptions extends JudgeOptions {
  /** How often the intervention on nothing is repeated. Default 3. */
  readonly repetitions?: number;
}

/**
 * Measures composition, effectiveness and reversibility: what follows for any counterfactual model
 * from its axioms, whatever the mechanism. Lower is better in all three.
 *
 * @param model Its `counterfactual(images, {})` must be the intervention on nothing.
 * @param annotator Reads labels off images; only effectiveness needs it.
 * @param options `count` is 100 by default: going back sets each image to its own label, one call an
 *   image and concept.
 * @see Monteiro et al., "Measuring axiomatic soundness of counterfactual image models", ICLR 2023;
 *   Melistas et al., "Benchmarking counterfactual image generation", NeurIPS 2024.
 */
export async function axioms(
  model: CounterfactualModel,
  data: Dataset,
  annotator: LabelReader,
  options: AxiomOptions = {},
): Promise<Axioms> {
  checkJudgeOptions(options, 'axioms', ['repetitions']);
  const { split = 'test', count = 100, chunkSize = 64, repetitions = 3 } = options;
  const { signal, onProgress } = options;
  checkModel(model, 'counterfactual', 'axioms');
  checkNumber(repetitions, 'repetitions', 'axioms', { integer: true, least: 0 });
  checkReader('axioms', annotator, data);
  const rows = judgedRows('axioms', data, { split, count, chunkSize });
  const values = interventionValues(data, options);
  const composition = new Array<number>(repetitions).fill(0);
  const effectiveness = data.concepts.map(() => 0);
  const reversibility = data.concepts.map(() => 0);
  for (let from = 0; from < rows.length; from += chunkSize) {
    const chunk = rows.slice(from, from + chunkSize);
    const labels = chunk.map((row) => data.labels(split)[row]!);
    const batch = await data.batch(split, chunk);
    batch.labels.dispose();
    const { images } = batch;
    try {
      signal?.throwIfAborted();
      const repeated = await compose(model, images, repetitions);
      repeated.forEach((change, r) => (composition[r]! += change * chunk.length));
      for (const [i, { name, range }] of data.concepts.entries()) {
        for (const value of values[i]!) {
          signal?.throwIfAborted();
          const made = await model.counterfactual(images, { [name]: value });
          try {
            await checkImages(
              `axioms: counterfactual(images, { ${name}: ${value} })`,
              made,
              images,
            );
            const miss = await meanMiss(annotator, made, data.concepts.length, i, value);
            effectiveness[i]! += (miss / (range[1] - range[0])) * chunk.length * 0.5;
            const change = await wayBack(model, images, made, labels, i, name);
            reversibility[i]! += change * 0.5;
          } finally {
            if (made !== images) made.dispose();
          }
        }
      }
    } finally {
      images.dispose();
    }
    onProgress?.({ done: Math.min(rows.length, from + chunkSize), total: rows.length });
  }
  const perImage = (sums: readonly number[]): Record<string, number> =>
    Object.fromEntries(data.concepts.map(({ name }, i) => [name, sums[i]! / rows.length]));
  return {
    composition: composition.map((sum) => sum / rows.length),
    effectiveness: perImage(effectiveness),
    reversibility: perImage(reversibility),
  };
}

/** Mean absolute change after each repetition of do(). */
async function compose(
  model: CounterfactualModel,
  images: tf.Tensor4D,
  repetitions: number,
): Promise<number[]> {
  const changes: number[] = [];
  let current = images;
  try {
    for (let r = 0; r < repetitions; r++) {
      const next = await model.counterfactual(current, {});
      if (current !== images && next !== current) current.dispose();
      current = next;
      await checkImages('axioms: counterfactual(images, {})', next, images);
      changes.push(await meanAbsolute(next, images));
    }
  } finally {
    if (current !== images) current.dispose();
  }
  return changes;
}

/** Mean |label read − value| of one of d concepts. */
async function meanMiss(
  annotator: LabelReader,
  images: tf.Tensor4D,
  d: number,
  concept: number,
  value: number,
): Promise<number> {
  const values = await readLabels('axioms', annotator, images, d, 'the model’s images');
  const [n] = images.shape;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.abs(values[i * d + concept]! - value);
  return sum / n;
}

/** Sum over images of the change left after each is set back to its own label. */
async function wayBack(
  model: CounterfactualModel,
  images: tf.Tensor4D,
  made: tf.Tensor4D,
  labels: Matrix,
  concept: number,
  name: string,
): Promise<number> {
  let sum = 0;
  for (const [i, row] of labels.entries()) {
    const [one, own] = [images.slice([i], [1]), made.slice([i], [1])];
    const back = await model.counterfactual(own, { [name]: row[concept]! });
    sum += await meanAbsolute(back, one);
    tf.dispose([one, own, back]);
  }
  return sum;
}

async function meanAbsolute(a: tf.Tensor, b: tf.Tensor): Promise<number> {
  const difference = tf.tidy(() => a.sub(b).abs().mean());
  const [value] = await difference.data();
  difference.dispose();
  return value!;
}
