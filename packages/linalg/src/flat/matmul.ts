import { simdKernels } from '../simd/kernels';
import { simdMatMul } from '../simd/operations';

const BLOCK = 64;
/** Multiplications from which copying to the SIMD kernels and back pays. */
const SIMD_FROM = 24 ** 3;

/**
 * out = A·B on row-major float64: A is m×k, B is k×n, out m×n (made when not given).
 */
export function matMul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  out = new Float64Array(m * n),
): Float64Array {
  const kernels = m * k * n < SIMD_FROM || n === 1 ? undefined : simdKernels();
  return kernels === undefined
    ? plainMatMul(a, b, m, k, n, out)
    : simdMatMul(kernels, a, b, m, k, n, out);
}

/**
 * The product in JavaScript. Four rows of B at a time against one row of out, in tiles of B that
 * stay in the cache: the inner loop reads memory in order.
 */
export function plainMatMul(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  out: Float64Array,
): Float64Array {
  out.fill(0);
  for (let p0 = 0; p0 < k; p0 += BLOCK) {
    const p1 = Math.min(k, p0 + BLOCK);
    for (let j0 = 0; j0 < n; j0 += 4 * BLOCK) {
      const j1 = Math.min(n, j0 + 4 * BLOCK);
      for (let i = 0; i < m; i++) {
        const row = i * n;
        let p = p0;
        for (; p + 3 < p1; p += 4) {
          const at = i * k + p;
          const a0 = a[at]!;
          const a1 = a[at + 1]!;
          const a2 = a[at + 2]!;
          const a3 = a[at + 3]!;
          if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) continue;
          const b0 = p * n;
          const b1 = b0 + n;
          const b2 = b1 + n;
          const b3 = b2 + n;
          for (let j = j0; j < j1; j++) {
            out[row + j]! += a0 * b[b0 + j]! + a1 * b[b1 + j]! + a2 * b[b2 + j]! + a3 * b[b3 + j]!;
          }
        }
        for (; p < p1; p++) {
          const a0 = a[i * k + p]!;
          if (a0 === 0) continue;
          const b0 = p * n;
          for (let j = j0; j < j1; j++) out[row + j]! += a0 * b[b0 + j]!;
        }
      }
    }
  }
  return out;
}

/** The transpose of a row-major m×n matrix. */
export function transpose(a: Float64Array, m: number, n: number): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j * m + i] = a[i * n + j]!;
  return out;
}
