import * as tf from '@tensorflow/tfjs';
import { shuffledBatches } from './batches';
import type { Concept, GeneratedDataset, Matrix, Split } from './dataset';
import { checkLabels, type Mechanism, propagate } from './mechanism';

/** What a drawn data set consists of; `createGenerated` makes the rest from it. */
export interface World {
  readonly name: string;
  /** In causal order. */
  readonly concepts: readonly Concept[];
  readonly graph: Matrix;
  readonly mechanisms: readonly (Mechanism | undefined)[];
  readonly imageShape: readonly [number, number, number];
  /** Paints labels as bytes at `offset` of `out`. */
  draw(labels: readonly number[], out: Uint8Array, offset: number): void;
}

/** One split's rows. */
export interface Rows {
  /** What is drawn. */
  readonly exact: Matrix;
  /** What a reader is told: `exact`, or measurements of it. */
  readonly told: Matrix;
}

/** 0 … 255 as float32 in [0, 1]. */
const UNIT = Float32Array.from({ length: 256 }, (_, i) => i / 255);

/** @param cacheBytes Most memory that drawn pictures may take (one byte a value). */
export function createGenerated(
  world: World,
  rows: Readonly<Record<Split, Rows>>,
  cacheBytes: number,
): GeneratedDataset {
  const { concepts, graph, imageShape } = world;
  const [height, width, channels] = imageShape;
  const length = height * width * channels;
  const scratch = new Uint8Array(length);
  const cache: Record<Split, (Uint8Array | undefined)[]> = { train: [], validation: [], test: [] };
  let room = cacheBytes;

  const rowsOf = (split: Split): Rows => {
    const found = rows[split];
    if (!found) throw new RangeError(`${world.name}: there is no split '${split}'.`);
    return found;
  };
  const picture = (split: Split, row: number): Uint8Array => {
    const kept = cache[split][row];
    if (kept) return kept;
    const { exact } = rowsOf(split);
    const keep = room >= length;
    const bytes = keep ? new Uint8Array(length) : scratch;
    world.draw(exact[row]!, bytes, 0);
    if (keep) {
      cache[split][row] = bytes;
      room -= length;
    }
    return bytes;
  };

  const batch: GeneratedDataset['batch'] = (split, wanted) => {
    const { told } = rowsOf(split);
    const count = wanted.length;
    const images = new Float32Array(count * length);
    const labels = new Float32Array(count * concepts.length);
    for (let k = 0; k < count; k++) {
      const row = wanted[k]!;
      if (!Number.isInteger(row) || row < 0 || row >= told.length) {
        throw new RangeError(
          `${world.name}: there is no row ${row} in '${split}', which has ${told.length} rows.`,
        );
      }
      toUnit(picture(split, row), images, k * length);
      labels.set(told[row]!, k * concepts.length);
    }
    return {
      images: tf.tensor4d(images, [count, height, width, channels]),
      labels: tf.tensor2d(labels, [count, concepts.length]),
    };
  };

  return {
    name: world.name,
    concepts,
    graph,
    imageShape,
    size: (split) => rowsOf(split).told.length,
    labels: (split) => rowsOf(split).told,
    batch,
    batches: (split, options) =>
      shuffledBatches(split, rowsOf(split).told.length, options, (r) => batch(split, r)),
    render(labels) {
      const images = new Float32Array(labels.length * length);
      labels.forEach((row, k) => {
        checkLabels(`${world.name}.render`, concepts, row, k);
        world.draw(row, scratch, 0);
        toUnit(scratch, images, k * length);
      });
      return tf.tensor4d(images, [labels.length, height, width, channels]);
    },
    counterfactual: (labels, interventions) =>
      propagate(concepts, graph, world.mechanisms, labels, interventions),
  };
}

function toUnit(bytes: Uint8Array, out: Float32Array, offset: number): void {
  for (let i = 0; i < bytes.length; i++) out[offset + i] = UNIT[bytes[i]!]!;
}
