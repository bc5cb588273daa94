import type { Moments } from './moments';

/** Share of the mass that the parallelogram leaves out, half on either side. */
const LEFT_OUT = 0.02;

/**
 * Width and height of the parallelogram, leaning as the picture does, that leaves out 2 % of the
 * mass across and 2 % of it down.
 */
export function boundingParallelogram(
  weight: Uint8Array,
  side: number,
  { y: middle, mass, shear }: Moments,
): { readonly width: number; readonly height: number } {
  // Mass left of t along the leaning axis, and above t, for t = 0, 1, …, side − 1.
  const left = new Float64Array(side + 1);
  const above = new Float64Array(side + 1);
  for (let y = 0, i = 0; y < side; y++) {
    const lean = shear * (y - middle);
    for (let x = 0; x < side; x++, i++) {
      if (!weight[i]) continue;
      const first = Math.floor(x + 0.5 - lean) + 1;
      left[Math.max(0, Math.min(side, first))]! += weight[i]!;
      above[y + 1]! += weight[i]!;
    }
  }
  const span = (counts: Float64Array): number => {
    for (let t = 1; t < side; t++) counts[t]! += counts[t - 1]!;
    const at = (share: number): number => placeOf(share * mass, counts, side);
    return at(1 - LEFT_OUT / 2) - at(LEFT_OUT / 2);
  };
  return { width: span(left), height: span(above) };
}

/** Where counts that only grow reach a value, between whole places linearly. */
function placeOf(value: number, counts: Float64Array, n: number): number {
  if (value <= counts[0]!) return 0;
  for (let t = 1; t < n; t++) {
    if (counts[t]! <= value) continue;
    const step = counts[t]! - counts[t - 1]!;
    return t - 1 + (value - counts[t - 1]!) / step;
  }
  return n - 1;
}
