/** Rounds after which a column is left as it is: every one has made it better. */
const roundsFor = (size: number): number => 100 + 10 * size;
/** An entry joins where that lowers the objective by more than about the square of this. */
const JOIN = 1e-8;

/** One column of the model: min ½zᵀQz − bᵀz + λ‖z‖₁ with Q = C + diag(extra) + vvᵀ. */
export interface ColumnProblem {
  /** Positive semi-definite, row-major, d × d. */
  readonly c: Float64Array;
  readonly extra: Float64Array;
  readonly v: Float64Array;
  readonly b: Float64Array;
  readonly lambda: number;
  /** 1 where z stays 0. */
  readonly fixed: Uint8Array;
}

/**
 * Exact minimisation over one column by an active set of entries and their signs (feature-sign search,
 * Lee et al. 2007): where the columns of Q are nearly dependent, coordinate descent takes hundreds of
 * passes and this a few Cholesky factors. Buffers are kept from call to call.
 */
export class LassoColumn {
  readonly #size: number;
  /** Cholesky's L of Q over the active entries, `size` wide. */
  readonly #factor: Float64Array;
  readonly #target: Float64Array;
  readonly #signs: Int8Array;
  /** Active entries, in the order of the factor's rows: the first `#count`. */
  readonly #active: Int32Array;
  #count = 0;

  constructor(size: number) {
    this.#size = size;
    this.#factor = new Float64Array(size * size);
    this.#target = new Float64Array(size);
    this.#signs = new Int8Array(size);
    this.#active = new Int32Array(size);
  }

  /** Moves z from where it is to the minimum, with exact zeros. */
  minimise(problem: ColumnProblem, z: Float64Array): void {
    this.#count = 0;
    for (let i = 0; i < this.#size; i++) {
      this.#signs[i] = Math.sign(z[i]!);
      if (z[i] !== 0) this.#active[this.#count++] = i;
    }
    let factored = 0;
    let joined = -1;
    for (let round = roundsFor(this.#size); round > 0; round--) {
      this.#extend(problem, factored);
      factored = this.#count;
      this.#solve(problem);
      const { crossing, share } = this.#advance(z);
      if (crossing < 0) {
        joined = this.#join(problem, z);
        if (joined < 0) return;
        continue;
      }
      const left = this.#active[crossing]!;
      this.#leave(crossing, z);
      // What joins and leaves at once is at its minimum up to rounding.
      if (left === joined && share === 0) return;
      factored = crossing;
    }
  }

  /** Cholesky rows `from` to the end. */
  #extend({ c, extra, v }: ColumnProblem, from: number): void {
    const d = this.#size;
    const factor = this.#factor;
    const active = this.#active;
    for (let r = from; r < this.#count; r++) {
      const i = active[r]!;
      const row = r * d;
      const vi = v[i]!;
      for (let m = 0; m <= r; m++) {
        const k = active[m]!;
        const value = c[i * d + k]! + vi * v[k]! - dotRows(factor, row, m * d, m);
        if (m < r) factor[row + m] = value / factor[m * d + m]!;
        else {
          const pivot = value + extra[i]!;
          const least = 1e-14 * (c[i * d + i]! + vi * vi + extra[i]!);
          factor[row + r] = Math.sqrt(Math.max(pivot, least));
        }
      }
    }
  }

  /** `target`: where the gradient over the active entries is 0 for their signs. */
  #solve({ b, lambda }: ColumnProblem): void {
    const d = this.#size;
    const factor = this.#factor;
    const y = this.#target;
    const count = this.#count;
    for (let r = 0; r < count; r++) {
      const i = this.#active[r]!;
      const row = r * d;
      let value = b[i]! - lambda * this.#signs[i]!;
      for (let k = 0; k < r; k++) value -= factor[row + k]! * y[k]!;
      y[r] = value / factor[row + r]!;
    }
    for (let r = count - 1; r >= 0; r--) {
      const row = r * d;
      const value = y[r]! / factor[row + r]!;
      y[r] = value;
      for (let k = 0; k < r; k++) y[k]! -= factor[row + k]! * value;
    }
  }

  /** Goes to the target, or to the first entry that becomes 0 on the way. */
  #advance(z: Float64Array): { crossing: number; share: number } {
    const y = this.#target;
    let crossing = -1;
    let share = 1;
    for (let r = 0; r < this.#count; r++) {
      const i = this.#active[r]!;
      if (y[r]! * this.#signs[i]! > 0) continue;
      const until = z[i] === 0 ? 0 : z[i]! / (z[i]! - y[r]!);
      if (crossing >= 0 && until >= share) continue;
      crossing = r;
      share = until;
    }
    for (let r = 0; r < this.#count; r++) {
      const i = this.#active[r]!;
      z[i] = share === 1 ? y[r]! : z[i]! + share * (y[r]! - z[i]!);
    }
    return { crossing, share };
  }

  #leave(position: number, z: Float64Array): void {
    const i = this.#active[position]!;
    z[i] = 0;
    this.#signs[i] = 0;
    this.#active.copyWithin(position, position + 1, this.#count);
    this.#count--;
  }

  /** Takes in the entry whose slope says most that it should not be 0; −1 where there is none. */
  #join({ c, extra, v, b, lambda, fixed }: ColumnProblem, z: Float64Array): number {
    const d = this.#size;
    const active = this.#active;
    const count = this.#count;
    let along = 0;
    for (let r = 0; r < count; r++) along += v[active[r]!]! * z[active[r]!]!;
    let most = JOIN;
    let best = -1;
    let sign = 0;
    for (let i = 0; i < d; i++) {
      if (fixed[i] || this.#signs[i] !== 0) continue;
      let slope = v[i]! * along - b[i]!;
      const row = i * d;
      for (let r = 0; r < count; r++) slope += c[row + active[r]!]! * z[active[r]!]!;
      const gain = (Math.abs(slope) - lambda) / Math.sqrt(c[row + i]! + extra[i]! + v[i]! * v[i]!);
      if (!(gain > most)) continue;
      most = gain;
      best = i;
      sign = -Math.sign(slope);
    }
    if (best < 0) return -1;
    this.#signs[best] = sign;
    active[this.#count++] = best;
    return best;
  }
}

/** Four sums at a time: a lone sum waits for every addition to end. */
function dotRows(values: Float64Array, a: number, b: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += values[a + k]! * values[b + k]!;
    s1 += values[a + k + 1]! * values[b + k + 1]!;
    s2 += values[a + k + 2]! * values[b + k + 2]!;
    s3 += values[a + k + 3]! * values[b + k + 3]!;
  }
  for (; k < count; k++) s0 += values[a + k]! * values[b + k]!;
  return s0 + s1 + (s2 + s3);
}
