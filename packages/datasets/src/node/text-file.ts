import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { BadFileError } from './bad-file';

/** A text file's lines without byte-order mark, carriage returns and trailing empty lines. */
export function readLines(path: string): string[] {
  const lines = readFileSync(path, 'utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]!.trim() === '') lines.pop();
  return lines;
}

/** @throws BadFileError unless the name is that of a file directly in a folder. */
export function checkPlainName(name: string, file: string, row: number): void {
  if (
    name !== '' &&
    name !== '.' &&
    name !== '..' &&
    basename(name) === name &&
    !/[\\\0]/.test(name)
  ) {
    return;
  }
  throw new BadFileError(file, row, `'${name}' is not the plain name of a file.`);
}
