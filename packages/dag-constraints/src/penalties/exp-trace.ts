import { largestRowSum, multiplyInto, trace, zeros, type Square } from '../numeric/square';
import type { BlockPenalty } from './penalty';

/** Degree of the Taylor polynomial; with |terms per squaring| ≤ LOAD its tail is below 1e-16. */
const DEGREE = 25;
const LOAD = 1.6;

/**
 * e^A − I of a non-negative A, each entry to full relative accuracy.
 *
 * Taylor polynomial without the identity (Paterson & Stockmeyer, 5 × 5) of A/2ˢ, then s times
 * e^{2B} − I = 2T + T². Only non-negative numbers are added, so nothing cancels: the weakest and
 * longest cycle is still seen where the usual tr(expm(A)) − d gives 0, or less.
 *
 * s grows with ‖A‖ for the usual reason, and with the number of nodes because a cycle through all
 * of them first appears in A^d, whose coefficient must come out as 1/d!.
 */
function expMinusIdentity(a: Square): Square {
  const { size } = a;
  const load = size + largestRowSum(a);
  const squarings = Math.max(0, Math.ceil(Math.log2(load / LOAD)));
  const powers: Square[] = [a];
  const base = zeros(size);
  const scale = 2 ** -squarings;
  for (let i = 0; i < base.values.length; i++) base.values[i] = a.values[i]! * scale;
  powers[0] = base;
  for (let k = 1; k < 5; k++) powers.push(multiplyInto(zeros(size), powers[k - 1]!, base));

  const coefficient = new Float64Array(DEGREE + 1).fill(1);
  for (let k = 1; k <= DEGREE; k++) coefficient[k] = coefficient[k - 1]! / k;
  // Horner over B⁵: t ← B⁵·t + (c₅ₘ₊₁ B + … + c₅ₘ₊₅ B⁵), from the highest group down.
  let sum = zeros(size);
  let product = zeros(size);
  for (let group = 4; group >= 0; group--) {
    if (group < 4) {
      multiplyInto(product, powers[4]!, sum);
      [sum, product] = [product, sum];
    }
    for (let k = 0; k < 5; k++) {
      const c = coefficient[5 * group + k + 1]!;
      const power = powers[k]!.values;
      for (let i = 0; i < power.length; i++) sum.values[i]! += c * power[i]!;
    }
  }
  for (let s = 0; s < squarings; s++) {
    multiplyInto(product, sum, sum);
    for (let i = 0; i < product.values.length; i++) product.values[i]! += 2 * sum.values[i]!;
    [sum, product] = [product, sum];
  }
  return sum;
}

/** h = tr e^A − d, ∇ = 2W∘(e^A)ᵀ (Zheng et al. 2018, NOTEARS, theorem 1). */
export const expTraceBlock: BlockPenalty = (a) => {
  const slope = expMinusIdentity(a);
  const value = trace(slope);
  for (let i = 0; i < a.size; i++) slope.values[i * (a.size + 1)]! += 1;
  return { value, slope };
};
