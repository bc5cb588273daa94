import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { BadFileError } from './bad-file';
import { refusePointer } from './read-file';

export const ENCODINGS = ['utf-8', 'latin1', 'utf-16le'] as const;
/** How a text file's bytes become letters; `'latin1'` is Windows' 1252, which contains ISO 8859-1. */
export type Encoding = (typeof ENCODINGS)[number];

/**
 * A text file with `\n` at the ends of lines, letters composed (NFC), without byte-order mark.
 * @throws BadFileError if the bytes are not of the encoding, naming the line and others to try.
 */
export function readText(path: string, encoding?: Encoding): string {
  const bytes = readFileSync(path);
  refusePointer(bytes, path);
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const nul = wide || encoding === 'utf-16le' ? -1 : bytes.indexOf(0);
  if (nul >= 0) {
    throw new BadFileError(
      path,
      bytes
        .subarray(0, nul)
        .toString('latin1')
        .split(/\r\n?|\n/).length,
      "has NUL characters, as text in another encoding has: try { encoding: 'utf-16le' }, or save it as UTF-8.",
    );
  }
  let text: string;
  try {
    text = new TextDecoder(encoding ?? (wide ? 'utf-16le' : 'utf-8'), { fatal: true }).decode(
      bytes,
    );
  } catch (cause) {
    throw notOfEncoding(path, bytes, encoding, cause);
  }
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n');
  return text.normalize('NFC');
}

function notOfEncoding(
  path: string,
  bytes: Buffer,
  encoding: Encoding | undefined,
  cause: unknown,
): BadFileError {
  if (encoding !== undefined && encoding !== 'utf-8') {
    return new BadFileError(path, undefined, `is not text in ${encoding}.`, { cause });
  }
  // The first line that does not decode; bytes of a line end are never part of another letter.
  let row = 1;
  for (let at = 0; at < bytes.length; row++) {
    const end = bytes.indexOf(10, at);
    const line = bytes.subarray(at, end < 0 ? bytes.length : end);
    if (line.toString('utf8').includes('\uFFFD')) break;
    at += line.length + 1;
  }
  return new BadFileError(
    path,
    row,
    "is not UTF-8: say { encoding: 'latin1' } for text saved by older Windows programs, or save it as UTF-8.",
    { cause },
  );
}

/** A text file's lines without trailing empty ones. */
export function readLines(path: string): string[] {
  const lines = readText(path).split('\n');
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
