import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { BadFileError } from '../bad-file';

/** More pictures than any file of digits has: what claims more is refused before it is read. */
const MOST_ROWS = 2_000_000;
/** Bytes of a .gz file that are unpacked to see its header. */
const PEEK = 4096;
/** First two bytes of a .gz file. */
const GZIP = 0x1f8b;

/** Numbers of an IDX file of bytes. */
export interface Idx {
  readonly file: string;
  /** Sizes along each dimension; the first counts rows. */
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * An IDX file of unsigned bytes, plain or gzipped, as MNIST is shipped. Sizes are checked against the
 * header before anything is unpacked or read whole, so that no file takes more memory than the rows
 * that it says it has, two million at most.
 * @param row The shape of one row that is expected, such as [28, 28]; [] for labels.
 * @throws BadFileError naming the file and what is wrong with it.
 */
export function readIdx(file: string, row: readonly number[]): Idx {
  const start = firstBytes(file, PEEK);
  const packed = start.length >= 2 && start.readUInt16BE(0) === GZIP;
  const shape = parseHeader(file, packed ? peek(file, start) : start, row);
  const header = 4 + 4 * shape.length;
  const length = header + shape.reduce((a, b) => a * b, 1);
  if (!packed) {
    const { size } = statSync(file);
    if (size !== length) {
      throw new BadFileError(
        file,
        undefined,
        `has ${size} bytes; its header says [${shape.join(', ')}], which takes ${length}. ` +
          (size < length ? 'It was cut short: fetch it again.' : 'It is no IDX file of one array.'),
      );
    }
  }
  const bytes = packed ? unpack(file, length) : readFileSync(file);
  if (bytes.length !== length) {
    throw new BadFileError(
      file,
      undefined,
      `unpacks to ${bytes.length} bytes; its header says [${shape.join(', ')}], which takes ${length}.`,
    );
  }
  return { file, shape, data: bytes.subarray(header) };
}

function firstBytes(file: string, count: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(count);
    return buffer.subarray(0, readSync(handle, buffer, 0, count, 0));
  } finally {
    closeSync(handle);
  }
}

/** The beginning of what a gzipped file holds. */
function peek(file: string, start: Buffer): Buffer {
  try {
    // Deflate packs at most some 1,032 to 1.
    return gunzipSync(start, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: PEEK * 1040,
    });
  } catch (cause) {
    throw unpackable(file, cause);
  }
}

function unpack(file: string, length: number): Buffer {
  const { size } = statSync(file);
  // Deflate makes nothing longer than its input by more than some bytes a block.
  if (size > length + length / 1000 + 4096) {
    throw new BadFileError(
      file,
      undefined,
      `has ${size} packed bytes, more than the ${length} that it should unpack to.`,
    );
  }
  try {
    return gunzipSync(readFileSync(file), { maxOutputLength: length });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new BadFileError(
        file,
        undefined,
        `unpacks to more than the ${length} bytes that its header says; it was not unpacked.`,
        { cause },
      );
    }
    throw unpackable(file, cause);
  }
}

function unpackable(file: string, cause: unknown): BadFileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BadFileError(file, undefined, `cannot be unpacked: ${reason}. Fetch it again.`, {
    cause,
  });
}

function parseHeader(file: string, bytes: Buffer, row: readonly number[]): number[] {
  const dimensions = row.length + 1;
  const header = 4 + 4 * dimensions;
  const bad = (problem: string): BadFileError => new BadFileError(file, undefined, problem);
  if (bytes.length < header) {
    throw bad(`has ${bytes.length} bytes, less than the ${header} of an IDX header.`);
  }
  const magic = bytes.readUInt32BE(0);
  const expected = 0x800 + dimensions;
  if (magic !== expected) {
    throw bad(
      `begins with ${hex(magic)}, expected ${hex(expected)}: an IDX file of unsigned bytes with ` +
        `${dimensions} ${dimensions === 1 ? 'dimension' : 'dimensions'}. ` +
        (magic === 0x801 || magic === 0x803
          ? 'Are the files of pictures and labels mixed up?'
          : 'Is it another file, or packed otherwise than by gzip?'),
    );
  }
  const shape = Array.from({ length: dimensions }, (_, k) => bytes.readUInt32BE(4 + 4 * k));
  if (row.some((size, k) => shape[k + 1] !== size)) {
    throw bad(`has rows of ${shape.slice(1).join(' × ')}, expected ${row.join(' × ')}.`);
  }
  if (shape[0]! < 1 || shape[0]! > MOST_ROWS) {
    throw bad(`says that it has ${shape[0]} rows, expected 1 to ${MOST_ROWS}.`);
  }
  return shape;
}

const hex = (value: number): string => `0x${value.toString(16).padStart(8, '0')}`;
