/** Σ x[a + k]·y[b + k], k < count. Four sums at a time: a lone sum waits for every addition to end. */
export function dot(x: Float64Array, a: number, y: Float64Array, b: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += x[a + k]! * y[b + k]!;
    s1 += x[a + k + 1]! * y[b + k + 1]!;
    s2 += x[a + k + 2]! * y[b + k + 2]!;
    s3 += x[a + k + 3]! * y[b + k + 3]!;
  }
  for (; k < count; k++) s0 += x[a + k]! * y[b + k]!;
  return s0 + s1 + (s2 + s3);
}
