import type { Square } from '../numeric/square';
import type { BlockPenalty } from './penalty';

/** W is outside the domain of the log-det penalty: the spectral radius of W∘W is not below s. */
export class DomainError extends RangeError {
  override readonly name = 'DomainError';
}

/**
 * Turns B ≥ 0 into B⁺ = Σ_{n≥1} Bⁿ = (I − B)⁻¹ − I in place, and gives −log det(I − B); NaN (and a
 * spoilt B) where ρ(B) ≥ 1.
 *
 * Kleene's elimination: for each node k, Bᵢⱼ ← Bᵢⱼ + Bᵢₖ Bₖⱼ/(1 − Bₖₖ). Bₖₖ is then the weight of
 * the loops at k through earlier nodes, so 1 − Bₖₖ is the k-th pivot of I − B. It is an M-matrix,
 * that is ρ(B) < 1, exactly if all pivots are positive: the same pass decides the domain and gives
 * value and gradient, in d³ multiply-adds. Only non-negative numbers are added, so that nothing is
 * lost against the identity, as it would be in an LU factorisation of I − B.
 */
export function closeOver(b: Square): number {
  const { size: n, values } = b;
  let logarithm = 0;
  for (let k = 0; k < n; k++) {
    const loop = values[k * n + k]!;
    if (!(loop < 1)) return NaN;
    logarithm -= Math.log1p(-loop);
    const scale = 1 / (1 - loop);
    const from = k * n;
    // The pivot row first: with it scaled, row k itself needs nothing more.
    for (let j = 0; j < n; j++) values[from + j]! *= scale;
    for (let i = 0; i < n; i++) {
      const factor = values[i * n + k]!;
      if (factor === 0 || i === k) continue;
      const row = i * n;
      for (let j = 0; j < n; j++) values[row + j]! += factor * values[from + j]!;
    }
  }
  return logarithm;
}

/** h = −log det(sI − A) + d log s, ∇ = 2W∘(sI − A)⁻ᵀ (Bello et al. 2022, DAGMA, theorem 1). */
export function logDetBlock(s: number): BlockPenalty {
  return (a) => {
    const star: Square = { size: a.size, values: a.values.map((value) => value / s) };
    const value = closeOver(star);
    if (Number.isNaN(value)) {
      throw new DomainError(
        `logDet: outside the domain, the spectral radius of W∘W is not below s = ${s}. Use a larger s or scale W down.`,
      );
    }
    for (let i = 0; i < a.size; i++) star.values[i * (a.size + 1)]! += 1;
    for (let i = 0; i < star.values.length; i++) star.values[i]! /= s;
    return { value, slope: star };
  };
}
