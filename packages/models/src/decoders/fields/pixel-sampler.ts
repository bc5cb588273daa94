import type { Rng } from '@causal/random';

/** What a pixel's running squared error starts from: all pixels alike until they are seen. */
export const START_ERROR = 0.05;
/** How much of the running error a step's own error replaces. */
const RENEWAL = 0.1;

/**
 * Draws `count` pixels with replacement in proportion to
 * (1 − errorShare)·weights/Σ + errorShare·√errors/Σ.
 *
 * By inversion with a guide table (Chen & Asau 1974), so that a draw takes constant time whatever
 * the size of the picture.
 * @param weights What is known before training, non-negative [pixels].
 * @param errors Running squared error [pixels].
 */
export function drawPixels(
  rng: Rng,
  count: number,
  weights: ArrayLike<number>,
  errors: ArrayLike<number>,
  errorShare: number,
): Int32Array {
  const pixels = weights.length;
  const cumulative = mixture(weights, errors, errorShare);
  const total = cumulative[pixels - 1]!;
  const guide = new Int32Array(pixels);
  for (let cell = 0, pixel = 0; cell < pixels; cell++) {
    while (cumulative[pixel]! < (cell / pixels) * total && pixel < pixels - 1) pixel++;
    guide[cell] = pixel;
  }
  const uniforms = rng.uniforms(count);
  return Int32Array.from(uniforms, (u) => {
    let pixel = guide[Math.floor(u * pixels)]!;
    while (cumulative[pixel]! <= u * total && pixel < pixels - 1) pixel++;
    return pixel;
  });
}

function mixture(
  weights: ArrayLike<number>,
  errors: ArrayLike<number>,
  errorShare: number,
): Float64Array {
  const pixels = weights.length;
  let known = 0;
  let wrong = 0;
  for (let p = 0; p < pixels; p++) {
    known += weights[p]!;
    wrong += Math.sqrt(errors[p]!);
  }
  const cumulative = new Float64Array(pixels);
  let sum = 0;
  for (let p = 0; p < pixels; p++) {
    sum += known > 0 ? ((1 - errorShare) * weights[p]!) / known : (1 - errorShare) / pixels;
    if (wrong > 0) sum += (errorShare * Math.sqrt(errors[p]!)) / wrong;
    cumulative[p] = sum;
  }
  return cumulative;
}

/**
 * The running squared errors after a step: a pixel that was drawn moves a tenth of the way to the
 * mean of its draws; others stay.
 * @param drawn Pixel of each draw.
 * @param squared Squared error of each draw.
 */
export function updateErrors(
  errors: Float32Array,
  drawn: Int32Array,
  squared: ArrayLike<number>,
): Float32Array {
  const sums = new Float64Array(errors.length);
  const counts = new Int32Array(errors.length);
  for (let i = 0; i < drawn.length; i++) {
    sums[drawn[i]!]! += squared[i]!;
    counts[drawn[i]!]!++;
  }
  return errors.map((error, p) =>
    counts[p] ? error + RENEWAL * (sums[p]! / counts[p]! - error) : error,
  );
}
