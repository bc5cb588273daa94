import { simdKernels } from '../simd/kernels';
import { simdInverse, simdLu, simdSolve } from '../simd/operations';
import { norm1 } from './combine';
import { solveVector, solveVectorTransposed } from './solve-vector';

/** Sizes from which copying to the SIMD kernels and back pays: of LU, and of n·m in a solve. */
const SIMD_LU_FROM = 32;
const SIMD_SOLVE_FROM = 32 ** 2;

/** P·A = L·U with partial pivoting, row-major. */
export interface LuFactors {
  readonly n: number;
  /** L below the diagonal (its own diagonal is 1), U on and above it. */
  readonly lu: Float64Array;
  /** Row i of P·A is row `rows[i]` of A. */
  readonly rows: Int32Array;
  /** The determinant of P: 1 or −1. */
  readonly parity: 1 | -1;
  /** A pivot was exactly 0 (or not a number): A has no inverse. */
  readonly singular: boolean;
  /** ‖A‖₁, the largest column sum of |A|. */
  readonly norm1: number;
}

/** Factors a row-major n×n matrix, which is left as it is. Never throws: see `singular`. */
export function luFactor(a: Float64Array, n: number): LuFactors {
  const lu = a.slice();
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const kernels = n < SIMD_LU_FROM ? undefined : simdKernels();
  const { parity, singular } =
    kernels === undefined ? plainLu(lu, n, rows) : simdLu(kernels, lu, n, rows);
  return { n, lu, rows, parity, singular, norm1: norm1(a, n) };
}

/** LU in place, in JavaScript. */
export function plainLu(
  lu: Float64Array,
  n: number,
  rows: Int32Array,
): { parity: 1 | -1; singular: boolean } {
  let parity: 1 | -1 = 1;
  let singular = false;
  for (let k = 0; k < n; k++) {
    let best = k;
    let size = Math.abs(lu[k * n + k]!);
    for (let i = k + 1; i < n; i++) {
      const candidate = Math.abs(lu[i * n + k]!);
      if (candidate > size) {
        size = candidate;
        best = i;
      }
    }
    if (!(size > 0)) {
      singular = true;
      continue;
    }
    if (best !== k) {
      const x = k * n;
      const y = best * n;
      for (let j = 0; j < n; j++) {
        const kept = lu[x + j]!;
        lu[x + j] = lu[y + j]!;
        lu[y + j] = kept;
      }
      const kept = rows[k]!;
      rows[k] = rows[best]!;
      rows[best] = kept;
      parity = parity === 1 ? -1 : 1;
    }
    const from = k * n;
    const pivot = lu[from + k]!;
    for (let i = k + 1; i < n; i++) {
      const to = i * n;
      const factor = lu[to + k]! / pivot;
      lu[to + k] = factor;
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) lu[to + j]! -= factor * lu[from + j]!;
    }
  }
  return { parity, singular };
}

/** X with A·X = B for m right-hand sides; B is n×m, row-major, and is left as it is. */
export function luSolve(factors: LuFactors, b: Float64Array, m: number): Float64Array {
  const { n, rows } = factors;
  const x = new Float64Array(n * m);
  for (let i = 0; i < n; i++) x.set(b.subarray(rows[i]! * m, (rows[i]! + 1) * m), i * m);
  solveInPlace(factors, x, m, false);
  return x;
}

/** X with Aᵀ·X = B, from the factors of A. */
export function luSolveTransposed(factors: LuFactors, b: Float64Array, m: number): Float64Array {
  const { n, rows } = factors;
  const y = b.slice();
  solveInPlace(factors, y, m, true);
  const x = new Float64Array(n * m);
  for (let i = 0; i < n; i++) x.set(y.subarray(i * m, i * m + m), rows[i]! * m);
  return x;
}

/** U⁻¹L⁻¹ or L⁻ᵀU⁻ᵀ on the rows of x. */
function solveInPlace(factors: LuFactors, x: Float64Array, m: number, transposed: boolean): void {
  const { n, lu } = factors;
  // A few right-hand sides cost less than copying the factors.
  const kernels = n * m < SIMD_SOLVE_FROM || m < 4 ? undefined : simdKernels();
  if (m === 1) (transposed ? solveVectorTransposed : solveVector)(lu, n, x);
  else if (kernels !== undefined) simdSolve(kernels, lu, n, x, m, transposed);
  else if (transposed) plainSolveTransposed(lu, n, x, m);
  else plainSolve(lu, n, x, m);
}

/** U⁻¹L⁻¹ in place of x, in JavaScript. */
export function plainSolve(lu: Float64Array, n: number, x: Float64Array, m: number): void {
  for (let i = 1; i < n; i++) subtractRows(x, lu, i * n, 0, i, i, m);
  for (let i = n - 1; i >= 0; i--) {
    subtractRows(x, lu, i * n, i + 1, n, i, m);
    const pivot = lu[i * n + i]!;
    for (let j = i * m; j < i * m + m; j++) x[j]! /= pivot;
  }
}

/** L⁻ᵀU⁻ᵀ in place of y, in JavaScript. */
export function plainSolveTransposed(
  lu: Float64Array,
  n: number,
  y: Float64Array,
  m: number,
): void {
  for (let i = 0; i < n; i++) {
    const pivot = lu[i * n + i]!;
    for (let j = i * m; j < i * m + m; j++) y[j]! /= pivot;
    for (let below = i + 1; below < n; below++) addRow(y, -lu[i * n + below]!, i * m, below * m, m);
  }
  for (let i = n - 1; i > 0; i--) {
    for (let above = 0; above < i; above++) addRow(y, -lu[i * n + above]!, i * m, above * m, m);
  }
}

function addRow(x: Float64Array, factor: number, from: number, to: number, m: number): void {
  if (factor === 0) return;
  for (let j = 0; j < m; j++) x[to + j]! += factor * x[from + j]!;
}

/** Row `target` of x −= Σ over p in [start, end) of lu[row + p] · row p of x, four rows at a time. */
function subtractRows(
  x: Float64Array,
  lu: Float64Array,
  row: number,
  start: number,
  end: number,
  target: number,
  m: number,
): void {
  const to = target * m;
  let p = start;
  for (; p + 3 < end; p += 4) {
    const f0 = lu[row + p]!;
    const f1 = lu[row + p + 1]!;
    const f2 = lu[row + p + 2]!;
    const f3 = lu[row + p + 3]!;
    if (f0 === 0 && f1 === 0 && f2 === 0 && f3 === 0) continue;
    const x0 = p * m;
    const x1 = x0 + m;
    const x2 = x1 + m;
    const x3 = x2 + m;
    for (let j = 0; j < m; j++) {
      x[to + j]! -= f0 * x[x0 + j]! + f1 * x[x1 + j]! + f2 * x[x2 + j]! + f3 * x[x3 + j]!;
    }
  }
  for (; p < end; p++) addRow(x, -lu[row + p]!, p * m, to, m);
}

/** A⁻¹ from the factors of A. */
export function luInverse(factors: LuFactors): Float64Array {
  const { n, lu, rows } = factors;
  const kernels = n < SIMD_LU_FROM ? undefined : simdKernels();
  const x = kernels === undefined ? plainInverse(lu, n) : simdInverse(kernels, lu, n);
  // A⁻¹ = U⁻¹L⁻¹P: P puts the columns in their places.
  const inverse = new Float64Array(n * n);
  for (let row = 0; row < n * n; row += n) {
    for (let j = 0; j < n; j++) inverse[row + rows[j]!] = x[row + j]!;
  }
  return inverse;
}

/** U⁻¹L⁻¹, in JavaScript. */
export function plainInverse(lu: Float64Array, n: number): Float64Array {
  const x = new Float64Array(n * n);
  for (let i = 0; i < n; i++) x[i * n + i] = 1;
  plainSolve(lu, n, x, n);
  return x;
}

/** Sign of the determinant and log |det A|; (0, −∞) when A is singular. */
export function luSlogdet(factors: LuFactors): { sign: -1 | 0 | 1; logAbsDet: number } {
  if (factors.singular) return { sign: 0, logAbsDet: -Infinity };
  let sign: -1 | 1 = factors.parity;
  let logAbsDet = 0;
  for (let i = 0; i < factors.n; i++) {
    const pivot = factors.lu[i * factors.n + i]!;
    if (pivot < 0) sign = sign === 1 ? -1 : 1;
    logAbsDet += Math.log(Math.abs(pivot));
  }
  return { sign, logAbsDet };
}

/**
 * An estimate of the condition number ‖A‖₁·‖A⁻¹‖₁ (Hager 1984; Higham 1988, algorithm 2.4): a lower
 * bound, nearly always within a factor of 3, for a few solves instead of an inverse. Infinity when
 * A is singular.
 */
export function luCondition(factors: LuFactors): number {
  const { n, singular } = factors;
  if (singular) return Infinity;
  if (n === 0) return 0;
  let x: Float64Array = new Float64Array(n).fill(1 / n);
  let estimate = 0;
  for (let round = 0; round < 5; round++) {
    const y = luSolve(factors, x, 1);
    const size = y.reduce((sum, value) => sum + Math.abs(value), 0);
    if (round > 0 && size <= estimate) break;
    estimate = size;
    const z = luSolveTransposed(
      factors,
      y.map((value) => (value < 0 ? -1 : 1)),
      1,
    );
    let best = 0;
    for (let i = 1; i < n; i++) if (Math.abs(z[i]!) > Math.abs(z[best]!)) best = i;
    if (round > 0 && x[best] === 1) break;
    x = new Float64Array(n);
    x[best] = 1;
  }
  // Higham's alternating vector catches matrices on which the search above stalls.
  const alternating = new Float64Array(n);
  for (let i = 0; i < n; i++)
    alternating[i] = (i % 2 === 0 ? 1 : -1) * (1 + i / Math.max(1, n - 1));
  const other = luSolve(factors, alternating, 1).reduce((sum, value) => sum + Math.abs(value), 0);
  const condition = factors.norm1 * Math.max(estimate, (2 * other) / (3 * n));
  return Number.isNaN(condition) ? Infinity : condition;
}
