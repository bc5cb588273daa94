import { adam } from '@causal/backend';
import { createRng, type Rng } from '@causal/random';
import { oneCycle } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import {
  FieldsDecoder,
  fieldsOptions,
  PooledEncoder,
  type FieldsPreparation,
} from '@causal/models';
import type { HostRows } from './worlds';

/** What the harness trains by; spec/09's values. */
export interface Recipe {
  readonly batchSize: number;
  readonly decoderRate: number;
  readonly encoderRate: number;
  readonly weightDecay: number;
  readonly reconstruction: number;
  /** Where Charbonnier's loss turns from square to absolute. */
  readonly charbonnier: number;
  /** Weight of the squared correlation between ε and features of the labels. */
  readonly independence: number;
  readonly noise: number;
  readonly freeSize: number;
  readonly warmUp: number;
  readonly fields: Record<string, unknown>;
}

export const RECIPE: Recipe = {
  batchSize: 48,
  decoderRate: 1.2e-2,
  encoderRate: 4e-3,
  weightDecay: 1e-4,
  reconstruction: 0.3,
  charbonnier: 0.01,
  independence: 0.3,
  noise: 0.03,
  freeSize: 16,
  warmUp: 0.2,
  fields: {},
};

const PROJECTIONS = 24;

/** What it needs to know of a data set. */
interface Described {
  readonly imageShape: readonly [number, number, number];
  readonly concepts: readonly unknown[];
}

/** Decoder and encoder of free latents, trained together on true labels. */
export class Trainee {
  readonly decoder: FieldsDecoder;
  readonly encoder: PooledEncoder | null;
  readonly #recipe: Recipe;
  readonly #rows: HostRows;
  readonly #cumulative: Float64Array;
  readonly #imageShape: readonly [number, number, number];
  readonly #rng: { readonly batch: Rng; readonly pixels: Rng; readonly noise: Rng };
  readonly #projections: tf.Tensor2D;
  readonly #stats: FieldsPreparation['labelStats'];
  readonly #optimizers: {
    readonly decoder: ReturnType<typeof adam>;
    readonly encoder: ReturnType<typeof adam>;
  };

  constructor(
    data: Described,
    rows: HostRows,
    preparation: FieldsPreparation,
    seed: number,
    recipe: Recipe,
  ) {
    const { imageShape } = data;
    const rng = createRng(seed).split('fields-bench');
    const nuisance = preparation.gates === null;
    const conceptCount = data.concepts.length;
    this.#recipe = recipe;
    this.#rows = rows;
    this.#imageShape = imageShape;
    this.#stats = preparation.labelStats;
    const freeSize = nuisance ? recipe.freeSize : 0;
    this.decoder = new FieldsDecoder({
      imageShape,
      conceptCount,
      latentSize: 1,
      freeSize,
      fields: fieldsOptions.parse(recipe.fields),
      prepared: preparation,
      rng: rng.split('decoder'),
    });
    this.encoder = nuisance
      ? new PooledEncoder({ imageShape, freeSize, rng: rng.split('encoder') })
      : null;
    let sum = 0;
    this.#cumulative = Float64Array.from(preparation.rowWeights, (w) => (sum += w));
    this.#rng = {
      batch: rng.split('batch'),
      pixels: rng.split('pixels'),
      noise: rng.split('noise'),
    };
    const draws = rng.split('projections').normals(conceptCount * PROJECTIONS);
    this.#projections = tf.tidy(() => tf.tensor2d(draws, [conceptCount, PROJECTIONS]).mul(0.8));
    const common = { beta2: 0.99, weightDecay: recipe.weightDecay };
    this.#optimizers = {
      decoder: adam({ ...common, clipNorm: 1 }),
      encoder: adam({ ...common, clipNorm: 0.3 }),
    };
  }

  /** One step; the mean absolute error of the drawn pixels. */
  async step(step: number, steps: number): Promise<number> {
    const recipe = this.#recipe;
    const decoderParameters = this.decoder.parameters();
    const encoderParameters = this.encoder?.parameters() ?? {};
    const variables = [...Object.values(decoderParameters), ...Object.values(encoderParameters)];
    const { images, labels } = this.#batch();
    let mae: tf.Scalar | undefined;
    const { value, grads } = tf.tidy(() =>
      tf.variableGrads(() => {
        const concepts = labels.mul(2).sub(1).expandDims(2) as tf.Tensor3D;
        const terms: tf.Scalar[] = [];
        let free: tf.Tensor2D | null = null;
        if (this.encoder) {
          const mean = this.encoder.apply(images);
          terms.push(this.#independence(mean, concepts), this.#moments(mean));
          const noise = tf.tensor2d(this.#rng.noise.normals(mean.size), mean.shape);
          free = mean.add(noise.mul(recipe.noise)) as tf.Tensor2D;
        }
        const context = { rng: this.#rng.pixels, step, steps, training: true };
        const sample = this.decoder.sample({ concepts, free }, images, context);
        const error = sample.painted.sub(sample.target);
        mae = tf.keep(tf.tidy(() => error.abs().mean() as tf.Scalar));
        const { charbonnier: bend } = recipe;
        const loss = error
          .square()
          .add(bend ** 2)
          .sqrt()
          .sub(bend)
          .mean();
        terms.push(loss.mul(recipe.reconstruction) as tf.Scalar, sample.penalty!);
        return tf.addN(terms) as tf.Scalar;
      }, variables),
    );
    const factor = oneCycle({ warmUp: recipe.warmUp })(step, steps + 1);
    const of = (parameters: Readonly<Record<string, tf.Variable>>): Record<string, tf.Tensor> =>
      Object.fromEntries(
        Object.entries(parameters).map(([name, variable]) => [name, grads[variable.name]!]),
      );
    this.#optimizers.decoder.step(of(decoderParameters), decoderParameters, {
      learningRate: recipe.decoderRate * factor,
    });
    if (this.encoder) {
      this.#optimizers.encoder.step(of(encoderParameters), encoderParameters, {
        learningRate: recipe.encoderRate * factor,
      });
    }
    await this.decoder.afterStep();
    const result = mae!.dataSync()[0]!;
    tf.dispose([value, grads, mae, images, labels]);
    return result;
  }

  /** Labels on the unit scale and pictures to pictures. */
  render(labels: readonly (readonly number[])[], images: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const concepts = tf
        .tensor2d(labels as number[][])
        .mul(2)
        .sub(1)
        .expandDims(2) as tf.Tensor3D;
      return this.decoder.decode({ concepts, free: this.encoder?.apply(images) ?? null });
    });
  }

  #batch(): { images: tf.Tensor4D; labels: tf.Tensor2D } {
    const { batchSize } = this.#recipe;
    const { images, labels, size } = this.#rows;
    const total = this.#cumulative[this.#cumulative.length - 1]!;
    const values = new Float32Array(batchSize * size);
    const chosen = Array.from({ length: batchSize }, (_, i) => {
      const row = firstAbove(this.#cumulative, this.#rng.batch.uniform() * total);
      values.set(images.subarray(row * size, (row + 1) * size), i * size);
      return labels[row]!;
    });
    return {
      images: tf.tensor4d(values, [batchSize, ...this.#imageShape]),
      labels: tf.tensor2d(chosen),
    };
  }

  /** Mean squared correlation in the batch of ε with [û, sin, cos of projections of û]. */
  #independence(free: tf.Tensor2D, concepts: tf.Tensor3D): tf.Scalar {
    const { mean, std } = this.#stats;
    const scaled = concepts
      .squeeze([2])
      .sub(tf.tensor1d([...mean]))
      .div(tf.tensor1d([...std]));
    const waves = (scaled as tf.Tensor2D).matMul(this.#projections);
    const standard = (x: tf.Tensor): tf.Tensor => {
      const centred = x.sub(x.mean(0));
      return centred.div(centred.square().mean(0).add(1e-6).sqrt().add(1e-3));
    };
    const features = standard(tf.concat([scaled, waves.sin(), waves.cos()], 1));
    const correlation = tf.matMul(features, standard(free), true).div(free.shape[0]);
    return correlation.square().mean().mul(this.#recipe.independence) as tf.Scalar;
  }

  #moments(free: tf.Tensor2D): tf.Scalar {
    const mean = free.mean(0);
    const std = free.sub(mean).square().mean(0).add(1e-8).sqrt();
    return mean.square().mean().add(std.sub(1).square().mean()).mul(1e-3) as tf.Scalar;
  }
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
