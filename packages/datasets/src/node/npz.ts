import { checkChoice, checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { checkRecord, checkRowNumbers, checkText, checkTexts } from '../arguments';
import { shuffledBatches } from '../batches';
import type { Batch, Dataset, LabelKind, Split } from '../dataset';
import { checkTold, type ToldOptions } from '../generated-options';
import { type GraphOptions, knownGraph } from '../known-graph';
import { dealRows, eachSplit, ofSplit, resolveSizes, type SplitSizes } from '../splits';
import { tell, toldOf } from '../told';
import {
  type ArraySource,
  conceptsOf,
  labelRows,
  layoutOf,
  readArrays,
  scaleOf,
} from './npz-arrays';

export interface NpzOptions extends SplitSizes, ToldOptions, GraphOptions {
  /** Name of the array of pictures, [n, height, width] or [n, height, width, channels]. Default `images`. */
  readonly images?: string;
  /** Name of the array of labels, [n, d] or [n]. Default `labels`. */
  readonly labels?: string;
  /**
   * Where the pictures' channels are: `'last'` or, as PyTorch keeps them, `'first'`
   * ([n, channels, height, width]). Default: last, and an error for more than 4 of them.
   */
  readonly channels?: 'first' | 'last';
  /** Names of the labels' columns, with kinds or to be inferred. Default `label0`, `label1`, … */
  readonly concepts?: readonly string[] | Readonly<Record<string, LabelKind>>;
  /** Numbers that say that a label is missing, such as `[NaN]` or `[-1]`; it becomes NaN. Default: none. */
  readonly missing?: readonly number[];
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
  'images', 'labels', 'channels', 'concepts', 'missing', 'graph', 'graphStatus', 'seed', 'maxBytes', 'labelled',
  'weights', 'train', 'validation', 'test',
]; // prettier-ignore
const KINDS = ['binary', 'continuous', 'categorical', 'ordinal'] as const;

/**
 * Pictures and labels from one .npz file (plain or compressed, its checksums checked) of NumPy, or
 * from two .npy files. Pictures of bytes count as 0 … 255, booleans and floats as 0 … 1. 80 % train
 * and 20 % test, unless sizes are given, by the seed.
 * @param source The .npz file, or `{ images, labels }` with the paths of two .npy files.
 * @throws BadFileError naming the file and what is wrong: damaged, cut short, other lengths, NaN,
 * values outside [0, 1], channels first.
 */
export function npz(source: ArraySource, options: NpzOptions = {}): ArrayDataset {
  checkArguments(source, options);
  const [images, labels] = readArrays(source, options);
  const {
    shape: [n, height, width, channels],
    first,
  } = layoutOf(images!, options.channels);
  const unit = scaleOf(images!);
  const rows = labelRows(labels!, n, options.missing ?? []);
  const concepts = conceptsOf(rows, options.concepts, labels!.file);
  const known = knownGraph(options, concepts, 'npz');
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

  const rowsOf = (split: Split): readonly number[] => ofSplit(numbers, split, 'npz');
  const batch: ArrayDataset['batch'] = (split, wanted) => {
    const all = rowsOf(split);
    checkRowNumbers(wanted, all.length, split, 'npz');
    const pixels = new Float32Array(wanted.length * length);
    const values = new Float32Array(wanted.length * concepts.length);
    for (let k = 0; k < wanted.length; k++) {
      const from = all[wanted[k]!]! * length;
      for (let i = 0; i < length; i++) {
        const pixel = first ? (i % channels) * height * width + Math.floor(i / channels) : i;
        pixels[k * length + i] = images!.data[from + pixel]! / unit;
      }
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
    ...known,
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

function checkArguments(source: unknown, options: NpzOptions): void {
  if (typeof source !== 'string') {
    checkRecord(source, 'source', 'npz');
    const paths = source as Partial<Record<'images' | 'labels', unknown>>;
    checkKeys(paths, ['images', 'labels'], 'npz: source');
    checkText(paths.images, 'images', 'npz: source');
    checkText(paths.labels, 'labels', 'npz: source');
  }
  checkKeys(options, KEYS, 'npz');
  const { images = 'images', labels = 'labels', channels, concepts, missing = [] } = options;
  checkText(images, 'images', 'npz');
  checkText(labels, 'labels', 'npz');
  checkNumber(options.seed ?? 1, 'seed', 'npz');
  if (options.maxBytes !== Infinity) {
    checkNumber(options.maxBytes ?? 1, 'maxBytes', 'npz', { least: 0 });
  }
  if (channels !== undefined) checkChoice(channels, ['first', 'last'], 'channels', 'npz');
  if (!Array.isArray(missing) || missing.some((value) => typeof value !== 'number')) {
    throw new OptionsError('npz', [`\`missing\` must be a list of numbers, got ${show(missing)}.`]);
  }
  if (Array.isArray(concepts)) {
    checkTexts(concepts, 'concepts', 'npz');
    if (new Set(concepts).size < concepts.length) {
      throw new OptionsError('npz', [`\`concepts\` has a name twice: ${show(concepts)}.`]);
    }
  } else if (concepts !== undefined) {
    checkRecord(concepts, 'concepts', 'npz');
    for (const [name, kind] of Object.entries(concepts)) {
      checkChoice(kind, KINDS, `kind of ${name}`, 'npz');
    }
  }
  checkTold('npz', options);
}
