import { show } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';

/** Pictures as tfjs tensors: one [h, w, c] or a batch [n, h, w, c]. Read, not disposed. */
export type Images = tf.Tensor3D | tf.Tensor4D;

/** Pixels on the host with the sizes to walk them. */
export interface HostImages {
  readonly n: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: ArrayLike<number>;
}

/** @throws RangeError unless the tensor is [h, w, c] or [n, h, w, c] and holds a pixel. */
export function readImages(images: Images, caller: string): HostImages {
  checkTensor(images, caller);
  if ((images.rank !== 3 && images.rank !== 4) || images.size === 0) {
    throw new RangeError(
      `${caller}: expected images [n, h, w, c] or [h, w, c], got shape [${images.shape.join(', ')}].`,
    );
  }
  const [channels, width, height, n = 1] = [...images.shape].reverse() as [
    number,
    number,
    number,
    number?,
  ];
  return { n, height, width, channels, pixels: images.dataSync() };
}

function checkTensor(images: Images, caller: string): void {
  if (typeof (images as Partial<Images> | null | undefined)?.dataSync === 'function') return;
  throw new TypeError(
    `${caller}: expected images as a tensor [n, h, w, c] or [h, w, c], got ${show(images)}.`,
  );
}

/**
 * Pixels of a score that is made for [0, dataRange]. What goes half a range beyond is in other units
 * (0 … 255, −1 … 1), and the score would be a number all the same.
 * @throws RangeError on such pixels, and on NaN and Infinity.
 */
export function checkRange({ pixels }: HostImages, dataRange: number, caller: string): void {
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!;
    if (value >= -0.5 * dataRange && value <= 1.5 * dataRange) continue;
    throw new RangeError(
      Number.isFinite(value)
        ? `${caller}: expected pixels in [0, ${dataRange}], got ${value}; scale the pictures (of 0 … 255 divide by 255).`
        : `${caller}: expected finite pixels, got ${value}.`,
    );
  }
}

/** Two batches of pictures of the same shape. */
export function readImagePair(a: Images, b: Images, caller: string): [HostImages, HostImages] {
  checkTensor(a, caller);
  checkTensor(b, caller);
  if (a.shape.join() !== b.shape.join()) {
    throw new RangeError(
      `${caller}: expected two batches of the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`,
    );
  }
  return [readImages(a, caller), readImages(b, caller)];
}

/** One channel of one picture as a float64 plane [height × width]. */
export function plane(images: HostImages, index: number, channel: number): Float64Array {
  const { height, width, channels, pixels } = images;
  const size = height * width;
  const result = new Float64Array(size);
  let at = index * size * channels + channel;
  for (let i = 0; i < size; i++, at += channels) result[i] = pixels[at]!;
  return result;
}
