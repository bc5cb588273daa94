import { ldlFactor, ldlSolve } from '../numeric/ldl';
import type { Bounds, CauchyPoint } from './cauchy';
import type { Curvature } from './curvature';

/**
 * Minimises the quadratic model over the variables that are free at the Cauchy point, by the
 * Sherman–Morrison–Woodbury formula, and steps there as far as the bounds allow (Byrd et al. 1995,
 * section 5.1, direct primal method). Moves `cauchy.point` there.
 */
export function subspaceMinimum(
  x: Float64Array,
  gradient: Float64Array,
  { point, projected, free, freeCount }: CauchyPoint,
  { lower, upper }: Bounds,
  b: Curvature,
): void {
  if (freeCount === 0 || b.empty) return;
  const { theta, columns, pairs } = b;
  const half = columns / 2;
  const scaled = (v: Float64Array): Float64Array => {
    for (let k = half; k < columns; k++) v[k]! *= theta;
    return v;
  };
  const mc = new Float64Array(columns);
  b.times(projected, mc);
  scaled(mc);
  const reduced = new Float64Array(freeCount);
  const right = new Float64Array(columns);
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    const from = i * columns;
    let value = gradient[i]! + theta * (point[i]! - x[i]!);
    for (let k = 0; k < columns; k++) value -= pairs[from + k]! * mc[k]!;
    reduced[f] = value;
    for (let k = 0; k < columns; k++) right[k]! += pairs[from + k]! * value;
  }
  const gram = gramMatrix(b, free, freeCount);
  // (I − M WᵀZZᵀW/θ) v = M WᵀZ r, as (M⁻¹ − WᵀZZᵀW/θ) v = WᵀZ r: symmetric, quasi-definite.
  for (let k = 0; k < columns; k++) {
    const scale = k < half ? 1 / theta : 1;
    for (let j = 0, at = k * columns; j <= k; j++, at++) {
      gram[at] = b.middle[at]! - scale * (j < half ? 1 : theta) * gram[at]!;
    }
  }
  if (!ldlFactor(gram, columns)) return;
  const v = scaled(right);
  ldlSolve(gram, columns, v);
  scaled(v);
  let share = 1;
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    const from = i * columns;
    let value = reduced[f]! / theta;
    for (let k = 0; k < columns; k++) value += (pairs[from + k]! * v[k]!) / (theta * theta);
    reduced[f] = -value;
    const room = -value > 0 ? upper[i]! - point[i]! : lower[i]! - point[i]!;
    if (Math.abs(value) * share > Math.abs(room)) share = Math.abs(room / value);
  }
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    point[i] = Math.min(Math.max(point[i]! + share * reduced[f]!, lower[i]!), upper[i]!);
  }
}

/** The lower triangle of RᵀR for the given rows of [Y, S], four rows at a time. */
function gramMatrix({ columns, pairs }: Curvature, rows: Int32Array, count: number): Float64Array {
  const gram = new Float64Array(columns * columns);
  const four = new Float64Array(4 * columns);
  for (let start = 0; start < count; start += 4) {
    for (let r = 0; r < 4; r++) {
      const from = start + r < count ? rows[start + r]! * columns : -1;
      for (let k = 0; k < columns; k++) four[4 * k + r] = from < 0 ? 0 : pairs[from + k]!;
    }
    for (let k = 0; k < columns; k++) {
      const x0 = four[4 * k]!;
      const x1 = four[4 * k + 1]!;
      const x2 = four[4 * k + 2]!;
      const x3 = four[4 * k + 3]!;
      for (let j = 0, y = 0, at = k * columns; j <= k; j++, y += 4, at++) {
        gram[at]! += x0 * four[y]! + x1 * four[y + 1]! + x2 * four[y + 2]! + x3 * four[y + 3]!;
      }
    }
  }
  return gram;
}
