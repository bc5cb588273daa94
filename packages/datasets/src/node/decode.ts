import type sharpType from 'sharp';
import { BadFileError } from './bad-file';

type Sharp = typeof sharpType;

/** How files become pictures of one size. */
export interface DecodeOptions {
  readonly width: number;
  readonly height: number;
  /** Pictures must have exactly this [width, height]. */
  readonly expect?: readonly [number, number];
  /** Side of the square cut out amid the picture; needs `expect`. Default: the largest that fits. */
  readonly crop?: number;
  /** Files that claim more pixels are refused before they are unpacked. */
  readonly maxPixels: number;
}

/** A damaged file must not keep a reader waiting. */
const TIMEOUT_SECONDS = 30;
/** What TIFF files begin with: the only kind whose pixels may be other than 8 or 16 bits. */
const TIFF = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];
const WHITE = { r: 255, g: 255, b: 255 };

let loading: Promise<Sharp> | undefined;

export async function loadSharp(): Promise<Sharp> {
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
 * A picture (JPEG, PNG, WebP, GIF, TIFF, AVIF) as RGB bytes, row by row: turned upright as its EXIF
 * orientation says, its middle cut out and resized bilinearly with anti-aliasing; transparent parts
 * become white, 16 bits become 8, CMYK becomes RGB; of an animation the first picture.
 * @param file The whole file.
 * @param path For messages, as `row`.
 * @throws BadFileError naming the file, the row it belongs to and what is wrong with it.
 */
export async function decodePicture(
  file: Uint8Array,
  path: string,
  row: number,
  options: DecodeOptions,
): Promise<Uint8Array> {
  const { width, height, expect, crop, maxPixels } = options;
  const sharp = await loadSharp();
  const input = { failOn: 'warning', limitInputPixels: maxPixels } as const;
  try {
    if (TIFF.includes(Buffer.from(file.subarray(0, 4)).toString('latin1'))) {
      const { depth } = await sharp(file, input).metadata();
      if (depth !== 'uchar' && depth !== 'ushort') {
        throw new Error(`its pixels are '${depth}'; expected 8 or 16 bits without sign`);
      }
    }
    const image = sharp(file, input).timeout({ seconds: TIMEOUT_SECONDS }).rotate();
    if (expect) await checkSize(image, expect);
    if (expect && crop !== undefined) {
      const [left, top] = expect.map((side) => Math.floor((side - crop) / 2));
      image.extract({ left: left!, top: top!, width: crop, height: crop });
    }
    const { data, info } = await image
      .resize(width, height, { fit: 'cover', kernel: 'linear' })
      .flatten({ background: WHITE })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return info.channels === 1 ? grey(data) : data;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BadFileError(path, row, `cannot be read as a picture: ${reason}.`, { cause });
  }
}

/** @throws Error unless the picture, turned upright, has this width and height. */
async function checkSize(
  image: ReturnType<Sharp>,
  [width, height]: readonly [number, number],
): Promise<void> {
  const found = await image.metadata();
  // Orientations 5 to 8 lie on their side.
  const turned = (found.orientation ?? 1) >= 5;
  const [across, down] = turned ? [found.height, found.width] : [found.width, found.height];
  if (across === width && down === height) return;
  throw new Error(`is ${across}×${down}, expected ${width}×${height}`);
}

/** One byte a pixel to three. */
function grey(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 3);
  for (let i = 0; i < out.length; i++) out[i] = bytes[Math.floor(i / 3)]!;
  return out;
}
