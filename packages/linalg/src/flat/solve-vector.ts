/** U⁻¹L⁻¹x in place, for one right-hand side: dot products along the rows of the factors. */
export function solveVector(lu: Float64Array, n: number, x: Float64Array): void {
  for (let i = 1; i < n; i++) {
    let sum = x[i]!;
    for (let p = 0, at = i * n; p < i; p++, at++) sum -= lu[at]! * x[p]!;
    x[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let p = i + 1, at = i * n + i + 1; p < n; p++, at++) sum -= lu[at]! * x[p]!;
    x[i] = sum / lu[i * n + i]!;
  }
}

/** L⁻ᵀU⁻ᵀx in place, for one right-hand side, also along the rows. */
export function solveVectorTransposed(lu: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const value = x[i]! / lu[i * n + i]!;
    x[i] = value;
    if (value === 0) continue;
    for (let p = i + 1, at = i * n + i + 1; p < n; p++, at++) x[p]! -= lu[at]! * value;
  }
  for (let i = n - 1; i > 0; i--) {
    const value = x[i]!;
    if (value === 0) continue;
    for (let p = 0, at = i * n; p < i; p++, at++) x[p]! -= lu[at]! * value;
  }
}
