import type { Curvature } from './curvature';
import { addRows, addSquares } from './rows';

/**
 * RᵀR of the rows of [Y, S] whose variables are free, its lower triangle row-major. From one
 * iteration to the next one pair is new and few variables come or go, so only those are taken in: each
 * entry is made anew whenever one of its two pairs is, so rounding does not gather.
 */
export class FreeGram {
  readonly values: Float64Array;
  /** Room for a value for each variable. */
  readonly model: Float64Array;
  readonly #curvature: Curvature;
  readonly #member: Uint8Array;
  readonly #wanted: Uint8Array;
  #rows: Int32Array;
  #count = 0;
  #changes = 0;
  #version = 0;

  constructor(size: number, curvature: Curvature) {
    this.values = new Float64Array(curvature.columns ** 2);
    this.model = new Float64Array(size);
    this.#curvature = curvature;
    this.#member = new Uint8Array(size);
    this.#wanted = new Uint8Array(size);
    this.#rows = new Int32Array(size);
  }

  /**
   * Makes the matrix that of the given variables, and `right` Rᵀv.
   * @param v a value for each variable; those of the free ones are read.
   */
  refresh(free: Int32Array, count: number, v: Float64Array, right: Float64Array): void {
    const { version, latest } = this.#curvature;
    this.#move(free, count);
    const behind = version - this.#version;
    this.#version = version;
    if (behind > 1 || this.#changes > count) {
      this.#changes = 0;
      right.fill(0);
      addRows(this.#curvature, free, count, v, right);
      addSquares(this.#curvature, free, count, this.values.fill(0));
    } else this.#renew(latest, free, count, v, right);
  }

  /** The rows and columns of one slot, and `right`. */
  #renew(
    slot: number,
    free: Int32Array,
    count: number,
    v: Float64Array,
    right: Float64Array,
  ): void {
    const { columns, pairs } = this.#curvature;
    const half = columns / 2;
    const change = new Float64Array(columns);
    const step = new Float64Array(columns);
    right.fill(0);
    // Two rows at a time, so that the sums are read and written half as often.
    for (let f = 0; f < count; f += 2) {
      const i0 = free[f]!;
      const i1 = f + 1 < count ? free[f + 1]! : i0;
      const weight = f + 1 < count ? 1 : 0;
      const r0 = i0 * columns;
      const r1 = i1 * columns;
      const y0 = pairs[r0 + slot]!;
      const s0 = pairs[r0 + half + slot]!;
      const v0 = v[i0]!;
      const y1 = weight * pairs[r1 + slot]!;
      const s1 = weight * pairs[r1 + half + slot]!;
      const v1 = weight * v[i1]!;
      for (let k = 0; k < columns; k++) {
        const a = pairs[r0 + k]!;
        const b = pairs[r1 + k]!;
        change[k]! += y0 * a + y1 * b;
        step[k]! += s0 * a + s1 * b;
        right[k]! += v0 * a + v1 * b;
      }
    }
    for (let k = 0; k < columns; k++) {
      this.values[Math.max(k, slot) * columns + Math.min(k, slot)] = change[k]!;
      const other = half + slot;
      this.values[Math.max(k, other) * columns + Math.min(k, other)] = step[k]!;
    }
  }

  /** Adds the rows of variables that have become free, and takes away those that no longer are. */
  #move(free: Int32Array, count: number): void {
    const wanted = this.#wanted;
    const member = this.#member;
    for (let f = 0; f < count; f++) wanted[free[f]!] = 1;
    for (let r = 0; r < this.#count; r++) {
      const i = this.#rows[r]!;
      if (!wanted[i]) this.#add(i, -1);
    }
    for (let f = 0; f < count; f++) {
      const i = free[f]!;
      if (!member[i]) this.#add(i, 1);
      wanted[i] = 0;
    }
    this.#rows.set(free.subarray(0, count));
    this.#count = count;
  }

  #add(i: number, sign: 1 | -1): void {
    const { columns, pairs } = this.#curvature;
    this.#member[i] = sign > 0 ? 1 : 0;
    this.#changes++;
    const from = i * columns;
    for (let k = 0; k < columns; k++) {
      const value = sign * pairs[from + k]!;
      if (value === 0) continue;
      for (let j = 0, at = k * columns; j <= k; j++, at++) {
        this.values[at]! += value * pairs[from + j]!;
      }
    }
  }
}
