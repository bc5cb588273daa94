import { checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { encodePng } from './png';

export interface ContactSheetOptions {
  /** Pictures in a row. Default: about a square. */
  readonly columns?: number;
  /** Grey pixels between pictures and around them. Default 2. */
  readonly gap?: number;
  /** Each pixel becomes scale × scale pixels. Default 1. */
  readonly scale?: number;
}

/** Light, but not white: many of the pictures have a white ground. */
const GAP_GREY = 204;

/**
 * Many pictures in one PNG, row by row from the top left.
 * @param images Tensors [n, height, width, 1 or 3] in [0, 1] (values outside are held to it), all
 * of one height and width; they stay the caller's.
 * @returns The bytes of a PNG file.
 * @throws RangeError if there is no picture, or shapes differ.
 */
export function contactSheet(
  images: tf.Tensor4D | readonly tf.Tensor4D[],
  options: ContactSheetOptions = {},
): Uint8Array {
  checkKeys(options, ['columns', 'gap', 'scale'], 'contactSheet');
  const tensors = Array.isArray(images)
    ? (images as readonly tf.Tensor4D[])
    : [images as tf.Tensor4D];
  for (const tensor of tensors) {
    if (tensor instanceof tf.Tensor && tensor.rank === 4) continue;
    const came = tensor instanceof tf.Tensor ? `shape [${tensor.shape.join(', ')}]` : show(tensor);
    throw new OptionsError('contactSheet', [
      `\`images\` must be tensors [n, height, width, channels], got ${came}.`,
    ]);
  }
  const count = tensors.reduce((sum, t) => sum + t.shape[0], 0);
  if (count === 0) throw new RangeError('contactSheet: there are no pictures.');
  const [, height, width, channels] = tensors[0]!.shape;
  for (const { shape } of tensors) {
    if (
      shape[1] !== height ||
      shape[2] !== width ||
      shape[3] !== channels ||
      channels % 2 !== 1 ||
      channels > 3
    ) {
      throw new RangeError(
        `contactSheet: pictures must be [n, ${height}, ${width}, 1 or 3] alike, got [${shape.join(', ')}].`,
      );
    }
  }
  const { columns = Math.ceil(Math.sqrt(count)), gap = 2, scale = 1 } = options;
  const whole = { integer: true } as const;
  checkNumber(columns, 'columns', 'contactSheet', { least: 1, most: 10_000, ...whole });
  checkNumber(gap, 'gap', 'contactSheet', { least: 0, most: 1000, ...whole });
  checkNumber(scale, 'scale', 'contactSheet', { least: 1, most: 64, ...whole });
  const sheetWidth = columns * (width * scale + gap) + gap;
  const sheetHeight = Math.ceil(count / columns) * (height * scale + gap) + gap;
  const rgb = new Uint8Array(sheetWidth * sheetHeight * 3).fill(GAP_GREY);
  let k = 0;
  for (const tensor of tensors) {
    const values = tensor.dataSync();
    for (let n = 0; n < tensor.shape[0]; n++, k++) {
      const left = gap + (k % columns) * (width * scale + gap);
      const top = gap + Math.floor(k / columns) * (height * scale + gap);
      for (let y = 0; y < height * scale; y++) {
        for (let x = 0; x < width * scale; x++) {
          const from =
            ((n * height + Math.floor(y / scale)) * width + Math.floor(x / scale)) * channels;
          const to = ((top + y) * sheetWidth + left + x) * 3;
          for (let c = 0; c < 3; c++) {
            const value = values[from + (channels === 1 ? 0 : c)]!;
            rgb[to + c] = Math.min(1, Math.max(0, value)) * 255 + 0.5;
          }
        }
      }
    }
  }
  return encodePng(sheetWidth, sheetHeight, rgb);
}
