import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { createRng } from '@causal/random';
import type { LabelKind, Matrix, Split } from '../dataset';
import { checkOneOf } from '../generated-options';
import { checkInteger, checkKeys } from '../options';
import { dealRows, eachSplit, resolveSizes, type SplitSizes } from '../splits';
import { BadFileError } from './bad-file';
import { readColumn } from './column';
import {
  createFileDataset,
  DEFAULT_MAX_PIXELS,
  FILE_KEYS,
  type FileDataset,
  type FileOptions,
} from './file-dataset';
import { readTable, type Table } from './table';

export interface ImageFolderOptions extends FileOptions, SplitSizes {
  /** Width and height of the pictures, 8 to 1024 (the middle square, resized). Default 64. */
  readonly size?: number;
  /** Refuse pictures that are not exactly size × size instead of resizing. Default false. */
  readonly exactSize?: boolean;
  /** Column with the files' names, relative to the folder. Default: `file`, `filename`, `image` or `path`. */
  readonly fileColumn?: string;
  /** Column that says `train`, `validation` (`val`) or `test`. Default: `split`, if there. */
  readonly splitColumn?: string;
  /** Columns that are concepts, in order; with their kinds, or to be inferred. Default: all others. */
  readonly concepts?: readonly string[] | Readonly<Record<string, LabelKind>>;
  /** The graph over the concepts, if known. Default: no edge. */
  readonly graph?: Matrix;
}

const KEYS = [
  ...FILE_KEYS, 'size', 'exactSize', 'fileColumn', 'splitColumn', 'concepts', 'graph',
  'train', 'validation', 'test',
]; // prettier-ignore
const FILE_COLUMNS = ['file', 'filename', 'image', 'path'];
const SPLIT_NAMES: Readonly<Record<string, Split>> = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  test: 'test',
};

/**
 * Pictures in a folder with their labels in a CSV file: one row a picture, with a header.
 * @param csv The CSV file; looked for in the folder too.
 * Splits are a column's, or drawn by the seed: 80 % train, 20 % test unless sizes are given.
 * @throws BadFileError naming file and row of the first fault; Error naming a missing column.
 */
export function imageFolder(
  dir: string,
  csv: string,
  options: ImageFolderOptions = {},
): FileDataset {
  checkKeys('imageFolder', options, KEYS);
  const { size = 64, exactSize = false } = options;
  checkInteger('imageFolder: size', size, 8, 1024);
  const path = isAbsolute(csv) || existsSync(csv) ? csv : join(dir, csv);
  if (!existsSync(path)) throw new Error(`imageFolder: there is no '${csv}', nor '${path}'.`);
  const table = readTable(path);
  if (table.rows.length === 0) throw new BadFileError(path, undefined, 'has no rows of labels.');
  const fileColumn = options.fileColumn ?? FILE_COLUMNS.find((c) => table.columns.includes(c));
  if (fileColumn === undefined) {
    throw new BadFileError(
      path,
      1,
      `none of the columns ${table.columns.join(', ')} is called ${FILE_COLUMNS.join(', ')}: ` +
        'say which has the files by { fileColumn }.',
    );
  }
  const splitColumn =
    options.splitColumn ?? (table.columns.includes('split') ? 'split' : undefined);
  const kinds = conceptKinds(table, options.concepts, [fileColumn, splitColumn]);
  for (const name of [fileColumn, ...(splitColumn ? [splitColumn] : []), ...kinds.keys()]) {
    if (!table.columns.includes(name)) {
      throw new BadFileError(
        path,
        1,
        `there is no column '${name}'; there are ${table.columns.join(', ')}.`,
      );
    }
  }
  const columns = [...kinds].map(([name, kind]) => ({ name, ...readColumn(table, name, kind) }));
  const files = readFiles(dir, table, fileColumn, options.onBadFile !== 'skip');
  const graph = options.graph ?? columns.map(() => columns.map(() => 0));
  if (graph.length !== columns.length || graph.some((row) => row.length !== columns.length)) {
    throw new RangeError(`imageFolder: graph must be ${columns.length}×${columns.length}.`);
  }
  const numbers = splitNumbers(table, splitColumn, options);
  return createFileDataset(
    {
      name: 'imageFolder',
      concepts: columns.map(({ name, kind, range, categories }) => ({
        name,
        unit: '',
        kind,
        range,
        ...(categories && { categories }),
      })),
      graph,
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
      identity: `imageFolder ${resolve(dir)} ${size} ${JSON.stringify(numbers)}`,
    },
    options,
  );
}

function conceptKinds(
  table: Table,
  concepts: ImageFolderOptions['concepts'],
  taken: readonly (string | undefined)[],
): Map<string, LabelKind | undefined> {
  if (!concepts) {
    return new Map(table.columns.filter((c) => !taken.includes(c)).map((c) => [c, undefined]));
  }
  if (Array.isArray(concepts)) {
    return new Map((concepts as readonly string[]).map((c) => [c, undefined]));
  }
  const kinds = new Map(Object.entries(concepts as Readonly<Record<string, LabelKind>>));
  kinds.forEach((kind, name) =>
    checkOneOf(`imageFolder: kind of ${name}`, kind, [
      'binary',
      'continuous',
      'categorical',
      'ordinal',
    ]),
  );
  return kinds;
}

/** The rows' files: inside the folder, each named once, and there. */
function readFiles(dir: string, table: Table, fileColumn: string, mustExist: boolean): string[] {
  const root = resolve(dir);
  const column = table.columns.indexOf(fileColumn);
  const seen = new Map<string, number>();
  return table.rows.map((row, k) => {
    const name = row[column]!;
    const line = table.lines[k]!;
    const file = resolve(root, name);
    if (name === '' || name.includes('\0') || isAbsolute(name) || !file.startsWith(root + sep)) {
      throw new BadFileError(table.file, line, `'${name}' is not a file inside '${dir}'.`);
    }
    const before = seen.get(file);
    if (before !== undefined) {
      throw new BadFileError(table.file, line, `'${name}' was already in row ${before}.`);
    }
    seen.set(file, line);
    if (mustExist && !existsSync(file)) {
      throw new BadFileError(table.file, line, `'${name}' is not in '${dir}'.`);
    }
    return file;
  });
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
  const column = table.columns.indexOf(splitColumn);
  const numbers: Record<Split, number[]> = { train: [], validation: [], test: [] };
  all.forEach((k) => {
    const text = table.rows[k]![column]!;
    const split = Object.hasOwn(SPLIT_NAMES, text) ? SPLIT_NAMES[text] : undefined;
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
