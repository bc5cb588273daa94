import { addRows } from '../../lbfgsb/rows';
import { GrowingCholesky } from '../../numeric/growing-cholesky';
import { openKernels, type Buffer, type Kernels } from '../../simd/kernels';

/** Rounds after which a column is left as it is: every one has made it better. */
const roundsFor = (size: number): number => 100 + 10 * size;
/** An entry joins where that lowers the objective by more than about the square of this. */
const JOIN = 1e-8;

/** One column of the model: min ½zᵀQz − bᵀz + λ‖z‖₁ with Q = C + diag(extra) + vvᵀ. */
export interface ColumnProblem {
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
 * passes and this one Cholesky factor, which grows and shrinks with the set. Buffers are kept from call
 * to call.
 */
export class LassoColumn {
  readonly #size: number;
  readonly #c: Float64Array;
  readonly #kernels: Kernels | undefined;
  /** Q over the active entries. */
  readonly #cholesky: GrowingCholesky;
  readonly #target: Float64Array;
  readonly #product: Float64Array;
  readonly #signs: Int8Array;
  /** Active entries, in the order of Cholesky's rows: the first `#count`. */
  readonly #active: Int32Array;
  #count = 0;

  /**
   * @param c positive semi-definite, row-major, size × size.
   * @param kernels false: JavaScript does it all, what the SIMD kernels are tested against.
   */
  constructor(size: number, c: Float64Array, { kernels: wanted = true } = {}) {
    const kernels = wanted ? openKernels(size, 2, 2) : undefined;
    kernels?.put(c, kernels.matrices[1]!);
    this.#size = size;
    this.#c = c;
    this.#kernels = kernels;
    this.#cholesky = new GrowingCholesky(size, kernels);
    this.#target = new Float64Array(size);
    this.#product = kernels?.vectors[1]!.values ?? new Float64Array(size);
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
    this.#cholesky.count = 0;
    this.#factor(problem);
    let joined = -1;
    for (let round = roundsFor(this.#size); round > 0; round--) {
      this.#solve(problem);
      const { crossing, share } = this.#advance(z);
      if (crossing < 0) {
        joined = this.#join(problem, z);
        if (joined < 0) return;
        this.#factor(problem);
        continue;
      }
      const left = this.#active[crossing]!;
      this.#leave(crossing, z);
      // What joins and leaves at once is at its minimum up to rounding.
      if (left === joined && share === 0) return;
    }
  }

  /** Takes into the factor what has become active. */
  #factor({ extra, v }: ColumnProblem): void {
    const c = this.#c;
    const d = this.#size;
    const active = this.#active;
    const { values, stride } = this.#cholesky;
    for (let r = this.#cholesky.count; r < this.#count; r++) {
      const i = active[r]!;
      const row = r * stride;
      const vi = v[i]!;
      for (let m = 0; m <= r; m++) {
        const k = active[m]!;
        values[row + m] = c[i * d + k]! + vi * v[k]!;
      }
      values[row + r]! += extra[i]!;
    }
    this.#cholesky.factor(this.#count);
  }

  /** `target`: where the gradient over the active entries is 0 for their signs. */
  #solve({ b, lambda }: ColumnProblem): void {
    for (let r = 0; r < this.#count; r++) {
      const i = this.#active[r]!;
      this.#target[r] = b[i]! - lambda * this.#signs[i]!;
    }
    this.#cholesky.solve(this.#target);
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
    this.#cholesky.remove(position);
  }

  /** Takes in the entry whose slope says most that it should not be 0; −1 where there is none. */
  #join({ extra, v, b, lambda, fixed }: ColumnProblem, z: Float64Array): number {
    const c = this.#c;
    const d = this.#size;
    const active = this.#active;
    const product = this.#multiply(z);
    let along = 0;
    for (let r = 0; r < this.#count; r++) along += v[active[r]!]! * z[active[r]!]!;
    let most = JOIN;
    let best = -1;
    let sign = 0;
    for (let i = 0; i < d; i++) {
      if (fixed[i] || this.#signs[i] !== 0) continue;
      const slope = product[i]! + v[i]! * along - b[i]!;
      const bend = c[i * (d + 1)]! + extra[i]! + v[i]! * v[i]!;
      const gain = (Math.abs(slope) - lambda) / Math.sqrt(bend);
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

  /** Cz. */
  #multiply(z: Float64Array): Float64Array {
    const product = this.#product;
    const kernels = this.#kernels;
    if (kernels) {
      const [input, output] = kernels.vectors as [Buffer, Buffer];
      input.values.set(z);
      kernels.multiply(kernels.matrices[1]!.address, input.address, output.address, kernels.n);
    } else {
      product.fill(0);
      addRows({ columns: this.#size, pairs: this.#c }, this.#active, this.#count, z, product);
    }
    return product;
  }
}
