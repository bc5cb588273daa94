import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkKeys, checkNumber } from '@causal/options';
import { checkText } from '../arguments';
import type { Concept, Matrix } from '../dataset';
import { flow } from '../flow/flow';
import { pendulum } from '../pendulum/pendulum';
import { spans } from '../ranges';
import { BadFileError } from './bad-file';
import {
  createFileDataset,
  DEFAULT_MAX_PIXELS,
  FILE_KEYS,
  type FileDataset,
  type FileOptions,
  type FileRows,
} from './file-dataset';

export interface ReleasedOptions extends FileOptions {
  /** Width and height, 8 to 1024; the released pictures have 96, the default. */
  readonly size?: number;
}

/** a_<i>_<j>_<shade>_<mid>.png and the like: four integers. */
const NAME = /^a_(-?\d{1,6})_(-?\d{1,6})_(-?\d{1,6})_(-?\d{1,6})\.png$/;

/**
 * The released pendulum pictures (a folder with `train/` and `test/`) with the labels of their
 * names, so that published protocols can be repeated. The labels are **coarse**: angles in whole
 * steps of π/200, the shadow's length and position cut to integers.
 * @throws BadFileError naming a file whose name does not tell four integers.
 */
export function releasedPendulum(dir: string, options: ReleasedOptions = {}): FileDataset {
  const { concepts, graph } = pendulum({ size: 8, train: 1, test: 1 });
  const units = ['π/200 rad', 'π/200 rad', 'window units', 'window units'];
  return released('releasedPendulum', dir, options, concepts, units, graph);
}

/**
 * The released flow pictures (a folder with `train/` and `test/`) with the labels of their names:
 * ball radius in 1/30, water height cut to an integer, flow in 1/10, hole in thirds: all **coarse**
 * integers. Different pictures had the same name when they were released, so there
 * are fewer files than combinations, and half of the test labels occur in training.
 * @throws BadFileError naming a file whose name does not tell four integers.
 */
export function releasedFlow(dir: string, options: ReleasedOptions = {}): FileDataset {
  const { concepts, graph } = flow({ size: 8, train: 1, test: 1 });
  const units = ['1/30 window units', 'window units', '1/10 window units', '1/3 window units'];
  return released('releasedFlow', dir, options, concepts, units, graph);
}

function released(
  caller: string,
  dir: string,
  options: ReleasedOptions,
  concepts: readonly Concept[],
  units: readonly string[],
  graph: Matrix,
): FileDataset {
  checkText(dir, 'dir', caller);
  checkKeys(options, [...FILE_KEYS, 'size'], caller);
  const { size = 96 } = options;
  checkNumber(size, 'size', caller, { least: 8, most: 1024, integer: true });
  const splits = {
    train: readNames(caller, join(dir, 'train')),
    validation: { files: [], labels: [], rows: [] },
    test: readNames(caller, join(dir, 'test')),
  };
  const ranges = spans([...splits.train.labels, ...splits.test.labels]);
  return createFileDataset(
    {
      name: caller,
      concepts: concepts.map((concept, c) => ({ ...concept, unit: units[c]!, range: ranges[c]! })),
      graph,
      graphStatus: 'true',
      splits,
      decode: { width: size, height: size, maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS },
    },
    options,
  );
}

function readNames(caller: string, folder: string): FileRows {
  if (!existsSync(folder)) {
    throw new Error(
      `${caller}: there is no folder '${folder}'; expected train/ and test/ with the pictures.`,
    );
  }
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.png'))
    .sort();
  if (names.length === 0) throw new Error(`${caller}: there are no .png files in '${folder}'.`);
  const labels = names.map((name, k) => {
    const match = NAME.exec(name);
    if (match) return match.slice(1).map(Number);
    throw new BadFileError(join(folder, name), k + 1, 'expected a name like a_-40_101_5_7.png.');
  });
  return { files: names.map((n) => join(folder, n)), labels, rows: names.map((_, k) => k + 1) };
}
