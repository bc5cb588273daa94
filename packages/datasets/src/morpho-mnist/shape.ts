import { axisOf } from './axis';
import { boxAround, type Four, places, rangeOf, SIDE, smoothed, splineSurface } from './expand';
import { type Runs, RunsBuilder } from './runs';
import { pyramidKernel } from './spline';

/** How much larger a shape is than its picture while it is worked on. */
export const SCALE = 16;
export const SHAPE_SIDE = SIDE * SCALE;

/** Every fourth enlarged pixel is worked out, the rest is interpolated by this many of those. */
const STEP = 4;
const TAPS = 8;
/** Grey levels within which a worked-out pixel may have others on the far side of half beside it. */
const DOUBTFUL = 24;

/**
 * The shape of a digit: sixteen times enlarged as by {@link expand}, threshold at half its range.
 *
 * The enlarged picture is so smooth (σ = 16/3 pixels) that every fourth pixel of every fourth row
 * gives the rest by interpolation, and only where it passes half its range must the rest be known.
 * One in a thousand of the shape's pixels comes out otherwise than by working out all, at the outline
 * (tested); it takes a tenth of the time.
 * @returns undefined for a picture of one grey, which has no shape.
 */
export function shapeOf(image: ArrayLike<number>): Runs | undefined {
  // Farther from the ink nothing reaches half of the range, nor what decides on that.
  const box = boxAround(image, 3);
  if (!box) return undefined;
  const [left, right, top, bottom] = box.map((v) => v * SCALE) as Four;
  const xs = places(left, right, STEP, SCALE);
  const ys = places(top, bottom, STEP, SCALE);
  const coarse = smoothed(
    splineSurface(image, xs, ys),
    xs.length,
    ys.length,
    everyFourth(pyramidKernel(SCALE)),
  );
  const high = Math.trunc(rangeOf(coarse).high + 1e-9);
  if (high === 0) return undefined;
  // trunc(v) ≥ high/2 is v ≥ ⌈high/2⌉, as the levels are whole; the lowest is the background's 0.
  const least = Math.ceil(high / 2) - 1e-9;
  const builder = new RunsBuilder(SHAPE_SIDE);
  const line = new Float64Array(xs.length + TAPS);
  for (let y = 0; y < SHAPE_SIDE; y++) {
    if (y >= top && y < bottom) {
      rowBetween(coarse, xs.length, ys.length, y - top, line);
      addRow(line, xs.length, left, least, builder);
    }
    builder.endRow();
  }
  return builder.build();
}

/** Thickness of a shape's strokes in pixels of the picture; 0 for an empty shape. */
export function shapeThickness(shape: Runs): number {
  return shape.ends.length === 0 ? 0 : axisOf(pixelsOf(shape), SHAPE_SIDE, SCALE).thickness;
}

/** 1 where set, row by row. */
export function pixelsOf({ side, rows, ends }: Runs): Uint8Array {
  const pixels = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let k = 2 * rows[y]!; k < 2 * rows[y + 1]!; k += 2) {
      pixels.fill(1, y * side + ends[k]!, y * side + ends[k + 1]!);
    }
  }
  return pixels;
}

/** One row of the enlarged picture at every fourth place, into `line` from its fourth number on. */
function rowBetween(
  coarse: Float64Array,
  width: number,
  height: number,
  y: number,
  line: Float64Array,
): void {
  const phase = y % STEP;
  const nearest = (y - phase) / STEP;
  if (phase === 0) {
    line.set(coarse.subarray(nearest * width, (nearest + 1) * width), 3);
    return;
  }
  // Around the box all is black: rows that are not there weigh nothing.
  const there = (k: number): boolean => nearest + k - 3 >= 0 && nearest + k - 3 < height;
  const at = (k: number): number => (there(k) ? (nearest + k - 3) * width : 0);
  const weight = (k: number): number => (there(k) ? BETWEEN[phase]![k]! : 0);
  const [p0, p1, p2, p3, p4, p5, p6, p7] = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
  const [w0, w1, w2, w3] = [weight(0), weight(1), weight(2), weight(3)];
  const [w4, w5, w6, w7] = [weight(4), weight(5), weight(6), weight(7)];
  for (let x = 0; x < width; x++) {
    line[x + 3] =
      w0 * coarse[p0 + x]! +
      w1 * coarse[p1 + x]! +
      w2 * coarse[p2 + x]! +
      w3 * coarse[p3 + x]! +
      w4 * coarse[p4 + x]! +
      w5 * coarse[p5 + x]! +
      w6 * coarse[p6 + x]! +
      w7 * coarse[p7 + x]!;
  }
}

/** The stretches of a row at or above `least`. */
function addRow(
  line: Float64Array,
  width: number,
  left: number,
  least: number,
  builder: RunsBuilder,
): void {
  let begun = -1;
  for (let x = 0; x < width; x++) {
    const here = line[x + 3]! - least;
    const next = line[x + 4]! - least;
    const same = here >= 0 === next >= 0;
    if (same && Math.abs(here) > DOUBTFUL && Math.abs(next) > DOUBTFUL) {
      if (here >= 0 === begun >= 0) continue;
    }
    for (let phase = 0; phase < STEP; phase++) {
      const at = left + STEP * x + phase;
      const inside = (phase === 0 ? here : between(line, x, BETWEEN[phase]!) - least) >= 0;
      if (inside && begun < 0) begun = at;
      if (!inside && begun >= 0) {
        builder.add(begun, at);
        begun = -1;
      }
    }
  }
  if (begun >= 0) builder.add(begun, left + STEP * width);
}

function between(line: Float64Array, x: number, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < TAPS; k++) sum += weights[k]! * line[x + k]!;
  return sum;
}

/** Weights of eight points for the places 0, ¼, ½, ¾ of the way from the fourth to the fifth (Lagrange). */
const BETWEEN: readonly Float64Array[] = Array.from({ length: STEP }, (_, phase) =>
  Float64Array.from({ length: TAPS }, (__, k) => {
    let weight = 1;
    for (let j = 0; j < TAPS; j++) if (j !== k) weight *= (3 + phase / STEP - j) / (k - j);
    return weight;
  }),
);

function everyFourth(half: Float64Array): Float64Array {
  const kept = half.filter((_, k) => k % STEP === 0);
  const sum = kept.reduce((total, w, k) => total + (k === 0 ? w : 2 * w), 0);
  return kept.map((w) => w / sum);
}
