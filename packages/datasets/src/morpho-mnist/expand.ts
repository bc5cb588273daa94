import { mirrored, pyramidKernel, reflected, splineWeights, toSplineCoefficients } from './spline';

/** Side of MNIST's pictures. */
export const SIDE = 28;

/** Source pixels around the digit beyond which an enlarged picture is 0. */
const MARGIN = 5;

/** A picture enlarged: trunc(255·value) in [0, 255], row-major, `side` × `side`. */
export interface Enlarged {
  readonly side: number;
  readonly pixels: Uint8Array;
}

/**
 * A 28×28 picture `scale` times as large: cubic B-spline through its pixels' middles, held to the
 * picture's own range, then smoothed by a Gaussian of σ = scale/3 pixels and cut to whole grey
 * levels. This is scikit-image's `pyramid_expand(image, upscale=scale, order=3)` as Morpho-MNIST
 * calls it.
 * @param image 784 numbers in 0–255, row by row.
 */
export function expand(image: ArrayLike<number>, scale: number): Enlarged {
  const side = SIDE * scale;
  const pixels = new Uint8Array(side * side);
  const box = boxAround(image, MARGIN);
  if (!box) return { side, pixels };
  const [left, right, top, bottom] = box.map((v) => v * scale) as Four;
  const width = right - left;
  const height = bottom - top;
  const surface = splineSurface(
    image,
    places(left, right, 1, scale),
    places(top, bottom, 1, scale),
  );
  const smooth = smoothed(surface, width, height, pyramidKernel(scale));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[(top + y) * side + left + x] = wholeLevel(smooth[y * width + x]!);
    }
  }
  return { side, pixels };
}

/** trunc, a hair up: what is whole on paper shall not become the level below. */
const wholeLevel = (value: number): number => Math.trunc(value + 1e-9);

/** Source places of enlarged pixels from, from + step, … below `to`. */
export function places(from: number, to: number, step: number, scale: number): Float64Array {
  return Float64Array.from(
    { length: Math.ceil((to - from) / step) },
    (_, i) => (from + i * step + 0.5) / scale - 0.5,
  );
}

/**
 * The cubic B-spline through a picture's pixels at the places (x, y) of a grid, held to the picture's
 * own range.
 */
export function splineSurface(
  image: ArrayLike<number>,
  xs: Float64Array,
  ys: Float64Array,
): Float64Array {
  const coefficients = Float64Array.from({ length: SIDE * SIDE }, (_, i) => image[i]!);
  const { low, high } = rangeOf(coefficients);
  for (let k = 0; k < SIDE; k++) toSplineCoefficients(coefficients, k * SIDE, 1, SIDE);
  for (let k = 0; k < SIDE; k++) toSplineCoefficients(coefficients, k, SIDE, SIDE);
  const width = xs.length;
  // Along each source row first, then down the columns.
  const wide = new Float64Array(SIDE * width);
  for (let x = 0; x < width; x++) {
    const [weights, indices] = tapsAt(xs[x]!);
    const [a, b, c, d] = weights;
    const [p, q, r, s] = indices;
    for (let y = 0, row = 0; y < SIDE; y++, row += SIDE) {
      wide[y * width + x] =
        a * coefficients[row + p]! +
        b * coefficients[row + q]! +
        c * coefficients[row + r]! +
        d * coefficients[row + s]!;
    }
  }
  const surface = new Float64Array(ys.length * width);
  for (let y = 0, at = 0; y < ys.length; y++) {
    const [weights, indices] = tapsAt(ys[y]!);
    const [a, b, c, d] = weights;
    const [p, q, r, s] = indices.map((i) => i * width) as Four;
    for (let x = 0; x < width; x++, at++) {
      const v = a * wide[p + x]! + b * wide[q + x]! + c * wide[r + x]! + d * wide[s + x]!;
      surface[at] = v < low ? low : v > high ? high : v;
    }
  }
  return surface;
}

/** Weights and indices of the four coefficients that make the spline at a place. */
function tapsAt(place: number): [readonly [number, number, number, number], Four] {
  const floor = Math.floor(place);
  const indices = [-1, 0, 1, 2].map((k) => mirrored(floor + k, SIDE)) as Four;
  return [splineWeights(place - floor), indices];
}

export type Four = [number, number, number, number];

/**
 * The smallest box around all that is not 0, `margin` pixels wider each way but within the picture:
 * [left, right, top, bottom], the ends not in it. Undefined for a black picture.
 */
export function boxAround(image: ArrayLike<number>, margin: number): Four | undefined {
  let [x0, x1, y0, y1] = [SIDE, -1, SIDE, -1];
  for (let i = 0; i < SIDE * SIDE; i++) {
    if (image[i] === 0) continue;
    const x = i % SIDE;
    const y = (i - x) / SIDE;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  if (x1 < 0) return undefined;
  const within = (v: number): number => Math.max(0, Math.min(SIDE, v));
  return [
    within(x0 - margin),
    within(x1 + 1 + margin),
    within(y0 - margin),
    within(y1 + 1 + margin),
  ];
}

/** Lowest and highest value. */
export function rangeOf(values: ArrayLike<number>): {
  readonly low: number;
  readonly high: number;
} {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}

/** A picture smoothed along both axes; beyond its border it is reflected. */
export function smoothed(
  picture: Float64Array,
  width: number,
  height: number,
  kernel: Float64Array,
): Float64Array {
  const radius = kernel.length - 1;
  const across = new Float64Array(width * height);
  const line = new Float64Array(width + 2 * radius);
  for (let y = 0; y < height; y++) {
    line.set(picture.subarray(y * width, (y + 1) * width), radius);
    for (let k = 1; k <= radius; k++) {
      line[radius - k] = picture[y * width + reflected(-k, width)]!;
      line[radius + width - 1 + k] = picture[y * width + reflected(width - 1 + k, width)]!;
    }
    for (let x = 0; x < width; x++) {
      let sum = kernel[0]! * line[x + radius]!;
      for (let k = 1; k <= radius; k++) {
        sum += kernel[k]! * (line[x + radius - k]! + line[x + radius + k]!);
      }
      across[y * width + x] = sum;
    }
  }
  const out = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const to = y * width;
    for (let x = 0; x < width; x++) out[to + x] = kernel[0]! * across[to + x]!;
    for (let k = 1; k <= radius; k++) {
      const up = reflected(y - k, height) * width;
      const down = reflected(y + k, height) * width;
      const w = kernel[k]!;
      for (let x = 0; x < width; x++) out[to + x]! += w * (across[up + x]! + across[down + x]!);
    }
  }
  return out;
}
