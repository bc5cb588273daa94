/** z of the cubic B-spline's prefilter 1 / (z⁻¹ + 4 + z), times 6. */
const POLE = Math.sqrt(3) - 2;

/**
 * Samples to coefficients of the cubic B-spline through them, in place, mirrored about the outermost
 * samples (Unser 1999), as SciPy's `ndimage.zoom` with mode `'mirror'` has it.
 */
export function toSplineCoefficients(
  values: Float64Array,
  offset: number,
  stride: number,
  n: number,
): void {
  const at = (i: number): number => offset + i * stride;
  for (let i = 0; i < n; i++) values[at(i)]! *= 6;
  // Both sums of powers of the pole are finite here: the mirrored signal has period 2n − 2.
  let first = values[at(0)]!;
  let power = POLE;
  const period = POLE ** (n - 1);
  first += period * values[at(n - 1)]!;
  for (let i = 1; i < n - 1; i++) {
    first += (power + (period * period) / power) * values[at(i)]!;
    power *= POLE;
  }
  values[at(0)] = first / (1 - period * period);
  for (let i = 1; i < n; i++) values[at(i)]! += POLE * values[at(i - 1)]!;
  values[at(n - 1)] = (POLE / (POLE * POLE - 1)) * (values[at(n - 1)]! + POLE * values[at(n - 2)]!);
  for (let i = n - 2; i >= 0; i--) {
    values[at(i)] = POLE * (values[at(i + 1)]! - values[at(i)]!);
  }
}

/** Weights of the four coefficients around a place `f` of the way from the second to the third. */
export function splineWeights(f: number): readonly [number, number, number, number] {
  const g = 1 - f;
  const middle = (t: number): number => 2 / 3 - t * t + (t * t * t) / 2;
  return [(g * g * g) / 6, middle(f), middle(g), (f * f * f) / 6];
}

/** The index within [0, n) that a mirrored signal repeats at `i`. */
export function mirrored(i: number, n: number): number {
  const period = 2 * n - 2;
  const k = ((i % period) + period) % period;
  return k < n ? k : period - k;
}

/** The same where the mirror stands half a sample outside the outermost ones. */
export function reflected(i: number, n: number): number {
  const period = 2 * n;
  const k = ((i % period) + period) % period;
  return k < n ? k : period - 1 - k;
}

/** Half of a Gaussian of σ = 2·scale/6, cut at 4σ, its middle first; the whole sums to 1. */
export function pyramidKernel(scale: number): Float64Array {
  const sigma = scale / 3;
  const radius = Math.floor(4 * sigma + 0.5);
  const half = Float64Array.from({ length: radius + 1 }, (_, k) =>
    Math.exp((-0.5 * k * k) / (sigma * sigma)),
  );
  const sum = half.reduce((total, w, k) => total + (k === 0 ? w : 2 * w), 0);
  return half.map((w) => w / sum);
}
