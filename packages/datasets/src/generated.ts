import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkMatrix, checkRecord, checkRowNumbers } from './arguments';
import { shuffledBatches } from './batches';
import type { Concept, GeneratedDataset, LookOf, Matrix, Split } from './dataset';
import type { GeneratedOptions } from './generated-options';
import { checkLabels, type Mechanism, propagate } from './mechanism';
import { eachSplit, ofSplit } from './splits';
import { type Told, tell, toldOf } from './told';
import { toUnit } from './unit';

/** What a drawn data set consists of; `createGenerated` makes the rest from it. */
export interface World {
  readonly name: string;
  readonly concepts: readonly Concept[];
  readonly graph: Matrix;
  /** One for each concept; undefined for roots. */
  readonly mechanisms: readonly (Mechanism | undefined)[];
  readonly imageShape: readonly [number, number, number];
  readonly neutralLook: readonly number[];
  /** All that the labels do not say about one image, which is row `row` of a split. */
  drawLook(rng: Rng, split: Split, row: number): readonly number[];
  /** Paints labels as bytes at `offset` of `out`. */
  draw(labels: readonly number[], look: readonly number[], out: Uint8Array, offset: number): void;
}

const DEFAULT_CACHE_BYTES = 2 ** 27;

/** @param exact The labels of each split's images. */
export function createGenerated(
  world: World,
  exact: Readonly<Record<Split, Matrix>>,
  options: GeneratedOptions,
): GeneratedDataset {
  const { concepts, graph, imageShape } = world;
  const [height, width, channels] = imageShape;
  const length = height * width * channels;
  const rng = createRng(options.seed ?? 1).split(world.name);
  const told = eachSplit((split) =>
    tell(exact[split], concepts, options, split, rng.split(`told/${split}`)),
  );
  const looks = eachSplit((split) => {
    const stream = rng.split(`look/${split}`);
    return exact[split].map((_, row) => world.drawLook(stream, split, row));
  });
  const cache: Record<Split, (Uint8Array | undefined)[]> = { train: [], validation: [], test: [] };
  let room = options.cacheBytes ?? DEFAULT_CACHE_BYTES;
  const scratch = new Uint8Array(length);

  const rowsOf = (split: Split): Told => ofSplit(told, split, world.name);
  const picture = (split: Split, row: number): Uint8Array => {
    const kept = cache[split][row];
    if (kept) return kept;
    const keep = room >= length;
    const bytes = keep ? new Uint8Array(length) : scratch;
    world.draw(exact[split][row]!, looks[split][row]!, bytes, 0);
    if (keep) {
      cache[split][row] = bytes;
      room -= length;
    }
    return bytes;
  };
  const checkLike = (like: LookOf, count: number, caller: string): void => {
    checkRecord(like, 'like', caller);
    checkRowNumbers(like.rows, rowsOf(like.split).labels.length, like.split, caller);
    if (like.rows.length === count) return;
    throw new RangeError(
      `${caller}: like has ${like.rows.length} rows for ${count} rows of labels.`,
    );
  };
  const lookFor = (like: LookOf | undefined, k: number): readonly number[] => {
    if (!like) return world.neutralLook;
    return looks[like.split][like.rows[k]!]!;
  };

  const batch: GeneratedDataset['batch'] = (split, rows) => {
    const rowsTold = rowsOf(split);
    checkRowNumbers(rows, rowsTold.labels.length, split, world.name);
    const count = rows.length;
    const images = new Float32Array(count * length);
    const labels = new Float32Array(count * concepts.length);
    for (let k = 0; k < count; k++) {
      toUnit(picture(split, rows[k]!), images, k * length);
      labels.set(rowsTold.labels[rows[k]!]!, k * concepts.length);
    }
    return {
      images: tf.tensor4d(images, [count, height, width, channels]),
      labels: tf.tensor2d(labels, [count, concepts.length]),
      ...toldOf(rowsTold, rows),
    };
  };

  return {
    name: world.name,
    concepts,
    graph,
    graphStatus: 'true',
    imageShape,
    size: (split) => rowsOf(split).labels.length,
    labels: (split) => rowsOf(split).labels,
    batch,
    batches: (split, batchOptions) =>
      shuffledBatches(split, rowsOf(split).labels.length, batchOptions, (r) => batch(split, r)),
    render(labels, like) {
      const caller = `${world.name}.render`;
      checkMatrix(labels, 'labels', caller);
      if (like) checkLike(like, labels.length, caller);
      const images = new Float32Array(labels.length * length);
      labels.forEach((row, k) => {
        checkLabels(caller, concepts, row, k);
        world.draw(row, lookFor(like, k), scratch, 0);
        toUnit(scratch, images, k * length);
      });
      return tf.tensor4d(images, [labels.length, height, width, channels]);
    },
    counterfactual: (labels, interventions) =>
      propagate(concepts, graph, world.mechanisms, labels, interventions),
  };
}
