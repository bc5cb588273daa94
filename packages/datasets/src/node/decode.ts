import { BadFileError } from './bad-file';

type Sharp = (typeof import('sharp'))['default'];

/** How files become pictures of one size. */
export interface DecodeOptions {
  readonly width: number;
  readonly height: number;
  /** Side of the square cut out of the middle before resizing; undefined: as large as fits. */
  readonly crop?: number;
  /** Pictures must have exactly this [width, height]. */
  readonly expect?: readonly [number, number];
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
  const sharp = await loadSharp();
  const { width, height, crop, expect, maxPixels } = options;
  let buffer: Buffer;
  let info: { width: number; height: number; channels: number };
  try {
    const image = sharp(path, { failOn: 'warning', limitInputPixels: maxPixels }).timeout({
      seconds: TIMEOUT_SECONDS,
    });
    if (crop !== undefined || expect) {
      const { width: w = 0, height: h = 0 } = await image.metadata();
      if (expect && (w !== expect[0] || h !== expect[1])) {
        throw new Error(`is ${w}×${h}, expected ${expect[0]}×${expect[1]}`);
      }
      if (crop !== undefined) {
        if (w < crop || h < crop) throw new Error(`is ${w}×${h}, smaller than the crop of ${crop}`);
        const left = Math.floor((w - crop) / 2);
        image.extract({ left, top: Math.floor((h - crop) / 2), width: crop, height: crop });
      }
    }
    const result = await image
      .resize(width, height, { fit: 'cover' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    buffer = result.data;
    info = result.info;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BadFileError(path, row, `cannot be read as a picture: ${reason}.`, { cause });
  }
  if (info.channels === 3) return buffer;
  if (info.channels === 1)
    return Uint8Array.from({ length: buffer.length * 3 }, (_, i) => buffer[(i / 3) | 0]!);
  throw new BadFileError(path, row, `has ${info.channels} channels, expected grey, RGB or RGBA.`);
}
