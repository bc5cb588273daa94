/**
 * Gradient of `f` at `x` by central differences in float64: the plain reference for every
 * hand-written gradient.
 */
export function numericGradient(
  f: (x: Float64Array) => number,
  x: ArrayLike<number>,
  step = 1e-6,
): Float64Array {
  const point = Float64Array.from(x);
  const gradient = new Float64Array(point.length);
  for (let i = 0; i < point.length; i++) {
    const kept = point[i]!;
    const h = step * Math.max(1, Math.abs(kept));
    point[i] = kept + h;
    const high = f(point);
    point[i] = kept - h;
    const low = f(point);
    point[i] = kept;
    gradient[i] = (high - low) / (2 * h);
  }
  return gradient;
}
