import { BreakHeap } from './break-heap';
import { type Curvature, dot } from './curvature';

export interface Bounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export interface CauchyPoint {
  readonly point: Float64Array;
  /** Wᵀ(point − x). */
  readonly projected: Float64Array;
  /** Variables strictly between their bounds at the point: the first `freeCount` of these. */
  readonly free: Int32Array;
  readonly freeCount: number;
}

/** The generalised Cauchy point, in buffers that are used again: a result holds until the next call. */
export class CauchySearch {
  readonly #point: Float64Array;
  readonly #direction: Float64Array;
  readonly #breaks: Float64Array;
  readonly #heap: BreakHeap;
  readonly #free: Int32Array;
  readonly #p: Float64Array;
  readonly #c: Float64Array;
  readonly #row: Float64Array;
  readonly #mrow: Float64Array;

  constructor(size: number, columns: number) {
    this.#point = new Float64Array(size);
    this.#direction = new Float64Array(size);
    this.#breaks = new Float64Array(size);
    this.#heap = new BreakHeap(size);
    this.#free = new Int32Array(size);
    this.#p = new Float64Array(columns);
    this.#c = new Float64Array(columns);
    this.#row = new Float64Array(columns);
    this.#mrow = new Float64Array(columns);
  }

  /**
   * The first local minimum of the quadratic model along the projected steepest descent path (Byrd,
   * Lu, Nocedal & Zhu 1995, algorithm CP).
   */
  find(x: Float64Array, gradient: Float64Array, bounds: Bounds, b: Curvature): CauchyPoint {
    const { lower, upper } = bounds;
    const [point, direction, breaks, heap] = [
      this.#point,
      this.#direction,
      this.#breaks,
      this.#heap,
    ];
    const [p, c, row, mrow, free] = [this.#p, this.#c, this.#row, this.#mrow, this.#free];
    const n = x.length;
    point.set(x);
    heap.clear();
    let moving = 0;
    let square = 0;
    for (let i = 0; i < n; i++) {
      const g = gradient[i]!;
      const until = g < 0 ? (x[i]! - upper[i]!) / g : g > 0 ? (x[i]! - lower[i]!) / g : Infinity;
      breaks[i] = until;
      direction[i] = 0;
      if (!(until > 0) || g === 0) continue;
      direction[i] = -g;
      square += g * g;
      free[moving++] = i;
      if (until < Infinity) heap.add(i);
    }
    heap.order(breaks);
    b.project(direction, free, moving, p);
    c.fill(0);
    b.times(p, mrow);
    let slope = -square;
    let bend = b.theta * square - dot(p, mrow);
    let stepToMinimum = slope < 0 ? -slope / bend : 0;
    let travelled = 0;
    for (let at = heap.next(breaks); at >= 0; at = heap.next(breaks)) {
      const step = breaks[at]! - travelled;
      if (stepToMinimum < step) break;
      // Variable `at` reaches its bound and stays there; the path bends.
      const g = gradient[at]!;
      point[at] = direction[at]! > 0 ? upper[at]! : lower[at]!;
      const offset = point[at]! - x[at]!;
      for (let k = 0; k < c.length; k++) c[k]! += step * p[k]!;
      b.row(at, row);
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
    let freeCount = 0;
    for (let i = 0; i < n; i++) {
      if (direction[i] !== 0) point[i] = x[i]! + (travelled + last) * direction[i]!;
      if (point[i]! > lower[i]! && point[i]! < upper[i]!) free[freeCount++] = i;
    }
    return { point, projected: c, free, freeCount };
  }
}
