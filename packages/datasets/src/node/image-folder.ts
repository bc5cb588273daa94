import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { checkKeys, checkNumber, OptionsError } from '@causal/options';
import { createRng } from '@causal/random';
import { checkFlag, checkText } from '../arguments';
import type { Split } from '../dataset';
import { type GraphOptions, knownGraph } from '../known-graph';
import { dealRows, eachSplit, resolveSizes, type SplitSizes } from '../splits';
import { BadFileError } from './bad-file';
import {
  createFileDataset,
  DEFAULT_MAX_PIXELS,
  FILE_KEYS,
  type FileDataset,
  type FileOptions,
} from './file-dataset';
import { readFileColumn } from './folder-files';
import {
  checkColumn,
  checkLabelOptions,
  conceptOf,
  LABEL_KEYS,
  type LabelOptions,
  readLabels,
} from './label-columns';
import { readTable, type Table } from './table';

export interface ImageFolderOptions extends FileOptions, SplitSizes, LabelOptions, GraphOptions {
  /** Width and height of the pictures, 8 to 1024 (the middle square, resized). Default 64. */
  readonly size?: number;
  /** Refuse pictures that are not exactly size × size instead of resizing. Default false. */
  readonly exactSize?: boolean;
  /** Column with the files' names, relative to the folder. Default: `file`, `filename`, `image` or `path`. */
  readonly fileColumn?: string;
  /** Column that says `train`, `validation` (`val`) or `test`. Default: `split`, if there. */
  readonly splitColumn?: string;
}

const KEYS = [
  ...FILE_KEYS, ...LABEL_KEYS, 'size', 'exactSize', 'fileColumn', 'splitColumn', 'graph', 'graphStatus',
  'train', 'validation', 'test',
]; // prettier-ignore
const FILE_COLUMNS = ['file', 'filename', 'image', 'path'];
const SPLIT_NAMES: ReadonlyMap<string, Split> = new Map([
  ['train', 'train'],
  ['validation', 'validation'],
  ['val', 'validation'],
  ['test', 'test'],
]);

/**
 * Pictures in a folder with their labels in a CSV file: one row a picture, with a header. A label
 * that is missing (see `missing`) is NaN.
 * @param csv The CSV file; looked for in the folder first.
 * Splits are a column's, or drawn by the seed: 80 % train, 20 % test unless sizes are given.
 * @throws BadFileError naming file and row of the first fault, and how to mend it; OptionsError or
 * RangeError for a wrong option.
 */
export function imageFolder(
  dir: string,
  csv: string,
  options: ImageFolderOptions = {},
): FileDataset {
  checkText(dir, 'dir', 'imageFolder');
  checkText(csv, 'csv', 'imageFolder');
  checkKeys(options, KEYS, 'imageFolder');
  checkLabelOptions(options, 'imageFolder');
  const { size = 64, exactSize = false } = options;
  checkNumber(size, 'size', 'imageFolder', { least: 8, most: 1024, integer: true });
  checkFlag(exactSize, 'exactSize', 'imageFolder');
  const inFolder = join(dir, csv);
  const path = isAbsolute(csv) || !existsSync(inFolder) ? csv : inFolder;
  if (!existsSync(path)) throw new Error(`imageFolder: there is no '${csv}', nor '${inFolder}'.`);
  const table = readTable(path, options);
  if (table.rows.length === 0) throw new BadFileError(path, undefined, 'has no rows of labels.');
  const { fileColumn, splitColumn } = specialColumns(table, options);
  const taken = [fileColumn, ...(splitColumn === undefined ? [] : [splitColumn])];
  const columns = readLabels(table, options, taken, 'imageFolder');
  const files = readFileColumn(dir, table, fileColumn, options.onBadFile !== 'skip');
  const numbers = splitNumbers(table, splitColumn, options);
  return createFileDataset(
    {
      name: 'imageFolder',
      concepts: columns.map(conceptOf),
      ...knownGraph(options, columns, 'imageFolder'),
      splits: eachSplit((split) => ({
        files: numbers[split].map((k) => files[k]!),
        labels: numbers[split].map((k) => columns.map((c) => c.values[k]!)),
        rows: numbers[split].map((k) => table.lines[k]!),
      })),
      decode: {
        width: size,
        height: size,
        ...(exactSize && { expect: [size, size] as const }),
        maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS,
      },
    },
    options,
  );
}

/** The columns that have the files and the splits. */
function specialColumns(
  table: Table,
  options: ImageFolderOptions,
): { fileColumn: string; splitColumn: string | undefined } {
  const given = (name: 'fileColumn' | 'splitColumn'): string | undefined => {
    const column = options[name];
    if (column === undefined) return undefined;
    checkText(column, name, 'imageFolder');
    checkColumn(table, column.normalize('NFC'));
    return column.normalize('NFC');
  };
  const fileColumn = given('fileColumn') ?? FILE_COLUMNS.find((c) => table.columns.includes(c));
  if (fileColumn === undefined) {
    throw new BadFileError(
      table.file,
      1,
      `none of the columns ${table.columns.join(', ')} is called ${FILE_COLUMNS.join(', ')}: ` +
        'say which has the files by { fileColumn }.',
    );
  }
  const splitColumn =
    given('splitColumn') ?? (table.columns.includes('split') ? 'split' : undefined);
  return { fileColumn, splitColumn };
}

function splitNumbers(
  table: Table,
  splitColumn: string | undefined,
  options: ImageFolderOptions,
): Record<Split, number[]> {
  const all = table.rows.map((_, k) => k);
  if (splitColumn === undefined) {
    const test = Math.round(all.length * 0.2);
    const defaults = { train: all.length - test, validation: 0, test };
    const sizes = resolveSizes('imageFolder', options, defaults, all.length);
    return dealRows(all, sizes, createRng(options.seed ?? 1).split('imageFolder'));
  }
  for (const size of ['train', 'validation', 'test'] as const) {
    if (options[size] === undefined) continue;
    throw new OptionsError('imageFolder', [
      `\`${size}\` cannot be given: the column '${splitColumn}' of ${table.file} says which rows are in which split.`,
    ]);
  }
  const column = table.columns.indexOf(splitColumn);
  const numbers: Record<Split, number[]> = { train: [], validation: [], test: [] };
  all.forEach((k) => {
    const text = table.rows[k]![column]!;
    const split = SPLIT_NAMES.get(text.toLowerCase());
    if (!split) {
      throw new BadFileError(
        table.file,
        table.lines[k],
        `${splitColumn} is '${text}', expected train, validation (val) or test.`,
      );
    }
    numbers[split].push(k);
  });
  return numbers;
}
