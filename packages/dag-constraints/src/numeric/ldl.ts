/**
 * Symmetric A = L D Lᵀ in place, without pivoting: for quasi-definite matrices (a negative definite
 * block, then a positive definite Schur complement), where that is stable enough (Vanderbei 1995). Only the lower
 * triangle is read and written: D on the diagonal, L below it.
 * @returns false where a pivot is 0 or not a number.
 */
export function ldlFactor(a: Float64Array, n: number): boolean {
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const at = i * n;
    let pivot = a[at + i]!;
    for (let j = 0; j < i; j++) {
      // row[j] = L[i][j]·D[j] while it is being made.
      let value = a[at + j]!;
      const other = j * n;
      for (let k = 0; k < j; k++) value -= row[k]! * a[other + k]!;
      row[j] = value;
      const l = value / a[other + j]!;
      a[at + j] = l;
      pivot -= l * value;
    }
    if (!Number.isFinite(pivot) || pivot === 0) return false;
    a[at + i] = pivot;
  }
  return true;
}

/** A⁻¹b in place of b. */
export function ldlSolve(a: Float64Array, n: number, b: Float64Array): void {
  for (let i = 1; i < n; i++) {
    let value = b[i]!;
    for (let j = 0, at = i * n; j < i; j++, at++) value -= a[at]! * b[j]!;
    b[i] = value;
  }
  for (let i = 0; i < n; i++) b[i]! /= a[i * n + i]!;
  for (let i = n - 1; i > 0; i--) {
    const value = b[i]!;
    for (let j = 0, at = i * n; j < i; j++, at++) b[j]! -= a[at]! * value;
  }
}
