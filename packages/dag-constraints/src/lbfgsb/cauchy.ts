import { type Curvature, dot } from './curvature';

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface CauchyPoint {
  readonly point: Float64Array;
  /** Wᵀ(point − x). */
  readonly projected: Float64Array;
  /** Variables strictly between their bounds at the point. */
  readonly free: Int32Array;
}

/**
 * The generalised Cauchy point: the first local minimum of the quadratic model along the projected
 * steepest descent path (Byrd, Lu, Nocedal & Zhu 1995, algorithm CP).
 */
export function cauchyPoint(
  x: Float64Array,
  gradient: Float64Array,
  { lower, upper }: Bounds,
  b: Curvature,
): CauchyPoint {
  const n = x.length;
  const point = Float64Array.from(x);
  const direction = new Float64Array(n);
  const breaks = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const g = gradient[i]!;
    breaks[i] = g < 0 ? (x[i]! - upper[i]!) / g : g > 0 ? (x[i]! - lower[i]!) / g : Infinity;
    direction[i] = breaks[i]! > 0 ? -g : 0;
  }
  const order = Int32Array.from(breaks.keys())
    .filter((i) => breaks[i]! > 0 && breaks[i]! < Infinity)
    .sort((i, j) => breaks[i]! - breaks[j]!);
  const p = b.project(direction);
  const c = new Float64Array(p.length);
  let slope = -dot(direction, direction);
  let bend = -b.theta * slope - dot(p, b.times(p));
  let stepToMinimum = slope < 0 ? -slope / bend : 0;
  let travelled = 0;
  const mrow = new Float64Array(p.length);
  for (const at of order) {
    const step = breaks[at]! - travelled;
    if (stepToMinimum < step) break;
    // Variable `at` reaches its bound and stays there; the path bends.
    const g = gradient[at]!;
    point[at] = direction[at]! > 0 ? upper[at]! : lower[at]!;
    const offset = point[at]! - x[at]!;
    for (let k = 0; k < c.length; k++) c[k]! += step * p[k]!;
    const row = b.rows.subarray(at * b.columns, (at + 1) * b.columns);
    b.times(row, mrow);
    slope += step * bend + g * g + b.theta * g * offset - g * dot(mrow, c);
    bend += -b.theta * g * g - 2 * g * dot(mrow, p) - g * g * dot(mrow, row);
    bend = Math.max(bend, 1e-300);
    for (let k = 0; k < p.length; k++) p[k]! += g * row[k]!;
    direction[at] = 0;
    travelled = breaks[at]!;
    stepToMinimum = slope < 0 ? -slope / bend : 0;
  }
  const last = Number.isFinite(stepToMinimum) ? Math.max(stepToMinimum, 0) : 0;
  for (let k = 0; k < c.length; k++) c[k]! += last * p[k]!;
  const free: number[] = [];
  for (let i = 0; i < n; i++) {
    if (direction[i] !== 0) point[i] = x[i]! + (travelled + last) * direction[i]!;
    if (point[i]! > lower[i]! && point[i]! < upper[i]!) free.push(i);
  }
  return { point, projected: c, free: Int32Array.from(free) };
}
