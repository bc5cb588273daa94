import type sharpType from 'sharp';
import { BadFileError } from './bad-file';
import type { JpegThreads } from './jpeg-threads';
import { flatten, type SquareResampler } from './resample';

type Sharp = typeof sharpType;

/** How files become pictures of one size. */
export interface DecodeOptions {
  readonly width: number;
  readonly height: number;
  /** Pictures must have exactly this [width, height]. */
  readonly expect?: readonly [number, number];
  /** Cuts out the middle and resizes, where pictures are small and of one size; needs `expect`. */
  readonly resampler?: SquareResampler;
  /** The fast way for usual JPEG files; what it leaves undecided goes the slow way. */
  readonly jpegs?: JpegThreads;
  /** Files that claim more pixels are refused before they are unpacked. */
  readonly maxPixels: number;
}

/** A damaged file must not keep a reader waiting. */
const TIMEOUT_SECONDS = 30;

let loading: Promise<Sharp> | undefined;

async function loadSharp(): Promise<Sharp> {
  loading ??= import('sharp').then(
    (module) => module.default,
    (cause: unknown) => {
      loading = undefined;
      throw new Error(
        "Reading image files needs the package 'sharp', which could not be loaded: run `npm install sharp`.",
        { cause },
      );
    },
  );
  return loading;
}

/**
 * A JPEG, PNG or WebP file as RGB bytes, row by row; transparent parts become white.
 * @throws BadFileError naming the file, the row it belongs to and what is wrong with it.
 */
export async function decodeFile(
  path: string,
  row: number,
  options: DecodeOptions,
): Promise<Uint8Array> {
  const { width, height, expect, resampler, jpegs, maxPixels } = options;
  const fast = await jpegs?.decode(path);
  if (fast) return fast;
  const sharp = await loadSharp();
  try {
    const image = sharp(path, { failOn: 'warning', limitInputPixels: maxPixels }).timeout({
      seconds: TIMEOUT_SECONDS,
    });
    // Setting up a resize costs more than decoding a small picture: those are resized here.
    if (!expect) image.resize(width, height, { fit: 'cover' });
    const { data, info } = await image
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (expect && (info.width !== expect[0] || info.height !== expect[1])) {
      throw new Error(`is ${info.width}×${info.height}, expected ${expect[0]}×${expect[1]}`);
    }
    if (resampler) return resampler.resize(data, info.width, info.height, info.channels);
    return flatten(data, info.channels);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BadFileError(path, row, `cannot be read as a picture: ${reason}.`, { cause });
  }
}
