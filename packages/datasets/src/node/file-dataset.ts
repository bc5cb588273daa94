import { checkChoice, checkNumber } from '@causal/options';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkRowNumbers } from '../arguments';
import { epochOrders } from '../batches';
import type { Batch, Concept, Dataset, GraphStatus, Matrix, Split } from '../dataset';
import { checkTold, type ToldOptions } from '../generated-options';
import { BadFileError } from './bad-file';
import { eachSplit, ofSplit } from '../splits';
import { tell, toldOf } from '../told';
import { toUnit } from '../unit';
import { decodePicture, type DecodeOptions } from './decode';
import { DiskCache, type DiskCacheOptions } from './disk-cache';
import { prefetched } from './prefetch';
import { promisedBatch } from './promised-batch';
import { readBytes } from './read-file';

/** What every reader of image files takes. */
export interface FileOptions extends ToldOptions {
  /** Decides everything that is drawn by chance. Default 1. */
  readonly seed?: number;
  /** `'throw'` (default) at the first file that cannot be used, or leave such files out. */
  readonly onBadFile?: 'throw' | 'skip';
  /** Batches read ahead of the one in use. Default 2. */
  readonly prefetch?: number;
  /** Keep decoded pictures on disk. Default: no. */
  readonly cache?: DiskCacheOptions;
  /** Pictures that claim more pixels are refused before they are unpacked. Default 64 Mi. */
  readonly maxPixels?: number;
}

export const FILE_KEYS = [
  'onBadFile', 'prefetch', 'cache', 'maxPixels', 'seed', 'labelled', 'weights',
]; // prettier-ignore
export const DEFAULT_MAX_PIXELS = 2 ** 26;

/** A data set whose pictures stay on disk until they are asked for. */
export interface FileDataset extends Dataset {
  readonly graphStatus: GraphStatus;
  /** Reading takes its time: `await` it. */
  batch(split: Split, rows: readonly number[] | Int32Array): Promise<Batch>;
  /** Files of a split, in the order of its rows. */
  files(split: Split): readonly string[];
  /** What `onBadFile: 'skip'` has left out so far. */
  badFiles(): readonly BadFileError[];
  /** Closes the cache file; reading goes on as before if asked to. */
  close(): Promise<void>;
}

/** One split's files and labels. */
export interface FileRows {
  readonly files: readonly string[];
  readonly labels: Matrix;
  /** Where in its list each file stands, counted from 1, for messages. */
  readonly rows: ArrayLike<number>;
}

interface FileSource {
  readonly name: string;
  readonly concepts: readonly Concept[];
  readonly graph: Matrix;
  readonly graphStatus: GraphStatus;
  readonly splits: Readonly<Record<Split, FileRows>>;
  readonly decode: DecodeOptions;
}

export function createFileDataset(source: FileSource, options: FileOptions): FileDataset {
  const { name, concepts, splits, decode } = source;
  const { onBadFile = 'throw', prefetch = 2 } = options;
  const { seed = 1 } = options;
  const { width, height, maxPixels } = decode;
  checkChoice(onBadFile, ['throw', 'skip'], 'onBadFile', name);
  checkNumber(seed, 'seed', name);
  checkNumber(prefetch, 'prefetch', name, { least: 0, most: 64, integer: true });
  checkNumber(maxPixels, 'maxPixels', name, { least: 1, most: 2 ** 31, integer: true });
  checkTold(name, options);
  const rng = createRng(seed).split(name);
  const told = eachSplit((split) =>
    tell(splits[split].labels, concepts, options, split, rng.split(`told/${split}`)),
  );
  const length = width * height * 3;
  const bad = new Map<string, BadFileError>();
  const cache =
    options.cache &&
    new DiskCache(
      options.cache,
      Object.values(splits).flatMap(({ files }) => files),
      JSON.stringify(decode),
      length,
    );

  const rowsOf = (split: Split): FileRows => ofSplit(splits, split, name);
  const picture = async (split: Split, k: number): Promise<Uint8Array> => {
    const { files, rows } = rowsOf(split);
    const [path, row] = [files[k]!, rows[k]!];
    const read = (): Promise<Uint8Array> => readBytes(path, row);
    const decodeIt = (file: Uint8Array): Promise<Uint8Array> =>
      decodePicture(file, path, row, decode);
    return cache ? cache.get(path, read, decodeIt) : decodeIt(await read());
  };
  const pictureOrNothing = async (split: Split, row: number): Promise<Uint8Array | undefined> => {
    try {
      return await picture(split, row);
    } catch (error) {
      if (onBadFile === 'throw' || !(error instanceof BadFileError)) throw error;
      bad.set(error.file, error);
      return undefined;
    }
  };

  const readBatch = async (split: Split, wanted: ArrayLike<number>): Promise<Batch | undefined> => {
    const { files } = rowsOf(split);
    const { labels: all } = told[split];
    checkRowNumbers(wanted, files.length, split, name);
    const rows = Array.from(wanted);
    const settled = await Promise.allSettled(rows.map((row) => pictureOrNothing(split, row)));
    const failed = settled.find((s) => s.status === 'rejected');
    if (failed) throw failed.reason;
    const good = rows.filter((_, k) => (settled[k] as PromiseFulfilledResult<unknown>).value);
    if (good.length === 0 && rows.length > 0) return undefined;
    const images = new Float32Array(good.length * length);
    let at = 0;
    for (const s of settled) {
      const bytes = (s as PromiseFulfilledResult<Uint8Array | undefined>).value;
      if (!bytes) continue;
      toUnit(bytes, images, at);
      at += length;
    }
    const labels = new Float32Array(good.length * concepts.length);
    good.forEach((row, k) => labels.set(all[row]!, k * concepts.length));
    return {
      images: tf.tensor4d(images, [good.length, height, width, 3]),
      labels: tf.tensor2d(labels, [good.length, concepts.length]),
      ...toldOf(told[split], good),
    };
  };

  return {
    name,
    concepts,
    graph: source.graph,
    graphStatus: source.graphStatus,
    imageShape: [height, width, 3],
    size: (split) => rowsOf(split).files.length,
    labels: (split) => {
      rowsOf(split);
      return told[split].labels;
    },
    files: (split) => rowsOf(split).files,
    batch(split, rows) {
      const reading = readBatch(split, rows).then((batch) => {
        if (batch) return batch;
        throw new Error(`${name}: none of the ${rows.length} files asked for could be used.`);
      });
      return promisedBatch(reading, name);
    },
    batches: (split, batchOptions) =>
      prefetched(
        epochOrders(split, rowsOf(split).files.length, batchOptions),
        prefetch,
        (rows) => readBatch(split, rows),
        batchOptions.signal,
      ),
    badFiles: () => [...bad.values()],
    async close() {
      await cache?.close();
    },
  };
}
