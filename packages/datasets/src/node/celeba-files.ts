import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Split } from '../dataset';
import { BadFileError } from './bad-file';
import { checkPlainName, readLines } from './text-file';

export const IMAGES = 'img_align_celeba';
export const ATTRIBUTES = 'list_attr_celeba.txt';
export const PARTITIONS = 'list_eval_partition.txt';
/** In the order of the numbers in the partition file. */
export const PARTITION_SPLITS: readonly Split[] = ['train', 'validation', 'test'];

/** Rows of CelebA's lists in the order of the attribute file. */
export interface CelebaRows {
  readonly names: readonly string[];
  /** The chosen attributes, +1 or −1, row by row. */
  readonly values: Int8Array;
  /** 0 train, 1 validation, 2 test. */
  readonly partition: Uint8Array;
}

/**
 * CelebA's three parts, checked row by row against each other.
 * @param attributes Names of the columns to keep.
 * @throws Error saying where CelebA is to be had and where to put it, if a part is missing;
 * BadFileError naming file and row of the first fault.
 */
export function readCelebaFiles(dir: string, attributes: readonly string[]): CelebaRows {
  const missing = [IMAGES, ATTRIBUTES, PARTITIONS].filter((part) => !existsSync(join(dir, part)));
  if (missing.length > 0) throw new Error(howToGetCeleba(dir, missing));
  const attributeFile = join(dir, ATTRIBUTES);
  const lines = readLines(attributeFile);
  const count = Number(lines[0]?.trim());
  if (!Number.isInteger(count) || count < 1) {
    throw new BadFileError(
      attributeFile,
      1,
      `expected the number of pictures, got '${clip(lines[0])}'.`,
    );
  }
  const titles = (lines[1] ?? '').trim().split(/\s+/);
  const columns = attributes.map((attribute) => {
    const column = titles.indexOf(attribute);
    if (column >= 0) return column;
    throw new BadFileError(attributeFile, 2, `there is no attribute '${attribute}'.`);
  });
  if (lines.length - 2 !== count) {
    throw new BadFileError(
      attributeFile,
      1,
      `says ${count} pictures, but ${lines.length - 2} rows follow.`,
    );
  }
  const names: string[] = [];
  const values = new Int8Array(count * columns.length);
  const indexOf = new Map<string, number>();
  for (let k = 0; k < count; k++) {
    const row = k + 3;
    const fields = lines[k + 2]!.trim().split(/\s+/);
    if (fields.length !== titles.length + 1) {
      throw new BadFileError(
        attributeFile,
        row,
        `has ${fields.length} fields, expected a file name and ${titles.length} values.`,
      );
    }
    const name = fields[0]!;
    checkPlainName(name, attributeFile, row);
    if (indexOf.has(name)) {
      throw new BadFileError(
        attributeFile,
        row,
        `'${name}' was already in row ${indexOf.get(name)! + 3}.`,
      );
    }
    indexOf.set(name, k);
    names.push(name);
    for (let c = 0; c < titles.length; c++) {
      const text = fields[c + 1]!;
      if (text === '1' || text === '-1') continue;
      throw new BadFileError(
        attributeFile,
        row,
        `${titles[c]} must be 1 or -1, got '${clip(text)}'.`,
      );
    }
    columns.forEach((column, c) => {
      values[k * columns.length + c] = Number(fields[column + 1]);
    });
  }
  return { names, values, partition: readPartition(join(dir, PARTITIONS), indexOf) };
}

function readPartition(file: string, indexOf: ReadonlyMap<string, number>): Uint8Array {
  const UNSET = 255;
  const partition = new Uint8Array(indexOf.size).fill(UNSET);
  readLines(file).forEach((line, k) => {
    const [name = '', value = '', ...more] = line.trim().split(/\s+/);
    const index = indexOf.get(name);
    if (index === undefined) {
      throw new BadFileError(file, k + 1, `'${clip(name)}' is not in ${ATTRIBUTES}.`);
    }
    if (!['0', '1', '2'].includes(value) || more.length > 0) {
      throw new BadFileError(
        file,
        k + 1,
        `expected '${clip(name)} 0', 1 or 2, got '${clip(line)}'.`,
      );
    }
    if (partition[index] !== UNSET)
      throw new BadFileError(file, k + 1, `'${name}' is there twice.`);
    partition[index] = Number(value);
  });
  const without = partition.indexOf(UNSET);
  if (without >= 0) {
    const name = [...indexOf.keys()][without]!;
    throw new BadFileError(file, undefined, `has no row for '${name}'.`);
  }
  return partition;
}

/** Which of the names have no file in the folder. */
export function missingFiles(folder: string, names: readonly string[]): Set<string> {
  const there = new Set(readdirSync(folder));
  return new Set(names.filter((name) => !there.has(name)));
}

function clip(text: string | undefined): string {
  const shown = text ?? '';
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown;
}

function howToGetCeleba(dir: string, missing: readonly string[]): string {
  return [
    `CelebA is not in '${dir}': ${missing.join(', ')} missing.`,
    'Its licence does not let us ship or fetch it. Get it from the CelebA project page of the',
    'Multimedia Laboratory, The Chinese University of Hong Kong (search for "CelebA dataset"):',
    '"Align&Cropped Images" (img_align_celeba.zip), "Attributes Annotations" and',
    '"Train/Val/Test Partitions". Then lay it out as',
    `  ${join(dir, IMAGES)}/000001.jpg …`,
    `  ${join(dir, ATTRIBUTES)}`,
    `  ${join(dir, PARTITIONS)}`,
    'Without it, `writeCelebA(dir)` writes synthetic faces in the same layout.',
  ].join('\n');
}
