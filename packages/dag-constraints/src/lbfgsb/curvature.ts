import { flat } from '@causal/linalg';

/**
 * The limited-memory BFGS matrix in compact form (Byrd, Nocedal & Schnabel 1994):
 * B = θI − W M Wᵀ with W = [Y, θS] and M = [[−D, Lᵀ], [L, θSᵀS]]⁻¹, from the last `memory` steps.
 */
export class Curvature {
  theta = 1;
  #steps: Float64Array[] = [];
  #changes: Float64Array[] = [];
  #middle: Float64Array = new Float64Array(0);
  #rows: Float64Array = new Float64Array(0);
  // Inner products of the stored steps with steps and with changes, so that an update costs O(m n).
  #ss: number[][] = [];
  #sy: number[][] = [];
  readonly #memory: number;

  constructor(memory: number) {
    this.#memory = memory;
  }

  /** Number of columns of W. */
  get columns(): number {
    return 2 * this.#steps.length;
  }

  /** M, row-major. */
  get middle(): Float64Array {
    return this.#middle;
  }

  /** W, row-major. */
  get rows(): Float64Array {
    return this.#rows;
  }

  /** Wᵀv over the given indices (all of them by default). */
  project(v: Float64Array, indices?: Int32Array): Float64Array {
    const columns = this.columns;
    const out = new Float64Array(columns);
    const count = indices ? indices.length : v.length;
    for (let at = 0; at < count; at++) {
      const i = indices ? indices[at]! : at;
      const factor = v[i]!;
      if (factor === 0) continue;
      for (let c = 0, from = i * columns; c < columns; c++)
        out[c]! += factor * this.#rows[from + c]!;
    }
    return out;
  }

  /** M·p, into `out`. */
  times(p: Float64Array, out = new Float64Array(p.length)): Float64Array {
    const n = p.length;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0, from = i * n; j < n; j++) sum += this.#middle[from + j]! * p[j]!;
      out[i] = sum;
    }
    return out;
  }

  forget(): void {
    this.theta = 1;
    this.#steps = [];
    this.#changes = [];
    this.#ss = [];
    this.#sy = [];
    this.#middle = new Float64Array(0);
  }

  /** Takes in a step s and the gradient's change y, unless its curvature sᵀy is not positive. */
  update(step: Float64Array, change: Float64Array): void {
    const curvature = dot(step, change);
    const square = dot(change, change);
    if (!(curvature > 2.2e-16 * square)) return;
    if (this.#steps.length === this.#memory) {
      this.#steps.shift();
      this.#changes.shift();
      for (const products of [this.#ss, this.#sy]) {
        products.shift();
        for (const row of products) row.shift();
      }
    }
    this.#ss.forEach((row, i) => row.push(dot(this.#steps[i]!, step)));
    this.#sy.forEach((row, i) => row.push(dot(this.#steps[i]!, change)));
    this.#steps.push(step);
    this.#changes.push(change);
    this.#ss.push(this.#steps.map((other) => dot(step, other)));
    this.#sy.push(this.#changes.map((other) => dot(step, other)));
    this.theta = square / curvature;
    const k = this.#steps.length;
    const n = 2 * k;
    const inverse = new Float64Array(n * n);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        inverse[(k + i) * n + k + j] = this.theta * this.#ss[i]![j]!;
        if (i < j) continue;
        const product = this.#sy[i]![j]!;
        if (i === j) inverse[i * n + i] = -product;
        else inverse[(k + i) * n + j] = inverse[j * n + k + i] = product;
      }
    }
    const factors = flat.luFactor(inverse, n);
    if (factors.singular) {
      this.forget();
      return;
    }
    this.#middle = flat.luInverse(factors);
    this.#rows = new Float64Array(step.length * n);
    for (let c = 0; c < k; c++) {
      const y = this.#changes[c]!;
      const s = this.#steps[c]!;
      for (let i = 0; i < step.length; i++) {
        this.#rows[i * n + c] = y[i]!;
        this.#rows[i * n + k + c] = this.theta * s[i]!;
      }
    }
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
