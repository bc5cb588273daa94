import { ldlFactor, ldlSolve } from '../numeric/ldl';
import { addRows } from './rows';

/**
 * The limited-memory BFGS matrix in compact form (Byrd, Nocedal & Schnabel 1994):
 * B = θI − W M Wᵀ with W = [Y, θS] and M = [[−D, Lᵀ], [L, θSᵀS]]⁻¹, from the last `memory` steps.
 *
 * Y and S lie side by side in one row-major array that is written in place, a new pair over the
 * oldest; θ enters where S is used. Vectors of W's columns therefore stand in the order of the slots,
 * `memory` for Y and `memory` for S, with zeros for slots not in use.
 */
export class Curvature {
  theta = 1;
  /** Columns of W. */
  readonly columns: number;
  /** [Y, S], row-major, `columns` wide. */
  readonly pairs: Float64Array;
  /** M⁻¹, its lower triangle row-major, as large as W is wide. */
  readonly middle: Float64Array;
  /** Its factors. */
  readonly #factors: Float64Array;
  readonly #memory: number;
  readonly #size: number;
  readonly #moved: Int32Array;
  #count = 0;
  #next = 0;
  #version = 0;
  // Inner products of the pairs, by slot, so that an update costs O(memory · size).
  readonly #ss: Float64Array;
  readonly #sy: Float64Array;
  /** When a slot was filled. */
  readonly #time: Float64Array;
  #clock = 0;

  constructor(size: number, memory: number) {
    this.#size = size;
    this.#moved = new Int32Array(size);
    this.#memory = memory;
    this.columns = 2 * memory;
    this.pairs = new Float64Array(size * this.columns);
    this.middle = new Float64Array(this.columns ** 2);
    this.#factors = new Float64Array(this.columns ** 2);
    this.#ss = new Float64Array(memory ** 2);
    this.#sy = new Float64Array(memory ** 2);
    this.#time = new Float64Array(memory);
  }

  /** Whether nothing is known: B = I. */
  get empty(): boolean {
    return this.#count === 0;
  }

  /** Grows by one with every pair taken in, by more where all are forgotten. */
  get version(): number {
    return this.#version;
  }

  /** The slot written last. */
  get latest(): number {
    return (this.#next + this.#memory - 1) % this.#memory;
  }

  /** Row i of W into `out`. */
  row(i: number, out: Float64Array): void {
    const { columns, pairs, theta } = this;
    const from = i * columns;
    const half = columns / 2;
    for (let c = 0; c < half; c++) {
      out[c] = pairs[from + c]!;
      out[half + c] = theta * pairs[from + half + c]!;
    }
  }

  /** Wᵀv over the given indices, into `out`. */
  project(v: Float64Array, indices: Int32Array, count: number, out: Float64Array): void {
    const { columns } = this;
    addRows(this, indices, count, v, out.fill(0));
    for (let c = columns / 2; c < columns; c++) out[c]! *= this.theta;
  }

  /** M·p, into `out`. */
  times(p: Float64Array, out: Float64Array): void {
    out.set(p);
    if (this.empty) out.fill(0);
    else ldlSolve(this.#factors, this.columns, out);
  }

  forget(): void {
    this.theta = 1;
    this.#count = 0;
    this.#next = 0;
    this.#version += 2;
    this.pairs.fill(0);
    this.#time.fill(0);
    this.#ss.fill(0);
    this.#sy.fill(0);
  }

  /** Takes in a step s and the gradient's change y, unless its curvature sᵀy is not positive. */
  update(step: Float64Array, change: Float64Array): void {
    const curvature = dot(step, change);
    const square = dot(change, change);
    if (!(curvature > 2.2e-16 * square)) return;
    const { columns, pairs } = this;
    const memory = this.#memory;
    const slot = this.#next;
    this.#next = (slot + 1) % memory;
    this.#count = Math.min(this.#count + 1, memory);
    this.#version++;
    this.#time[slot] = ++this.#clock;
    const products = new Float64Array(columns); // sᵀ[Y, S]
    const moved = this.#moved;
    let count = 0; // most variables stay at their bound
    for (let i = 0, at = slot; i < this.#size; i++, at += columns) {
      pairs[at] = change[i]!;
      pairs[at + memory] = step[i]!;
      if (step[i] !== 0) moved[count++] = i;
    }
    addRows(this, moved, count, step, products);
    for (let c = 0; c < memory; c++) {
      this.#ss[slot * memory + c] = this.#ss[c * memory + slot] = products[memory + c]!;
      this.#sy[slot * memory + c] = products[c]!; // of L, only steps with earlier changes are needed
    }
    this.theta = square / curvature;
    if (!this.#factor()) this.forget();
  }

  /** M⁻¹ from the inner products; false where it is singular. A slot not in use gets a lone pivot. */
  #factor(): boolean {
    const { columns, middle, theta } = this;
    const memory = this.#memory;
    for (let i = 0; i < memory; i++) {
      const used = this.#time[i]! > 0;
      middle.fill(0, i * columns, i * columns + i);
      middle[i * (columns + 1)] = used ? -this.#sy[i * (memory + 1)]! : -1;
      const from = (memory + i) * columns;
      for (let j = 0; j < memory; j++) {
        const later = this.#time[i]! > this.#time[j]!;
        middle[from + j] = later ? this.#sy[i * memory + j]! : 0;
        if (j <= i) middle[from + memory + j] = theta * this.#ss[i * memory + j]!;
      }
      if (!used) middle[from + memory + i] = 1;
    }
    this.#factors.set(middle);
    return ldlFactor(this.#factors, columns);
  }
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
