import { type Enlarged, expand, rangeOf } from './expand';
import { axisOf } from './axis';
import { momentsOf } from './moments';
import { boundingParallelogram } from './parallelogram';
import { checkDigit } from './check-digit';

/** What Morpho-MNIST measures on a digit, in pixels of the 28×28 picture unless said otherwise. */
export interface DigitMeasures {
  /** Twice the mean distance of the medial axis to the background. */
  readonly thickness: number;
  /** Length of the medial axis, diagonal steps √2. */
  readonly length: number;
  /** Angle of the main axis against the vertical in radians, positive to the right. */
  readonly slant: number;
  /** Sides of the parallelogram that leaves out 2 % of the ink each way. */
  readonly width: number;
  readonly height: number;
  /** Median of the pixels at or above the middle of the picture's range, 0–255. */
  readonly intensity: number;
}

const SCALE = 4;

/**
 * Measures a handwritten digit as Morpho-MNIST does (Castro et al., JMLR 20, 2019): four times
 * enlarged, threshold at half the range, medial axis, grey moments.
 * @param image 28×28 numbers in 0–255, row by row; fractions are allowed, models draw them.
 * @returns All 0 but `intensity` for a picture of one grey, which shows no digit.
 * @throws RangeError unless there are 784 numbers in 0–255.
 */
export function measureDigit(image: ArrayLike<number>): DigitMeasures {
  checkDigit('measureDigit', image);
  const intensity = intensityOf(image);
  const enlarged = expand(image, SCALE);
  const shape = binarised(enlarged);
  if (!shape) return { thickness: 0, length: 0, slant: 0, width: 0, height: 0, intensity };
  const { side, pixels } = enlarged;
  const { thickness, length } = axisOf(shape, side, SCALE);
  const moments = momentsOf(pixels, side, side);
  const box = boundingParallelogram(pixels, side, moments);
  return {
    thickness,
    length,
    slant: Math.atan(-moments.shear),
    width: box.width / SCALE,
    height: box.height / SCALE,
    intensity,
  };
}

/** Median of the pixels at or above mid-range. */
export function intensityOf(image: ArrayLike<number>): number {
  const { low, high } = rangeOf(image);
  const middle = low + (high - low) / 2;
  const bright: number[] = [];
  for (let i = 0; i < image.length; i++) if (image[i]! >= middle) bright.push(image[i]!);
  const sorted = Float64Array.from(bright).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** 1 at or above half the range; undefined for a picture of one grey. */
export function binarised({ side, pixels }: Enlarged): Uint8Array | undefined {
  const { low, high } = rangeOf(pixels);
  if (low === high) return undefined;
  const middle = low + (high - low) * 0.5;
  const binary = new Uint8Array(side * side);
  for (let i = 0; i < pixels.length; i++) binary[i] = pixels[i]! >= middle ? 1 : 0;
  return binary;
}
