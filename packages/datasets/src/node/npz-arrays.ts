import { existsSync, readFileSync } from 'node:fs';
import type { Concept, LabelKind, Matrix } from '../dataset';
import { spans } from '../ranges';
import { BadFileError } from './bad-file';
import { type NpyArray, parseNpy } from './npy';
import { unzipFile } from './zip';

/** An .npz file, or two .npy files. */
export type ArraySource = string | { readonly images: string; readonly labels: string };

/** Pictures have up to four channels; an axis that is longer is height or width. */
const MOST_CHANNELS = 4;

type NamedArray = NpyArray & { readonly file: string };

/** Where pictures lie in an array: [n, height, width, channels] or [n, channels, height, width]. */
interface Layout {
  readonly shape: readonly [n: number, height: number, width: number, channels: number];
  readonly first: boolean;
}

/** Names of the arrays in an .npz file, and the most bytes to unpack. */
interface ArrayNames {
  readonly images?: string;
  readonly labels?: string;
  readonly maxBytes?: number;
}

/**
 * Pictures and labels, in this order.
 * @throws BadFileError if one is not there or damaged.
 */
export function readArrays(source: ArraySource, options: ArrayNames): NamedArray[] {
  const { images = 'images', labels = 'labels', maxBytes = 2 ** 32 } = options;
  const paths = typeof source === 'string' ? [source] : [source.images, source.labels];
  for (const file of paths) {
    if (!existsSync(file)) throw new Error(`npz: there is no file '${file}'.`);
  }
  if (typeof source !== 'string') {
    return paths.map((file) => ({ file, ...parseNpy(readFileSync(file), file) }));
  }
  const wanted = [images, labels].map((name) => `${name}.npy`);
  const { found, names } = unzipFile(source, wanted, maxBytes);
  return wanted.map((entry) => {
    const name = entry.replace(/\.npy$/, '');
    const bytes = found.get(entry);
    if (bytes) return { file: `${source} (${name})`, ...parseNpy(bytes, `${source} (${name})`) };
    const there = names.map((n) => n.replace(/\.npy$/, '')).join(', ') || 'none';
    throw new BadFileError(source, undefined, `has no array '${name}'; it has ${there}.`);
  });
}

/**
 * Where height, width and channels are.
 * @throws BadFileError if the shape is none of pictures, or looks as if channels came first.
 */
export function layoutOf(
  { shape, file }: NamedArray,
  channels: 'first' | 'last' | undefined,
): Layout {
  const fail = (problem: string): never => {
    throw new BadFileError(file, undefined, `has shape [${shape.join(', ')}], ${problem}`);
  };
  const wanted = 'expected [n, height, width] or [n, height, width, channels].';
  if ((shape.length !== 3 && shape.length !== 4) || !shape.every((v) => v > 0)) fail(wanted);
  if (shape.length === 3)
    return { shape: [...shape, 1] as unknown as Layout['shape'], first: false };
  const [n, a, b, c] = shape as Layout['shape'];
  if (channels === 'first') return { shape: [n, b, c, a], first: true };
  if (channels === undefined && c > MOST_CHANNELS) {
    fail(
      a <= MOST_CHANNELS
        ? `${wanted.slice(0, -1)}: channels first? Then say { channels: 'first' }.`
        : `which would be ${c} channels: ${wanted} Say { channels: 'last' } if there are so many.`,
    );
  }
  return { shape: [n, a, b, c], first: false };
}

/** What pixel values are divided by. */
export function scaleOf({ data, shape, file }: NamedArray): number {
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  let high = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(value >= 0 && value <= 255)) {
      throw new BadFileError(
        file,
        Math.floor(i / length) + 1,
        `has the pixel value ${value}, expected 0 … 1, or bytes.`,
      );
    }
    high = Math.max(high, value);
  }
  // Booleans come as bytes that are 0 and 1.
  if (high <= 1) return 1;
  if (data instanceof Uint8Array || data.every(Number.isInteger)) return 255;
  throw new BadFileError(
    file,
    undefined,
    `has pixel values up to ${high}, expected 0 … 1, or bytes.`,
  );
}

/**
 * Labels row by row, NaN where they are missing.
 * @throws BadFileError naming the row of a number that is not finite.
 */
export function labelRows(
  { shape, data, file }: NamedArray,
  n: number,
  missing: readonly number[],
): number[][] {
  if (shape.length < 1 || shape.length > 2 || shape[0] !== n) {
    throw new BadFileError(
      file,
      undefined,
      `has shape [${shape.join(', ')}], expected [${n}, d] for ${n} pictures.`,
    );
  }
  const d = shape[1] ?? 1;
  return Array.from({ length: n }, (_, k) =>
    Array.from(data.subarray(k * d, (k + 1) * d), (value, c) => {
      if (missing.includes(value)) return NaN;
      // Labels travel in float32.
      if (Number.isFinite(Math.fround(value))) return value;
      const hint = Number.isNaN(value) ? '; if labels are missing, say { missing: [NaN] }' : '';
      throw new BadFileError(
        file,
        k + 1,
        `column ${c + 1} is ${value}, expected a finite number${hint}.`,
      );
    }),
  );
}

/** @throws BadFileError if there are other columns than names, or values that a kind has not. */
export function conceptsOf(
  rows: Matrix,
  asked: readonly string[] | Readonly<Record<string, LabelKind>> | undefined,
  file: string,
): Concept[] {
  const ranges = spans(rows);
  const kinds = new Map<string, LabelKind>(
    asked && !Array.isArray(asked) ? Object.entries(asked as Record<string, LabelKind>) : [],
  );
  const names = !asked
    ? ranges.map((_, c) => `label${c}`)
    : Array.isArray(asked)
      ? (asked as readonly string[])
      : [...kinds.keys()];
  if (names.length !== ranges.length) {
    throw new BadFileError(
      file,
      undefined,
      `has ${ranges.length} columns, but ${names.length} concepts are named (${names.join(', ')}).`,
    );
  }
  return names.map((name, c) => {
    const told = rows.map((row) => row[c]!).filter((value) => !Number.isNaN(value));
    if (told.length === 0) {
      throw new BadFileError(file, undefined, `${name} is missing in every row.`);
    }
    const given = kinds.get(name);
    const binary = told.every((value) => value === 0 || value === 1);
    const wrong =
      given === 'binary' && !binary
        ? told.find((value) => value !== 0 && value !== 1)
        : given === 'categorical'
          ? told.find((value) => !(Number.isInteger(value) && value >= 0))
          : undefined;
    if (wrong !== undefined) {
      throw new BadFileError(
        file,
        undefined,
        `${name} has the value ${wrong}, expected ${given === 'binary' ? '0 and 1' : '0, 1, 2, …'} (${given}).`,
      );
    }
    const kind = given ?? (binary ? 'binary' : 'continuous');
    return { name, unit: '', kind, range: kind === 'binary' ? [0, 1] : ranges[c]! };
  });
}
