import type { Concept } from '@causal/datasets';
import {
  readSafetensors,
  SafetensorsError,
  toHost,
  writeSafetensors,
  type HostTensor,
} from '@causal/nn';
import * as tf from '@tensorflow/tfjs';
import { imageFeatures, makeVariable, networkShapes, standardLabels } from './annotator-network';

/** What an annotator is besides its weights. */
export interface AnnotatorDescription {
  /** Name of the data set on whose renders it was trained. */
  readonly dataset: string;
  readonly concepts: readonly Concept[];
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  /** R² per concept on held-out renders, in the concepts' order. */
  readonly r2: readonly number[];
  /** Native label = mean + scale · network output. */
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

const FORMAT = 'causal-annotator-1';
/** Most images in one pass, so that memory is bounded whatever is read. */
const CHUNK = 128;

/**
 * Reads labels off images: a convolutional regressor trained by {@link trainAnnotator} on renders of
 * independent label combinations, so that one concept is never told from another's usual company.
 */
export class Annotator {
  readonly description: AnnotatorDescription;
  readonly #parameters: Readonly<Record<string, tf.Variable>>;

  /** @internal Use {@link trainAnnotator} or {@link loadAnnotator}. */
  constructor(description: AnnotatorDescription, parameters: Record<string, tf.Variable>) {
    this.description = description;
    this.#parameters = parameters;
  }

  /** R² on held-out renders, by concept name. */
  get r2(): Readonly<Record<string, number>> {
    const { concepts, r2 } = this.description;
    return Object.fromEntries(concepts.map((concept, i) => [concept.name, r2[i]!]));
  }

  /**
   * Labels of images, in native units.
   * @param images [n, height, width, channels] in [0, 1]. Not disposed.
   * @returns [n, concepts].
   * @throws RangeError if the images have another shape than the annotator's.
   */
  read(images: tf.Tensor4D): tf.Tensor2D {
    const { mean, scale } = this.description;
    return this.#inChunks(images, (chunk) =>
      standardLabels(this.#parameters, imageFeatures(this.#parameters, chunk))
        .mul(tf.tensor1d([...scale]))
        .add(tf.tensor1d([...mean])),
    );
  }

  /**
   * The network's last hidden features [n, 128], e.g. for {@link frechetDistance}.
   * @param images [n, height, width, channels] in [0, 1]. Not disposed.
   */
  features(images: tf.Tensor4D): tf.Tensor2D {
    return this.#inChunks(images, (chunk) => imageFeatures(this.#parameters, chunk));
  }

  #inChunks(images: tf.Tensor4D, read: (chunk: tf.Tensor4D) => tf.Tensor): tf.Tensor2D {
    const { imageShape } = this.description;
    if (images.rank !== 4 || imageShape.some((side, i) => images.shape[i + 1] !== side)) {
      throw new RangeError(
        `Annotator: expected images [n, ${imageShape.join(', ')}], got [${images.shape.join(', ')}].`,
      );
    }
    return tf.tidy(() => {
      const parts: tf.Tensor2D[] = [];
      for (let from = 0; from < images.shape[0]; from += CHUNK) {
        const count = Math.min(CHUNK, images.shape[0] - from);
        parts.push(
          tf.tidy(
            () => read(tf.slice4d(images, [from, 0, 0, 0], [count, -1, -1, -1])) as tf.Tensor2D,
          ),
        );
      }
      return parts.length === 1 ? parts[0]! : tf.concat2d(parts, 0);
    });
  }

  /** The whole annotator as bytes in the safetensors format, for {@link loadAnnotator}. */
  async toBytes(): Promise<Uint8Array> {
    const weights: Record<string, HostTensor> = {};
    for (const [name, weight] of Object.entries(this.#parameters)) {
      weights[name] = await toHost(name, weight);
    }
    return writeSafetensors(weights, {
      format: FORMAT,
      description: JSON.stringify(this.description),
    });
  }

  /** Frees the weights; the annotator cannot be used afterwards. */
  dispose(): void {
    tf.dispose(this.#parameters);
  }
}

/**
 * An annotator from the bytes that {@link Annotator.toBytes} gave.
 * @throws TypeError if the bytes are something else or weights are missing.
 */
export function loadAnnotator(bytes: Uint8Array): Annotator {
  const { tensors, metadata } = readFile(bytes);
  if (metadata['format'] !== FORMAT) {
    throw new TypeError(
      `loadAnnotator: expected format '${FORMAT}', got '${metadata['format'] ?? 'none'}'.`,
    );
  }
  const description = JSON.parse(metadata['description']!) as AnnotatorDescription;
  const shapes = networkShapes(description.imageShape, description.concepts.length);
  for (const [name, shape] of Object.entries(shapes)) {
    const found = tensors[name]?.shape.join(', ') ?? 'nothing';
    if (found !== shape.join(', ')) {
      throw new TypeError(`loadAnnotator: ${name}: expected [${shape.join(', ')}], got ${found}.`);
    }
  }
  const parameters = Object.keys(shapes).map(
    (name) =>
      [name, makeVariable(tensors[name]!.data as Float32Array, tensors[name]!.shape)] as const,
  );
  return new Annotator(description, Object.fromEntries(parameters));
}

function readFile(bytes: Uint8Array): ReturnType<typeof readSafetensors> {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new TypeError(`loadAnnotator: ${error.message}`);
  }
}
