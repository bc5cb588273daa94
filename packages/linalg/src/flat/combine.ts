/** Σ cᵢ·Xᵢ of matrices of one size; a term without a matrix is cᵢ times the n×n identity. */
export function combine(
  n: number,
  terms: readonly (readonly [factor: number, matrix?: Float64Array])[],
): Float64Array {
  const out = new Float64Array(n * n);
  for (const [factor, matrix] of terms) {
    if (matrix === undefined) for (let i = 0; i < n; i++) out[i * n + i]! += factor;
    else for (let i = 0; i < out.length; i++) out[i]! += factor * matrix[i]!;
  }
  return out;
}

/** ‖A‖₁, the largest column sum of |A|. Four columns at a time, their sums in registers. */
export function norm1(a: Float64Array, n: number): number {
  let largest = 0;
  let j = 0;
  for (; j + 3 < n; j += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let at = j; at < n * n; at += n) {
      s0 += Math.abs(a[at]!);
      s1 += Math.abs(a[at + 1]!);
      s2 += Math.abs(a[at + 2]!);
      s3 += Math.abs(a[at + 3]!);
    }
    largest = Math.max(largest, s0, s1, s2, s3);
  }
  for (; j < n; j++) {
    let sum = 0;
    for (let at = j; at < n * n; at += n) sum += Math.abs(a[at]!);
    largest = Math.max(largest, sum);
  }
  return largest;
}
