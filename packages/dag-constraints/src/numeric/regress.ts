import { flat } from '@causal/linalg';
import type { Table } from '../data/table';
import { covariance } from '../learners/linear/losses';

/** Least-squares coefficients of `child` on `parents`, from a d × d covariance. */
export function regress(
  c: Float64Array,
  d: number,
  parents: readonly number[],
  child: number,
): Float64Array {
  const p = parents.length;
  if (p === 0) return new Float64Array(0);
  const gram = new Float64Array(p * p);
  const right = new Float64Array(p);
  parents.forEach((i, a) => {
    right[a] = c[i * d + child]!;
    parents.forEach((j, b) => (gram[a * p + b] = c[i * d + j]!));
    gram[a * (p + 1)]! *= 1 + 1e-12; // collinear parents share their coefficient
  });
  return flat.luSolve(flat.luFactor(gram, p), right, 1);
}

/** R² of each column given all others, clipped to [0, 1]. */
export function correlationsSquared(table: Table): number[] {
  const d = table.columns.length;
  const c = covariance(table);
  return table.columns.map((_, j) => {
    const others = [...Array(d).keys()].filter((i) => i !== j);
    const b = regress(c, d, others, j);
    let explained = 0;
    others.forEach((i, k) => (explained += b[k]! * c[i * d + j]!));
    return Math.min(Math.max(explained / c[j * (d + 1)]!, 0), 1);
  });
}
