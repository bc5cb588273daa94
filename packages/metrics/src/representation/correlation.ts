import type { Classes } from './labels';
import { unitOf } from './scoring';

/** Pearson's correlation of two columns; 0 where one is constant. */
export function pearson(first: ArrayLike<number>, second: ArrayLike<number>): number {
  // In units near 1: squares of 1e200 and of 1e-200 leave float64.
  const [a, b] = [first, second].map((column) => {
    const unit = unitOf(column);
    return Float64Array.from(column, (v) => v * unit);
  }) as [Float64Array, Float64Array];
  const n = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < n; i++) {
    const x = a[i]! - meanA;
    const y = b[i]! - meanB;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  // A column that is constant but for rounding carries nothing.
  const flat = 1e-24 * n;
  if (aa <= flat * meanA * meanA || bb <= flat * meanB * meanB) return 0;
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/** √(variance between classes / variance) of a column, 0 … 1; 0 where it is constant. */
export function correlationRatio(column: ArrayLike<number>, { of, count }: Classes): number {
  const unit = unitOf(column);
  const values = Float64Array.from(column, (v) => v * unit);
  const mean = values.reduce((sum, v) => sum + v / values.length, 0);
  const [sums, members] = [new Float64Array(count), new Float64Array(count)];
  let total = 0;
  values.forEach((v, i) => {
    sums[of[i]!]! += v - mean;
    members[of[i]!]!++;
    total += (v - mean) ** 2;
  });
  if (total <= 1e-24 * values.length * mean * mean) return 0;
  const between = sums.reduce((sum, s, c) => sum + (members[c]! > 0 ? s ** 2 / members[c]! : 0), 0);
  return Math.min(1, Math.sqrt(between / total));
}

/** Ranks from 1; tied values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const order = Int32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(n);
  for (let from = 0; from < n;) {
    let to = from + 1;
    while (to < n && values[order[to]!] === values[order[from]!]) to++;
    for (let r = from; r < to; r++) result[order[r]!] = (from + to + 1) / 2;
    from = to;
  }
  return result;
}
