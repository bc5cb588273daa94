import type { Kernels } from '../simd/kernels';
import { dot } from './dot';

/** Of the diagonal that a pivot comes from, as in the kernels: smaller ones are raised to it. */
const LEAST_PIVOT = 1e-14;
/** Fewer rows are factored one by one. */
const FEW = 8;

/**
 * A = LLᵀ of a positive semi-definite matrix to which rows are added and from which they are taken.
 * Pivots below 1e-14 of A's diagonal, which is rounding, are raised to it, with 0 below them.
 */
export class GrowingCholesky {
  /**
   * The lower triangle of L, `stride` wide. New rows are written here as they are in A, diagonal and before;
   * {@link factor} makes them L's.
   */
  readonly values: Float64Array;
  readonly stride: number;
  /** Rows of L. */
  count = 0;
  readonly #kernels: Kernels | undefined;
  /** A's diagonal, and the inverse of L's but 0 where that was raised. */
  readonly #diagonal: Float64Array;
  readonly #inverse: Float64Array;
  /** Rotations that mend L when a row is taken out. */
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param kernels whose first matrix is to hold L; without them JavaScript does it all. */
  constructor(size: number, kernels: Kernels | undefined) {
    this.#kernels = kernels;
    this.stride = kernels?.n ?? size;
    this.values = kernels?.matrices[0]!.values ?? new Float64Array(size * size);
    this.#diagonal = new Float64Array(size);
    this.#inverse = new Float64Array(size);
    this.#cos = new Float64Array(size);
    this.#sin = new Float64Array(size);
  }

  /** Rows `count` to `to`, not included, that have been written into `values`: O(to³ − count³). */
  factor(to: number): void {
    const { values, stride } = this;
    const kernels = this.#kernels;
    for (let r = this.count; r < to; r++) this.#diagonal[r] = values[r * (stride + 1)]!;
    if (kernels && this.count === 0 && to >= FEW) {
      kernels.cholesky(kernels.matrices[0]!.address, kernels.n, to, kernels.pack);
      for (; this.count < to; this.count++) this.#invert(this.count);
    }
    for (; this.count < to; this.count++) this.#factorRow(this.count);
  }

  #factorRow(r: number): void {
    const { values, stride } = this;
    const inverse = this.#inverse;
    const row = r * stride;
    for (let m = 0; m < r; m++) {
      values[row + m] = (values[row + m]! - dot(values, row, values, m * stride, m)) * inverse[m]!;
    }
    const pivot = values[row + r]! - dot(values, row, values, row, r);
    values[row + r] = Math.sqrt(Math.max(pivot, LEAST_PIVOT * this.#diagonal[r]!));
    this.#invert(r);
  }

  #invert(r: number): void {
    const pivot = this.values[r * (this.stride + 1)]!;
    const raised = pivot * pivot <= LEAST_PIVOT * this.#diagonal[r]! * (1 + 1e-12);
    this.#inverse[r] = raised ? 0 : 1 / pivot;
  }

  /** Takes a row and its column out of A; the rows below, now one entry too wide, are rotated back: O(count²). */
  remove(position: number): void {
    const { values, stride } = this;
    const cos = this.#cos;
    const sin = this.#sin;
    this.count--;
    this.#diagonal.copyWithin(position, position + 1, this.count + 1);
    for (let r = position; r < this.count; r++) {
      const row = r * stride;
      values.copyWithin(row, row + stride, row + stride + r + 2);
      let x = values[row + position]!;
      for (let q = position; q < r; q++) {
        const y = values[row + q + 1]!;
        values[row + q] = cos[q]! * x + sin[q]! * y;
        x = cos[q]! * y - sin[q]! * x;
      }
      const y = values[row + r + 1]!;
      const pivot = Math.sqrt(x * x + y * y);
      cos[r] = x / pivot;
      sin[r] = y / pivot;
      values[row + r] = pivot;
      this.#invert(r);
    }
  }

  /** A⁻¹y over the first `count` numbers of y, in place. */
  solve(y: Float64Array): void {
    const { values, stride, count } = this;
    for (let r = 0; r < count; r++) {
      const row = r * stride;
      y[r] = (y[r]! - dot(values, row, y, 0, r)) / values[row + r]!;
    }
    for (let r = count - 1; r >= 0; r--) {
      const row = r * stride;
      const value = y[r]! / values[row + r]!;
      y[r] = value;
      for (let k = 0; k < r; k++) y[k]! -= values[row + k]! * value;
    }
  }
}
