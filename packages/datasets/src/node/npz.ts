import { existsSync, readFileSync } from 'node:fs';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { unzipSync } from 'fflate';
import { shuffledBatches } from '../batches';
import type { Batch, Concept, Dataset, LabelKind, Matrix, Split } from '../dataset';
import { checkLabelled, type ToldOptions } from '../generated-options';
import { checkKeys } from '../options';
import { spans } from '../ranges';
import { dealRows, eachSplit, resolveSizes, type SplitSizes } from '../splits';
import { tell, toldOf } from '../told';
import { BadFileError } from './bad-file';
import { type NpyArray, parseNpy } from './npy';

export interface NpzOptions extends SplitSizes, ToldOptions {
  /** Name of the array of pictures, [n, height, width] or [n, height, width, channels]. Default `images`. */
  readonly images?: string;
  /** Name of the array of labels, [n, d] or [n]. Default `labels`. */
  readonly labels?: string;
  /** Names of the labels' columns, with kinds or to be inferred. Default `label0`, `label1`, … */
  readonly concepts?: readonly string[] | Readonly<Record<string, LabelKind>>;
  /** The graph over the concepts, if known. Default: no edge. */
  readonly graph?: Matrix;
  /** Decides the splits and all else that is drawn by chance. Default 1. */
  readonly seed?: number;
  /** Refuse files that would unpack to more. Default 4 GiB. */
  readonly maxBytes?: number;
}

/** Arrays in memory: `batch` answers at once. */
export interface ArrayDataset extends Dataset {
  batch(split: Split, rows: readonly number[] | Int32Array): Batch;
}

const KEYS = [
  'images', 'labels', 'concepts', 'graph', 'seed', 'maxBytes', 'labelled', 'weights', 'train', 'validation', 'test',
]; // prettier-ignore

/**
 * Pictures and labels from one .npz file (plain or compressed) of NumPy, or from two .npy files.
 * Pictures of bytes count as 0 … 255, booleans and floats as 0 … 1. 80 % train and 20 % test,
 * unless sizes are given, by the seed.
 * @param source The .npz file, or `{ images, labels }` with the paths of two .npy files.
 * @throws BadFileError naming the file and what is wrong: cut short, other lengths, NaN, values
 * outside [0, 1].
 */
export function npz(
  source: string | { readonly images: string; readonly labels: string },
  options: NpzOptions = {},
): ArrayDataset {
  checkKeys('npz', options, KEYS);
  checkLabelled('npz', options);
  const {
    images: imagesName = 'images',
    labels: labelsName = 'labels',
    maxBytes = 2 ** 32,
  } = options;
  for (const file of typeof source === 'string' ? [source] : [source.images, source.labels]) {
    if (!existsSync(file)) throw new Error(`npz: there is no file '${file}'.`);
  }
  const [images, labels] =
    typeof source === 'string'
      ? readNpz(source, [imagesName, labelsName], maxBytes)
      : [source.images, source.labels].map((file) => ({
          file,
          ...parseNpy(readFileSync(file), file),
        }));
  const [n, height, width, channels] = pictureShape(images!);
  const unit = scaleOf(images!);
  const rows = labelRows(labels!, n);
  const concepts = conceptsOf(rows, options.concepts, labels!.file);
  const graph = options.graph ?? concepts.map(() => concepts.map(() => 0));
  if (graph.length !== concepts.length || graph.some((row) => row.length !== concepts.length)) {
    throw new RangeError(`npz: graph must be ${concepts.length}×${concepts.length}.`);
  }
  const test = Math.round(n * 0.2);
  const sizes = resolveSizes('npz', options, { train: n - test, validation: 0, test }, n);
  const everyRow = rows.map((_, k) => k);
  const rng = createRng(options.seed ?? 1).split('npz');
  const numbers = dealRows(everyRow, sizes, rng);
  const told = eachSplit((split) => {
    const labelsOfSplit = numbers[split].map((k) => rows[k]!);
    return tell(labelsOfSplit, concepts, options, split, rng.split(`told/${split}`));
  });
  const length = height * width * channels;

  const rowsOf = (split: Split): readonly number[] => {
    const found = numbers[split];
    if (!found) throw new RangeError(`npz: there is no split '${String(split)}'.`);
    return found;
  };
  const batch: ArrayDataset['batch'] = (split, wanted) => {
    const all = rowsOf(split);
    const pixels = new Float32Array(wanted.length * length);
    const values = new Float32Array(wanted.length * concepts.length);
    for (let k = 0; k < wanted.length; k++) {
      const row = all[wanted[k]!];
      if (row === undefined) {
        throw new RangeError(
          `npz: there is no row ${wanted[k]} in '${split}', which has ${all.length} rows.`,
        );
      }
      const from = row * length;
      for (let i = 0; i < length; i++) pixels[k * length + i] = images!.data[from + i]! / unit;
      values.set(told[split].labels[wanted[k]!]!, k * concepts.length);
    }
    return {
      images: tf.tensor4d(pixels, [wanted.length, height, width, channels]),
      labels: tf.tensor2d(values, [wanted.length, concepts.length]),
      ...toldOf(told[split], wanted),
    };
  };
  return {
    name: 'npz',
    concepts,
    graph,
    imageShape: [height, width, channels],
    size: (split) => rowsOf(split).length,
    labels: (split) => {
      rowsOf(split);
      return told[split].labels;
    },
    batch,
    batches: (split, batchOptions) =>
      shuffledBatches(split, rowsOf(split).length, batchOptions, (r) => batch(split, r)),
  };
}

type NamedArray = NpyArray & { readonly file: string };

function readNpz(file: string, names: readonly string[], maxBytes: number): NamedArray[] {
  let unpacked: Record<string, Uint8Array>;
  const present: string[] = [];
  let claimed = 0;
  try {
    unpacked = unzipSync(readFileSync(file), {
      filter: ({ name, originalSize }) => {
        present.push(name.replace(/\.npy$/, ''));
        if (!names.some((wanted) => name === `${wanted}.npy`)) return false;
        claimed += originalSize;
        if (claimed > maxBytes) {
          throw new Error(`would unpack to more than maxBytes = ${maxBytes}`);
        }
        return true;
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BadFileError(file, undefined, `cannot be unpacked: ${reason}.`, { cause });
  }
  return names.map((name) => {
    const bytes = unpacked[`${name}.npy`];
    if (bytes) return { file: `${file} (${name})`, ...parseNpy(bytes, `${file} (${name})`) };
    throw new BadFileError(
      file,
      undefined,
      `has no array '${name}'; it has ${present.join(', ') || 'none'}.`,
    );
  });
}

function pictureShape({ shape, file }: NamedArray): [number, number, number, number] {
  const [n = 0, height = 0, width = 0, channels = 1] = shape;
  if ((shape.length === 3 || shape.length === 4) && shape.every((v) => v > 0)) {
    return [n, height, width, channels];
  }
  throw new BadFileError(
    file,
    undefined,
    `has shape [${shape.join(', ')}], expected [n, height, width] or [n, height, width, channels].`,
  );
}

/** What pixel values are divided by. */
function scaleOf({ data, shape, file }: NamedArray): number {
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  let high = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(value >= 0 && value <= 255)) {
      throw new BadFileError(
        file,
        Math.floor(i / length) + 1,
        `has the pixel value ${value}, expected 0 … 1, or bytes.`,
      );
    }
    high = Math.max(high, value);
  }
  // Booleans come as bytes that are 0 and 1.
  if (high <= 1) return 1;
  if (data instanceof Uint8Array || data.every(Number.isInteger)) return 255;
  throw new BadFileError(
    file,
    undefined,
    `has pixel values up to ${high}, expected 0 … 1, or bytes.`,
  );
}

function labelRows({ shape, data, file }: NamedArray, n: number): number[][] {
  if (shape.length < 1 || shape.length > 2 || shape[0] !== n) {
    throw new BadFileError(
      file,
      undefined,
      `has shape [${shape.join(', ')}], expected [${n}, d] for ${n} pictures.`,
    );
  }
  const d = shape[1] ?? 1;
  return Array.from({ length: n }, (_, k) => {
    const row = Array.from(data.subarray(k * d, (k + 1) * d));
    const bad = row.findIndex((v) => !Number.isFinite(v));
    if (bad < 0) return row;
    throw new BadFileError(
      file,
      k + 1,
      `column ${bad + 1} is ${row[bad]}, expected a finite number.`,
    );
  });
}

function conceptsOf(rows: Matrix, asked: NpzOptions['concepts'], file: string): Concept[] {
  const ranges = spans(rows);
  const names = !asked
    ? ranges.map((_, c) => `label${c}`)
    : Array.isArray(asked)
      ? (asked as readonly string[])
      : Object.keys(asked);
  if (names.length !== ranges.length) {
    throw new BadFileError(
      file,
      undefined,
      `has ${ranges.length} columns, but ${names.length} concepts are named (${names.join(', ')}).`,
    );
  }
  return names.map((name, c) => {
    const given =
      asked && !Array.isArray(asked) ? (asked as Record<string, LabelKind>)[name] : undefined;
    const binary = rows.every((row) => row[c] === 0 || row[c] === 1);
    const kind = given ?? (binary ? 'binary' : 'continuous');
    return { name, unit: '', kind, range: kind === 'binary' ? [0, 1] : ranges[c]! };
  });
}
