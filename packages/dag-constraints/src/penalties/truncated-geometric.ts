import { identity, multiply, trace, type Square } from '../numeric/square';
import type { BlockPenalty } from './penalty';

/**
 * h = Σ_{i=1…m} tr Aⁱ, ∇ = 2W∘[Σ i·Aⁱ⁻¹]ᵀ (Zhang et al. 2022, TMPI), m = `terms`, by default the
 * number of nodes; with fewer, cycles longer than m are not seen.
 *
 * Doubling, with R_k = Σ_{i<k} Aⁱ and G_k = Σ_{i≤k} i·Aⁱ⁻¹:
 * R_{2k} = R_k + Aᵏ R_k, G_{2k} = G_k + Aᵏ (G_k + k R_k); the value is tr(A R_m).
 */
export function truncatedGeometricBlock(terms?: number): BlockPenalty {
  return (a, nodes) => {
    let power = a; // Aᵏ
    let sum = identity(a.size); // R_k
    let slope = identity(a.size); // G_k
    let k = 1;
    for (const bit of (terms ?? nodes).toString(2).slice(1)) {
      slope = plus(slope, multiply(power, plus(slope, sum, k)));
      sum = plus(sum, multiply(power, sum));
      power = multiply(power, power);
      k *= 2;
      if (bit === '0') continue;
      slope = plus(slope, power, k + 1);
      sum = plus(sum, power);
      power = multiply(power, a);
      k++;
    }
    return { value: trace(multiply(a, sum)), slope };
  };
}

/** a + factor·b, a new matrix. */
const plus = (a: Square, b: Square, factor = 1): Square => ({
  size: a.size,
  values: a.values.map((value, i) => value + factor * b.values[i]!),
});
