import type { Concept, Matrix } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import { imageFeatures } from '../interventions/annotator-network';

/** How well a concept is read off pictures that no reader has seen. */
export interface ReaderScore {
  /** Mean absolute error in native units, of continuous concepts. */
  readonly mae?: number;
  /** 1 − squared error ÷ variance, of continuous concepts. */
  readonly r2?: number;
  /** Share read right, of all other concepts. */
  readonly accuracy?: number;
}

/** Reads every concept off pictures: {@link Readers}, or anything else that can. */
export interface ConceptReaders {
  /**
   * @param images [n, h, w, c] in [0, 1].
   * @param labels What the pictures are said to show, for readers that see other concepts.
   * @returns [n, d] in native units, categories as their numbers.
   */
  read(images: tf.Tensor4D, labels: Matrix): tf.Tensor2D;
  /** By concept. */
  readonly scores?: Readonly<Record<string, ReaderScore>>;
}

/** What readers are besides their weights. */
export interface ReadersDescription {
  readonly dataset: string;
  readonly concepts: readonly Concept[];
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  /** Native label = mean + scale · number within the network, by concept. */
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  /** By concept, the concepts whose labels its reader sees beside the picture. */
  readonly sees: readonly (readonly number[])[];
}

/** Pictures in one pass. */
const CHUNK = 128;

/** A regressor of each continuous concept and a classifier of every other, on shared features. */
export class Readers implements ConceptReaders {
  /** Names the features, for results that depend on them. */
  readonly name: string;

  /** @internal Use {@link trainReaders}. */
  constructor(
    readonly description: ReadersDescription,
    readonly scores: Readonly<Record<string, ReaderScore>>,
    private readonly parameters: Readonly<Record<string, tf.Variable>>,
  ) {
    this.name = `readers of ${description.dataset}`;
  }

  read(images: tf.Tensor4D, labels: Matrix): tf.Tensor2D {
    this.#checkImages(images);
    if (labels.length !== images.shape[0]) {
      throw new RangeError(
        `Readers: expected labels of ${images.shape[0]} pictures, got ${labels.length} rows.`,
      );
    }
    const { concepts, mean, scale } = this.description;
    return this.#inChunks(images, (chunk, from) => {
      const rows = labels.slice(from, from + chunk.shape[0]);
      const features = imageFeatures(this.parameters, chunk);
      const columns = headOutputs(this.parameters, this.description, features, rows).map(
        (out, c) =>
          concepts[c]!.kind === 'continuous'
            ? out.mul(scale[c]!).add(mean[c]!)
            : out.argMax(1).toFloat().add(concepts[c]!.range[0]).reshape([-1, 1]),
      );
      return tf.concat(columns as tf.Tensor2D[], 1);
    });
  }

  /** The last features that all readers share, [n, 128]. */
  features(images: tf.Tensor4D): tf.Tensor2D {
    this.#checkImages(images);
    return this.#inChunks(images, (chunk) => imageFeatures(this.parameters, chunk));
  }

  /** Frees the weights. */
  dispose(): void {
    tf.dispose(this.parameters);
  }

  #checkImages(images: tf.Tensor4D): void {
    const { imageShape } = this.description;
    if (images.rank === 4 && imageShape.every((side, i) => images.shape[i + 1] === side)) return;
    throw new RangeError(
      `Readers: expected images [n, ${imageShape.join(', ')}], got [${images.shape.join(', ')}].`,
    );
  }

  #inChunks(
    images: tf.Tensor4D,
    read: (chunk: tf.Tensor4D, from: number) => tf.Tensor2D,
  ): tf.Tensor2D {
    return tf.tidy(() => {
      const parts: tf.Tensor2D[] = [];
      for (let from = 0; from < images.shape[0]; from += CHUNK) {
        const count = Math.min(CHUNK, images.shape[0] - from);
        parts.push(
          tf.tidy(() => read(tf.slice4d(images, [from, 0, 0, 0], [count, -1, -1, -1]), from)),
        );
      }
      return tf.concat2d(parts, 0);
    });
  }
}

const HIDDEN = 64;

/** How many numbers a concept's reader gives: 1, or one a category. */
function outputsOf({ kind, range }: Concept): number {
  return kind === 'continuous' ? 1 : Math.round(range[1] - range[0]) + 1;
}

/** Shapes of the heads' parameters by name. */
export function headShapes(
  { concepts, sees }: Pick<ReadersDescription, 'concepts' | 'sees'>,
  features: number,
): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  concepts.forEach((concept, c) => {
    shapes[`head${c}.hidden.kernel`] = [features + sees[c]!.length, HIDDEN];
    shapes[`head${c}.hidden.bias`] = [HIDDEN];
    shapes[`head${c}.out.kernel`] = [HIDDEN, outputsOf(concept)];
    shapes[`head${c}.out.bias`] = [outputsOf(concept)];
  });
  return shapes;
}

/** Each concept's standardised value [n, 1] or logits [n, categories]. Within `tf.tidy`. */
export function headOutputs(
  parameters: Readonly<Record<string, tf.Tensor>>,
  { concepts, sees, mean, scale }: ReadersDescription,
  features: tf.Tensor2D,
  labels: Matrix,
): tf.Tensor2D[] {
  return concepts.map((_, c) => {
    const seen = sees[c]!;
    const beside = (row: readonly number[]): number[] =>
      seen.map((k) => (row[k]! - mean[k]!) / scale[k]!);
    const input = seen.length
      ? tf.concat2d([features, tf.tensor2d(labels.map(beside))], 1)
      : features;
    const layer = (x: tf.Tensor2D, name: string): tf.Tensor2D =>
      tf
        .matMul(x, parameters[`head${c}.${name}.kernel`] as tf.Tensor2D)
        .add(parameters[`head${c}.${name}.bias`]!);
    const hidden = layer(input, 'hidden');
    return layer(hidden.mul(tf.sigmoid(hidden)) as tf.Tensor2D, 'out');
  });
}
