import { createRng } from '@causal/random';
import fc from 'fast-check';
import { Matrix as Peer, LuDecomposition } from 'ml-matrix';
import { norm1 } from './combine';
import { inverseGradient, plainInverseGradient } from './inverse-gradient';
import {
  luCondition,
  luFactor,
  luInverse,
  luSlogdet,
  luSolve,
  luSolveTransposed,
  plainInverse,
} from './lu';
import { matMul, transpose } from './matmul';

const random = (seed: number, rows: number, columns: number) =>
  createRng(seed).fillNormal(new Float64Array(rows * columns));
/** Random and well away from singular, so that tolerances mean something. */
const regular = (seed: number, n: number) => {
  const a = random(seed, n, n);
  for (let i = 0; i < n; i++) a[i * n + i]! += 3 * Math.sqrt(n);
  return a;
};
const rows = (a: Float64Array, n: number) =>
  Array.from({ length: a.length / n }, (_, i) => Array.from(a.subarray(i * n, i * n + n)));
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
};
const sizes = fc.record({
  seed: fc.integer(),
  n: fc.integer({ min: 1, max: 40 }),
  m: fc.integer({ min: 1, max: 9 }),
});

describe('matMul', () => {
  it('equals the plain triple loop for every shape, with zeros in A', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 150 }), ({ seed, n, m }, k) => {
        const a = random(seed, m, k).map((v) => (v > 0.9 ? 0 : v));
        const b = random(seed + 1, k, n);
        const plain = new Float64Array(m * n);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            for (let p = 0; p < k; p++) plain[i * n + j]! += a[i * k + p]! * b[p * n + j]!;
        expect(gap(matMul(a, b, m, k, n), plain)).toBeLessThan(1e-11);
      }),
      { numRuns: 40 },
    );
  });
});

describe('norm1', () => {
  it('is the largest column sum of |A|, for every number of columns', () => {
    fc.assert(
      fc.property(sizes, ({ seed, n }) => {
        const a = random(seed, n, n);
        const sums = rows(transpose(a, n, n), n).map((r) => r.reduce((s, v) => s + Math.abs(v), 0));
        expect(norm1(a, n)).toBeCloseTo(Math.max(...sums), 10);
      }),
      { numRuns: 40 },
    );
  });
});

describe('LU', () => {
  it('solves A·X = B and Aᵀ·X = B', () => {
    fc.assert(
      fc.property(sizes, ({ seed, n, m }) => {
        const a = regular(seed, n);
        const b = random(seed + 1, n, m);
        const factors = luFactor(a, n);
        expect(gap(matMul(a, luSolve(factors, b, m), n, n, m), b)).toBeLessThan(1e-11);
        const back = matMul(transpose(a, n, n), luSolveTransposed(factors, b, m), n, n, m);
        expect(gap(back, b)).toBeLessThan(1e-11);
      }),
      { numRuns: 60 },
    );
  });

  it('gives P·A = L·U, the inverse and the determinant of the peer', () => {
    fc.assert(
      fc.property(sizes, ({ seed, n }) => {
        const a = random(seed, n, n);
        const factors = luFactor(a, n);
        const l = factors.lu.map((v, at) =>
          at % n < Math.floor(at / n) ? v : at % n === Math.floor(at / n) ? 1 : 0,
        );
        const u = factors.lu.map((v, at) => (at % n >= Math.floor(at / n) ? v : 0));
        const pa = rows(a, n)
          .map((_, i) => rows(a, n)[factors.rows[i]!]!)
          .flat();
        expect(gap(matMul(l, u, n, n, n), pa)).toBeLessThan(1e-12 * n);
        const { sign, logAbsDet } = luSlogdet(factors);
        const peer = new LuDecomposition(new Peer(rows(a, n))).determinant;
        expect((sign * Math.exp(logAbsDet)) / peer).toBeCloseTo(1, 8);
        const identity = matMul(a, luInverse(factors), n, n, n);
        for (let i = 0; i < n; i++) identity[i * n + i]! -= 1;
        expect(gap(identity, new Float64Array(n * n))).toBeLessThan(
          1e-13 * luCondition(factors) + 1e-13,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('inverts on the SIMD kernels as in JavaScript, and so does the gradient of that', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 32, max: 75 }), (seed, n) => {
        const factors = luFactor(regular(seed, n), n);
        const order = Array.from(factors.rows, (_, j) => factors.rows.indexOf(j));
        const plain = plainInverse(factors.lu, n);
        const placed = plain.map((_, at) => plain[at - (at % n) + order[at % n]!]!);
        expect(gap(luInverse(factors), placed)).toBeLessThan(1e-13);
        const [y, g] = [random(seed, n, n), random(seed + 1, n, n)];
        expect(gap(inverseGradient(y, g, n), plainInverseGradient(y, g, n))).toBeLessThan(1e-11);
      }),
      { numRuns: 20 },
    );
  });

  it('tells singular matrices, and leaves its argument alone', () => {
    const a = Float64Array.from([1, 2, 2, 4]);
    const factors = luFactor(a, 2);
    expect(factors.singular).toBe(true);
    expect(luSlogdet(factors)).toEqual({ sign: 0, logAbsDet: -Infinity });
    expect(luCondition(factors)).toBe(Infinity);
    expect([...a]).toEqual([1, 2, 2, 4]);
    expect(luFactor(Float64Array.from([NaN, 1, 1, 1]), 2).singular).toBe(true);
  });

  it('estimates the condition number from below, within a factor of 10', () => {
    fc.assert(
      fc.property(sizes, ({ seed, n }) => {
        const a = random(seed, n, n);
        const factors = luFactor(a, n);
        const sums = (x: Float64Array) =>
          Math.max(
            ...rows(transpose(x, n, n), n).map((r) => r.reduce((s, v) => s + Math.abs(v), 0)),
          );
        const exact = sums(a) * sums(luInverse(factors));
        expect(luCondition(factors)).toBeLessThanOrEqual(exact * (1 + 1e-9));
        expect(luCondition(factors)).toBeGreaterThan(exact / 10);
      }),
      { numRuns: 100 },
    );
  });
});
