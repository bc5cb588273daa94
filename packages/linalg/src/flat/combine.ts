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

/** ‖A‖₁, the largest column sum of |A|. */
export function norm1(a: Float64Array, n: number): number {
  const sums = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sums[j]! += Math.abs(a[i * n + j]!);
  return sums.reduce((x, y) => Math.max(x, y), 0);
}
