import { flat } from '@causal/linalg';
import type { Bounds, CauchyPoint } from './cauchy';
import type { Curvature } from './curvature';

/**
 * Minimises the quadratic model over the variables that are free at the Cauchy point, by the
 * Sherman–Morrison–Woodbury formula, and steps there as far as the bounds allow (Byrd et al. 1995,
 * section 5.1, direct primal method).
 */
export function subspaceMinimum(
  x: Float64Array,
  gradient: Float64Array,
  { point, projected, free }: CauchyPoint,
  { lower, upper }: Bounds,
  b: Curvature,
): Float64Array {
  const columns = b.columns;
  if (free.length === 0 || columns === 0) return point;
  const { theta, rows } = b;
  const mc = b.times(projected);
  const reduced = new Float64Array(x.length);
  for (const i of free) {
    let value = gradient[i]! + theta * (point[i]! - x[i]!);
    for (let k = 0; k < columns; k++) value -= rows[i * columns + k]! * mc[k]!;
    reduced[i] = value;
  }
  // (I − M WᵀZZᵀW/θ) v = M WᵀZ r
  const gram = new Float64Array(columns * columns);
  for (const i of free) {
    const from = i * columns;
    for (let k = 0; k < columns; k++) {
      const factor = rows[from + k]! / theta;
      for (let j = 0; j <= k; j++) gram[k * columns + j]! += factor * rows[from + j]!;
    }
  }
  for (let k = 0; k < columns; k++) {
    for (let j = k + 1; j < columns; j++) gram[k * columns + j] = gram[j * columns + k]!;
  }
  const system = flat.matMul(b.middle, gram, columns, columns, columns);
  for (let k = 0; k < system.length; k++)
    system[k] = (k % (columns + 1) === 0 ? 1 : 0) - system[k]!;
  const factors = flat.luFactor(system, columns);
  if (factors.singular) return point;
  const v = flat.luSolve(factors, b.times(b.project(reduced, free)), 1);

  const step = new Float64Array(free.length);
  let share = 1;
  free.forEach((i, f) => {
    let value = reduced[i]! / theta;
    for (let k = 0; k < columns; k++) value += (rows[i * columns + k]! * v[k]!) / (theta * theta);
    step[f] = -value;
    const room = -value > 0 ? upper[i]! - point[i]! : lower[i]! - point[i]!;
    if (Math.abs(value) * share > Math.abs(room)) share = Math.abs(room / value);
  });
  const minimum = Float64Array.from(point);
  free.forEach((i, f) => {
    minimum[i] = Math.min(Math.max(point[i]! + share * step[f]!, lower[i]!), upper[i]!);
  });
  return minimum;
}
