import type { Kernels } from './kernels';

/** A·B on the SIMD kernels; the same arguments as flat.matMul. */
export function simdMatMul(
  kernels: Kernels,
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  out: Float64Array,
): Float64Array {
  const [atA, atB, atC] = kernels.room(m * k, k * n, m * n) as [number, number, number];
  kernels.doubles(atA, m * k).set(a);
  kernels.doubles(atB, k * n).set(b);
  const c = kernels.doubles(atC, m * n).fill(0);
  kernels.gemm(atA, 8 * k, 8, atB, 8 * n, 8, atC, 8 * n, m, n, k, 1, kernels.scratch);
  out.set(c);
  return out;
}

/** LU in place of `lu`, the rows of P·A into `rows`. */
export function simdLu(
  kernels: Kernels,
  lu: Float64Array,
  n: number,
  rows: Int32Array,
): { parity: 1 | -1; singular: boolean } {
  const [at, atRows] = kernels.room(n * n, n) as [number, number];
  const matrix = kernels.doubles(at, n * n);
  matrix.set(lu);
  const order = new Int32Array(kernels.memory.buffer, atRows, n);
  order.set(rows);
  const code = kernels.lu(at, n, atRows, kernels.scratch);
  lu.set(matrix);
  rows.set(order);
  const swaps = code < 0 ? -1 - code : code;
  return { parity: swaps % 2 === 0 ? 1 : -1, singular: code < 0 };
}

/**
 * L⁻¹ then U⁻¹ on the n×m right-hand sides, or U⁻ᵀ then L⁻ᵀ; in place of x, whose rows the caller
 * permutes.
 */
export function simdSolve(
  kernels: Kernels,
  lu: Float64Array,
  n: number,
  x: Float64Array,
  m: number,
  transposed: boolean,
): void {
  const [at, atX] = kernels.room(n * n, n * m) as [number, number];
  kernels.doubles(at, n * n).set(lu);
  const sides = kernels.doubles(atX, n * m);
  sides.set(x);
  const [row, column] = transposed ? [8, 8 * n] : [8 * n, 8];
  // Transposed, U comes first and is the lower triangle; L has ones on its diagonal either way.
  kernels.solveTriangle(at, row, column, true, !transposed, false, atX, n, m, kernels.scratch);
  kernels.solveTriangle(at, row, column, false, transposed, false, atX, n, m, kernels.scratch);
  x.set(sides);
}

/** U⁻¹L⁻¹, with a third less work than {@link simdSolve} on the identity. */
export function simdInverse(kernels: Kernels, lu: Float64Array, n: number): Float64Array {
  const [at, atX] = kernels.room(n * n, n * n) as [number, number];
  kernels.doubles(at, n * n).set(lu);
  const x = kernels.doubles(atX, n * n).fill(0);
  for (let i = 0; i < n; i++) x[i * n + i] = 1;
  kernels.solveTriangle(at, 8 * n, 8, true, true, true, atX, n, n, kernels.scratch);
  kernels.solveTriangle(at, 8 * n, 8, false, false, false, atX, n, n, kernels.scratch);
  return x;
}

/** −YᵀGYᵀ of n×n matrices, without leaving the kernels' memory in between. */
export function simdInverseGradient(
  kernels: Kernels,
  y: Float64Array,
  g: Float64Array,
  n: number,
): Float64Array {
  const [atY, atG, atT] = kernels.room(n * n, n * n, n * n) as [number, number, number];
  kernels.doubles(atY, n * n).set(y);
  const out = kernels.doubles(atG, n * n);
  out.set(g);
  kernels.doubles(atT, n * n).fill(0);
  const { scratch } = kernels;
  kernels.gemm(atG, 8 * n, 8, atY, 8, 8 * n, atT, 8 * n, n, n, n, 1, scratch);
  out.fill(0);
  kernels.gemm(atY, 8, 8 * n, atT, 8 * n, 8, atG, 8 * n, n, n, n, -1, scratch);
  return out.slice();
}
