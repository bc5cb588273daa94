import { SIDE } from './expand';

/** @throws RangeError unless the picture has 784 numbers in 0–255. */
export function checkDigit(caller: string, image: ArrayLike<number>): void {
  if (image.length !== SIDE * SIDE) {
    throw new RangeError(
      `${caller}: expected a picture of 28 × 28 = 784 numbers, got ${image.length}. ` +
        'Larger pictures (32 × 32) must be cut to their middle first.',
    );
  }
  for (let i = 0; i < image.length; i++) {
    if (image[i]! >= 0 && image[i]! <= 255) continue;
    throw new RangeError(
      `${caller}: pixel ${i} is ${image[i]}, expected 0–255 (multiply pictures in [0, 1] by 255).`,
    );
  }
}
