/** Weights of a Gaussian of the given σ at −radius … radius, summing to 1. */
export function gaussianWindow(sigma: number, radius: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / sum);
}

/** Equal weights summing to 1. */
export function uniformWindow(size: number): Float64Array {
  return new Float64Array(size).fill(1 / size);
}

/**
 * A plane filtered by the same window along both axes, only where the window lies inside.
 * @returns A plane smaller by the window's size less one along each axis.
 */
export function filterValid(
  values: Float64Array,
  height: number,
  width: number,
  window: Float64Array,
): Float64Array {
  const size = window.length;
  const w = width - size + 1;
  const h = height - size + 1;
  const rows = new Float64Array(height * w);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < w; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += window[k]! * values[i * width + j + k]!;
      rows[i * w + j] = sum;
    }
  }
  const result = new Float64Array(h * w);
  for (let i = 0; i < h; i++) {
    for (let j = 0; j < w; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += window[k]! * rows[(i + k) * w + j]!;
      result[i * w + j] = sum;
    }
  }
  return result;
}
