import { largestRowSum, multiply, type Square } from '../numeric/square';
import type { BlockPenalty } from './penalty';

const MOST_SQUARINGS = 60;

/**
 * h = ρ(A), ∇ = 2W∘(u vᵀ)/(uᵀv) with the left and right Perron vectors u, v (Lee et al. 2019,
 * NOBEARS), of one strongly connected block, where they are unique and positive.
 *
 * Power iteration does not converge on a cycle (d eigenvalues share the modulus) and hardly on a
 * shifted one, so A + cI is squared until it has rank one: 2⁶⁰ steps for 60 products. Balancing
 * first (D⁻¹AD, Osborne 1960) makes the shift c no larger than it must be.
 */
export const spectralRadiusBlock: BlockPenalty = (a) => {
  const n = a.size;
  const scaling = balance(a);
  const shift = largestRowSum(a);
  let power: Square = {
    size: n,
    values: a.values.map((value, at) => value / shift + (at % (n + 1) === 0 ? 1 : 0)),
  };
  for (let step = 0; step < MOST_SQUARINGS; step++) {
    const next = scaledToOne(multiply(power, power));
    const change = next.values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - power.values[i]!)),
      0,
    );
    power = next;
    if (change < 1e-14) break;
  }
  // Row sums of v uᵀ are v, column sums u; D undoes the balancing.
  const right = new Float64Array(n);
  const left = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      right[i]! += power.values[i * n + j]!;
      left[j]! += power.values[i * n + j]!;
    }
  }
  let inner = 0;
  let value = 0;
  for (let i = 0; i < n; i++) {
    inner += left[i]! * right[i]!;
    for (let j = 0; j < n; j++) value += left[i]! * a.values[i * n + j]! * right[j]!;
  }
  const slope: Square = { size: n, values: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      slope.values[j * n + i] = ((left[i]! / scaling[i]!) * (right[j]! * scaling[j]!)) / inner;
    }
  }
  return { value: value / inner, slope };
};

/** A ← D⁻¹AD with row and column sums alike; returns the diagonal of D. */
function balance({ size: n, values }: Square): Float64Array {
  const scaling = new Float64Array(n).fill(1);
  for (let sweep = 0; sweep < 100; sweep++) {
    let largest = 1;
    for (let i = 0; i < n; i++) {
      let row = 0;
      let column = 0;
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        row += values[i * n + j]!;
        column += values[j * n + i]!;
      }
      if (!(row > 0 && column > 0)) continue;
      const factor = Math.sqrt(row / column);
      largest = Math.max(largest, factor, 1 / factor);
      for (let j = 0; j < n; j++) {
        if (j === i) continue;
        values[i * n + j]! /= factor;
        values[j * n + i]! *= factor;
      }
      scaling[i]! *= factor;
    }
    if (largest < 1.05) break;
  }
  return scaling;
}

function scaledToOne(a: Square): Square {
  const most = a.values.reduce((x, y) => Math.max(x, y), 0);
  return { size: a.size, values: a.values.map((value) => value / most) };
}
