/** Index of the first entry that is NaN or infinite; −1 if there is none. */
export function firstNotFinite(a: Float64Array): number {
  // A sum of numbers times 0 is 0 exactly when all are finite: one pass without a branch.
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * 0;
  if (sum === 0) return -1;
  return a.findIndex((value) => !Number.isFinite(value));
}

/** a times a number, in place; returns a. */
export function scaleInPlace(a: Float64Array, factor: number): Float64Array {
  for (let i = 0; i < a.length; i++) a[i]! *= factor;
  return a;
}
