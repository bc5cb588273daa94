import { mirrored, pyramidKernel, reflected, splineWeights, toSplineCoefficients } from './spline';
import { SIDE } from './expand';
import { SCALE, SHAPE_SIDE as LARGE } from './shape';
import { leanOf, type Runs } from './runs';

/**
 * A shape made small again: smoothed by a Gaussian of σ = 16/3 pixels, then a cubic B-spline through
 * that at the small pixels' middles: scikit-image's `pyramid_reduce(shape, downscale=16, order=3)`.
 *
 * All of it is linear and the shape is made of stretches, so that a stretch's share in a small pixel
 * is a difference of two sums that are known beforehand. Where rows are sheared, by linear
 * interpolation along them, the ends fall between pixels and the sums are interpolated: the same.
 *
 * @param shear x of each row moves by shear · (its y − the middle's).
 * @returns 784 whole grey levels, 255 inside.
 */
export function reduced(shape: Runs, shear = 0): Uint8Array {
  const { weights, sums } = reduction();
  const { side, rows, ends } = shape;
  const middle = shear === 0 ? 0 : (leanOf(shape)?.y ?? 0);
  const small = new Float64Array(SIDE * SIDE);
  const line = new Float64Array(SIDE);
  for (let y = 0; y < side; y++) {
    if (rows[y] === rows[y + 1]) continue;
    const moved = shear * (y - middle);
    line.fill(0);
    for (let k = 2 * rows[y]!; k < 2 * rows[y + 1]!; k += 2) {
      addStretch(line, sums, ends[k]! + moved, ends[k + 1]! + moved);
    }
    for (let v = 0; v < SIDE; v++) {
      const w = weights[v * LARGE + y]!;
      if (w === 0) continue;
      for (let u = 0; u < SIDE; u++) small[v * SIDE + u]! += w * line[u]!;
    }
  }
  return Uint8Array.from(small, (v) => Math.trunc(255 * Math.max(0, Math.min(1, v)) + 1e-6));
}

/** Adds the shares of the stretch [from, to) in the small pixels of a row. */
function addStretch(line: Float64Array, sums: Float64Array, from: number, to: number): void {
  const a = Math.max(0, Math.min(LARGE, from));
  const b = Math.max(0, Math.min(LARGE, to));
  const [i, j] = [Math.min(LARGE - 1, Math.floor(a)), Math.min(LARGE - 1, Math.floor(b))];
  const [f, g] = [a - i, b - j];
  for (let u = 0, row = 0; u < SIDE; u++, row += LARGE + 1) {
    const low = sums[row + i]! + f * (sums[row + i + 1]! - sums[row + i]!);
    const high = sums[row + j]! + g * (sums[row + j + 1]! - sums[row + j]!);
    line[u]! += high - low;
  }
}

interface Reduction {
  /** [28, 448]: share of each large pixel in each small one, along one axis. */
  readonly weights: Float64Array;
  /** [28, 449]: sums of `weights` up to each large pixel. */
  readonly sums: Float64Array;
}

let known: Reduction | undefined;

/** Constants, worked out when they are first asked for. */
function reduction(): Reduction {
  known ??= workOut();
  return known;
}

function workOut(): Reduction {
  const half = pyramidKernel(SCALE);
  const weights = new Float64Array(SIDE * LARGE);
  const sums = new Float64Array(SIDE * (LARGE + 1));
  const line = new Float64Array(LARGE);
  const tapsOf = Array.from({ length: SIDE }, (_, u) => (u + 0.5) * SCALE - 0.5);
  for (let x = 0; x < LARGE; x++) {
    // What one large pixel becomes.
    line.fill(0);
    for (let k = 1 - half.length; k < half.length; k++) {
      line[reflected(x + k, LARGE)]! += half[Math.abs(k)]!;
    }
    toSplineCoefficients(line, 0, 1, LARGE);
    for (let u = 0; u < SIDE; u++) {
      const floor = Math.floor(tapsOf[u]!);
      const taps = splineWeights(tapsOf[u]! - floor);
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += taps[k]! * line[mirrored(floor - 1 + k, LARGE)]!;
      // Far away only rounding is left.
      weights[u * LARGE + x] = Math.abs(sum) < 1e-12 ? 0 : sum;
    }
  }
  for (let u = 0; u < SIDE; u++) {
    for (let x = 0; x < LARGE; x++) {
      sums[u * (LARGE + 1) + x + 1] = sums[u * (LARGE + 1) + x]! + weights[u * LARGE + x]!;
    }
  }
  return { weights, sums };
}
