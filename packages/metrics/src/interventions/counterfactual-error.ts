import type { Dataset } from '@causal/datasets';
import { checkKeys } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { checkData, judgedRows } from './dataset-oracle';
import {
  checkImages,
  type Chunk,
  type JudgeOptions,
  type Outcome,
  type Visitor,
  walkInterventions,
} from './walk';

/** Distance between the model's counterfactual images and the true ones. */
export interface ImageError {
  /** Mean absolute error of a channel of a pixel; pictures are in [0, 1]. */
  readonly mae: number;
  /** 10·log₁₀(1 / mean squared error), in dB; Infinity where all is equal. */
  readonly psnr: number;
  /**
   * Error within the changed region: Σ|x̂ − x_cf| ÷ Σ|x_cf − x| over the pixels that the true
   * counterfactual changes by more than .05 in some channel. 0 is perfect, 1 what changing nothing
   * gives; NaN where nothing changes.
   */
  readonly changedRegion: number;
}

export interface CounterfactualError extends ImageError {
  /** The same for the interventions on each concept. */
  readonly byConcept: Readonly<Record<string, ImageError>>;
  /** Mean absolute error of `reconstruct` on the same images, where the model has it. */
  readonly reconstructionMae?: number;
  /** `mae` ÷ `reconstructionMae`: near 1, an intervention costs nothing beyond the drawing itself. */
  readonly ratio?: number;
}

/** A pixel counts as changed beyond this difference (spec: .05). */
const CHANGED = 0.05;

/**
 * Compares the model's images under do() with the true renders of the counterfactual labels, over
 * the interventions of {@link effectMatrix}.
 * @throws As {@link effectMatrix}.
 */
export async function counterfactualError(
  model: CounterfactualModel,
  data: Dataset,
  options: JudgeOptions = {},
): Promise<CounterfactualError> {
  const errors = new ErrorVisitor(data);
  await walkInterventions('counterfactualError', model, data, options, [errors]);
  return errors.result();
}

/**
 * Mean absolute error and PSNR of what the model makes of images without an intervention.
 * @throws TypeError if the model has no `reconstruct`.
 */
export async function reconstructionError(
  model: Pick<CounterfactualModel, 'reconstruct'>,
  data: Dataset,
  options: Pick<JudgeOptions, 'split' | 'count' | 'chunkSize'> = {},
): Promise<{ readonly mae: number; readonly psnr: number }> {
  checkKeys(options, ['split', 'count', 'chunkSize'], 'reconstructionError');
  const { split = 'test', count = 500, chunkSize = 64 } = options;
  if (!model?.reconstruct) {
    throw new TypeError('reconstructionError: the model has no reconstruct(images).');
  }
  const sums = new ErrorSums();
  const rows = judgedRows('reconstructionError', data, { split, count, chunkSize });
  for (let from = 0; from < rows.length; from += chunkSize) {
    const { images, labels } = await data.batch(split, rows.slice(from, from + chunkSize));
    labels.dispose();
    try {
      await addReconstruction(sums, model, images);
    } finally {
      images.dispose();
    }
  }
  const { mae, psnr } = sums.result();
  return { mae, psnr };
}

async function addReconstruction(
  sums: ErrorSums,
  model: Pick<CounterfactualModel, 'reconstruct'>,
  images: tf.Tensor4D,
): Promise<void> {
  const made = await model.reconstruct!(images);
  try {
    await checkImages('reconstruct(images)', made, images);
    sums.add(await made.data(), await images.data());
  } finally {
    if (made !== images) made.dispose();
  }
}

/** @internal Gathers image errors during a walk. */
export class ErrorVisitor implements Visitor {
  readonly #names: readonly string[];
  readonly #channels: number;
  readonly #all = new ErrorSums();
  readonly #byConcept: readonly ErrorSums[];
  readonly #reconstruction = new ErrorSums();

  constructor(data: Dataset) {
    checkData('counterfactualError', data);
    this.#names = data.concepts.map((concept) => concept.name);
    this.#channels = data.imageShape[2];
    this.#byConcept = this.#names.map(() => new ErrorSums());
  }

  async chunk({ images }: Chunk, model: CounterfactualModel): Promise<void> {
    if (model.reconstruct) await addReconstruction(this.#reconstruction, model, images);
  }

  async outcome({ images, concept, produced, truth }: Outcome): Promise<void> {
    const sums = this.#byConcept[concept]!;
    sums.add(await produced.data(), await truth.data(), await images.data(), this.#channels);
  }

  result(): CounterfactualError {
    for (const sums of this.#byConcept) this.#all.merge(sums);
    const all = this.#all.result();
    const byConcept = Object.fromEntries(
      this.#names.map((name, i) => [name, this.#byConcept[i]!.result()]),
    );
    if (this.#reconstruction.empty) return { ...all, byConcept };
    const reconstructionMae = this.#reconstruction.result().mae;
    return { ...all, byConcept, reconstructionMae, ratio: all.mae / reconstructionMae };
  }
}

/** @internal Float64 sums of pixel errors. */
export class ErrorSums {
  #count = 0;
  #absolute = 0;
  #squared = 0;
  #changedError = 0;
  #changedTotal = 0;

  get empty(): boolean {
    return this.#count === 0;
  }

  /** @param before Images before the intervention, for the changed region. */
  add(
    made: ArrayLike<number>,
    truth: ArrayLike<number>,
    before?: ArrayLike<number>,
    channels = 1,
  ): void {
    let absolute = 0;
    let squared = 0;
    for (let i = 0; i < truth.length; i++) {
      const error = made[i]! - truth[i]!;
      absolute += Math.abs(error);
      squared += error * error;
    }
    if (!Number.isFinite(squared)) {
      throw new RangeError('The model drew pixels that are not finite numbers.');
    }
    this.#count += truth.length;
    this.#absolute += absolute;
    this.#squared += squared;
    if (before) this.#addChanged(made, truth, before, channels);
  }

  #addChanged(
    made: ArrayLike<number>,
    truth: ArrayLike<number>,
    before: ArrayLike<number>,
    channels: number,
  ): void {
    for (let pixel = 0; pixel < truth.length; pixel += channels) {
      let changed = false;
      for (let i = pixel; i < pixel + channels; i++) {
        if (Math.abs(truth[i]! - before[i]!) > CHANGED) changed = true;
      }
      if (!changed) continue;
      for (let i = pixel; i < pixel + channels; i++) {
        this.#changedError += Math.abs(made[i]! - truth[i]!);
        this.#changedTotal += Math.abs(truth[i]! - before[i]!);
      }
    }
  }

  merge(other: ErrorSums): void {
    this.#count += other.#count;
    this.#absolute += other.#absolute;
    this.#squared += other.#squared;
    this.#changedError += other.#changedError;
    this.#changedTotal += other.#changedTotal;
  }

  result(): ImageError {
    return {
      mae: this.#absolute / this.#count,
      psnr: -10 * Math.log10(this.#squared / this.#count),
      changedRegion: this.#changedError / this.#changedTotal,
    };
  }
}
