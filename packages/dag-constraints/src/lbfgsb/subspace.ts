import { ldlFactor, ldlSolve } from '../numeric/ldl';
import type { Bounds, CauchyPoint } from './cauchy';
import type { Curvature } from './curvature';
import type { FreeGram } from './free-gram';
import { rowDot } from './rows';

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
  gram: FreeGram,
): void {
  if (freeCount === 0 || b.empty) return;
  const { theta, columns } = b;
  const half = columns / 2;
  const scaled = (v: Float64Array): Float64Array => {
    for (let k = half; k < columns; k++) v[k]! *= theta;
    return v;
  };
  const mc = new Float64Array(columns);
  b.times(projected, mc);
  scaled(mc);
  // The model's gradient at the Cauchy point is r = model − R·mc on the free variables.
  const { model } = gram;
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    model[i] = gradient[i]! + theta * (point[i]! - x[i]!);
  }
  const right = new Float64Array(columns);
  gram.refresh(free, freeCount, model, right);
  const square = gram.values;
  for (let k = 0; k < columns; k++) {
    for (let j = 0; j < columns; j++) {
      right[k]! -= square[k > j ? k * columns + j : j * columns + k]! * mc[j]!;
    }
  }
  // (I − M WᵀZZᵀW/θ) v = M WᵀZ r, as (M⁻¹ − WᵀZZᵀW/θ) v = WᵀZ r: symmetric, quasi-definite.
  const system = new Float64Array(columns * columns);
  for (let k = 0; k < columns; k++) {
    const scale = k < half ? 1 / theta : 1;
    for (let j = 0, at = k * columns; j <= k; j++, at++) {
      system[at] = b.middle[at]! - scale * (j < half ? 1 : theta) * square[at]!;
    }
  }
  if (!ldlFactor(system, columns)) return;
  const v = scaled(right);
  ldlSolve(system, columns, v);
  scaled(v);
  // The Newton step −(r/θ + R·v/θ²).
  for (let k = 0; k < columns; k++) v[k] = (mc[k]! - v[k]! / theta) / theta;
  let share = 1;
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    const step = rowDot(b, i, v) - model[i]! / theta;
    model[i] = step;
    const room = step > 0 ? upper[i]! - point[i]! : lower[i]! - point[i]!;
    if (Math.abs(step) * share > Math.abs(room)) share = Math.abs(room / step);
  }
  for (let f = 0; f < freeCount; f++) {
    const i = free[f]!;
    point[i] = Math.min(Math.max(point[i]! + share * model[i]!, lower[i]!), upper[i]!);
  }
}
