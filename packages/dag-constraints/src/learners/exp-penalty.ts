import { expTraceBlock } from '../penalties/exp-trace';
import { penalise } from '../penalties/penalty';
import { withValue, type BentPenalty, type FlatObjective } from './bent-penalty';
import { openKernels, type Buffer, type Kernels } from '../simd/kernels';

/**
 * tr e^{W∘W} − d for the inner loop of a learner: right to some ten digits for any cycle that is not
 * longer than the series, at a third of the products that the public penalty takes to be right for
 * every cycle.
 */
export function expPenalty(d: number, caller: string): BentPenalty {
  const kernels = openKernels(d, 9);
  return kernels ? simdExpPenalty(kernels, d) : plainExpPenalty(d, caller);
}

export function plainExpPenalty(d: number, caller: string): BentPenalty {
  return {
    value: (w, gradient) => {
      try {
        const result = penalise({ size: d, values: Float64Array.from(w) }, expTraceBlock, caller);
        gradient.set(result.gradient);
        return result.value;
      } catch (error) {
        if (error instanceof RangeError) return Infinity;
        throw error;
      }
    },
    curvature: (w, out) => {
      if (!Number.isFinite(squaredNorm(w, d))) return Infinity;
      const { value, slope } = expTraceBlock({ size: d, values: w.map((v) => v * v) }, d);
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) out[i * d + j] = 2 * slope.values[j * d + i]!;
      }
      return Number.isFinite(value) ? value : Infinity;
    },
  };
}

/**
 * Taylor polynomials of degree q² in 2(q − 1) products (Paterson & Stockmeyer), and the norm up to
 * which the rest of the series is below 1e-11 of e^x − 1.
 */
const SCHEMES = [3, 4, 5].map((q) => ({ q, limit: [0.18, 1.2, 3.9][q - 3]! }));
const FACTORIALS = Array.from({ length: 26 }, (_, k) => {
  let product = 1;
  for (let i = 2; i <= k; i++) product *= i;
  return product;
});

function simdExpPenalty(kernels: Kernels, d: number): BentPenalty {
  const { n, pack, matrices } = kernels;
  const weights = matrices[0]!;
  const powers = matrices.slice(1, 6);
  const product = (a: Buffer, b: Buffer, base: Buffer, beta: number, out: Buffer): void =>
    kernels.product(a.address, b.address, base.address, beta, out.address, n, pack);
  /** (e^{W∘W} − I)ᵀ, row-major and padded to n; undefined beyond float64. */
  const closure = (w: Float64Array): Float64Array | undefined => {
    kernels.put(w, weights);
    const norm = squaredNorm(w, d);
    if (!Number.isFinite(norm)) return undefined;
    const { q, squarings } = SCHEMES.map(({ q, limit }) => {
      const squarings = Math.max(0, Math.ceil(Math.log2(norm / limit)));
      return { q, squarings, products: 2 * (q - 1) + squarings };
    }).reduce((best, scheme) => (scheme.products < best.products ? scheme : best));
    kernels.squareTransposed(weights.address, powers[0]!.address, n, 2 ** -squarings);
    for (let k = 1; k < q; k++) product(powers[k - 1]!, powers[0]!, powers[0]!, 0, powers[k]!);
    // Horner over Bᵠ: T ← Bᵠ·T + (c₁ B + … + c_q Bᵠ), without the identity: nothing cancels.
    const part = matrices[8]!;
    let [sum, next] = [matrices[6]!, matrices[7]!];
    for (let group = q - 1; group >= 0; group--) {
      for (let k = 0; k < q; k++) kernels.loops.values[k] = 1 / FACTORIALS[q * group + k + 1]!;
      const out = group === q - 1 ? sum : part;
      kernels.combine(kernels.loops.address, powers[0]!.address, q, out.address, n);
      if (group === q - 1) continue;
      product(powers[q - 1]!, sum, part, 1, next);
      [sum, next] = [next, sum];
    }
    for (let s = 0; s < squarings; s++) {
      product(sum, sum, sum, 2, next); // e^{2B} − I = T² + 2T
      [sum, next] = [next, sum];
    }
    return sum.values;
  };
  const curvature: FlatObjective = (w, out) => {
    const star = closure(w);
    if (!star) return Infinity;
    let h = 0;
    for (let i = 0; i < d; i++) {
      h += star[i * n + i]!;
      for (let j = 0; j < d; j++) out[i * d + j] = 2 * (star[i * n + j]! + (i === j ? 1 : 0));
    }
    return Number.isFinite(h) ? h : Infinity;
  };
  return withValue(curvature);
}

/** The smaller of the largest row and column sums of W∘W. */
function squaredNorm(w: Float64Array, d: number): number {
  const columns = new Float64Array(d);
  let byRow = 0;
  for (let i = 0; i < d; i++) {
    let row = 0;
    for (let j = 0; j < d; j++) {
      const square = w[i * d + j]! ** 2;
      row += square;
      columns[j]! += square;
    }
    byRow = Math.max(byRow, row);
  }
  return Math.min(
    byRow,
    columns.reduce((x, y) => Math.max(x, y), 0),
  );
}
