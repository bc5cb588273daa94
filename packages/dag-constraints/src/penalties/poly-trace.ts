import { multiply, trace, type Square } from '../numeric/square';
import type { BlockPenalty } from './penalty';

/** (I + C)ᵏ − I by repeated squaring, without ever adding the identity; k ≥ 1. */
function powerMinusIdentity(c: Square, k: number): Square {
  let p: Square = { size: c.size, values: c.values.slice() };
  for (const bit of k.toString(2).slice(1)) {
    p = add(multiply(p, p), p, 2); // (I + P)² − I = P² + 2P
    if (bit === '1') p = add(add(multiply(p, c), p), c); // (I + P)(I + C) − I = PC + P + C
  }
  return p;
}

function add(into: Square, other: Square, factor = 1): Square {
  for (let i = 0; i < into.values.length; i++) into.values[i]! += factor * other.values[i]!;
  return into;
}

/**
 * h = tr(I + αA)^d − d, ∇ = 2αd·W∘[(I + αA)^{d−1}]ᵀ (Yu et al. 2019, DAG-GNN), d the number of
 * nodes of the whole graph, by O(log d) products of non-negative matrices.
 */
export function polyTraceBlock(alpha?: number): BlockPenalty {
  return (a, nodes) => {
    const step = alpha ?? 1 / nodes;
    for (let i = 0; i < a.values.length; i++) a.values[i]! *= step;
    // The gradient needs the power d − 1, the value one product more.
    let slope: Square;
    let value: number;
    if (nodes === 1) {
      value = trace(a);
      slope = { size: a.size, values: new Float64Array(a.values.length) };
    } else {
      slope = powerMinusIdentity(a, nodes - 1);
      value = trace(slope) + trace(a) + traceOfProduct(slope, a);
    }
    for (let i = 0; i < a.size; i++) slope.values[i * (a.size + 1)]! += 1;
    for (let i = 0; i < slope.values.length; i++) slope.values[i]! *= step * nodes;
    return { value, slope };
  };
}

function traceOfProduct(a: Square, b: Square): number {
  let sum = 0;
  for (let i = 0; i < a.size; i++) {
    for (let j = 0; j < a.size; j++) sum += a.values[i * a.size + j]! * b.values[j * a.size + i]!;
  }
  return sum;
}
