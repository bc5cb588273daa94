import { createRng } from '@causal/random';
import fc from 'fast-check';
import peer from '../fixtures/scipy.json';
import { luFactor } from '../flat/lu';
import * as host from './index';

const rows = (a: readonly number[], n: number, m = n) =>
  Array.from({ length: n }, (_, i) => a.slice(i * m, i * m + m));
const largest = (a: readonly number[]) => a.reduce((s, v) => Math.max(s, Math.abs(v)), 0);
function expectClose(actual: readonly number[], expected: readonly number[], tolerance: number) {
  expect(actual.length).toBe(expected.length);
  const bound = tolerance * largest(expected);
  actual.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(bound));
}

describe('beside scipy', () => {
  it.each(peer.cases.map((c, i) => [`${i}: n = ${c.n}`, c] as const))('%s', (_, c) => {
    const a = rows(c.a, c.n);
    expectClose(host.expm(a).flat(), c.expm, 1e-12);
    expectClose(host.expmFrechet(a, rows(c.e, c.n)).derivative.flat(), c.frechet, 1e-12);
    expectClose(host.inverse(a).flat(), c.inverse, 1e-14 * c.condition);
    expectClose(host.solve(a, rows(c.b, c.n, 2)).flat(), c.solution, 1e-14 * c.condition);
    expect(host.slogdet(a).sign).toBe(c.sign);
    expect(host.slogdet(a).logAbsDet).toBeCloseTo(c.logAbsDet, 10);
    const factors = luFactor(Float64Array.from(c.a), c.n);
    expect([...factors.rows]).toEqual(c.rows);
    expectClose([...factors.lu], c.lu, 1e-13);
    expect(host.condition(a)).toBeLessThanOrEqual(c.condition * (1 + 1e-9));
    expect(host.condition(a)).toBeGreaterThan(c.condition / 5);
  });
});

describe('symmetric matrices', () => {
  const positive = (seed: number, n: number) => {
    const rng = createRng(seed);
    const b = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
    const product = host.matMul(
      b,
      b.map((_, i) => b.map((row) => row[i]!)),
    );
    return product.map((row, i) =>
      row.map((v, j) => (i === j ? v + 0.1 : (v + product[j]![i]!) / 2)),
    );
  };
  const transposed = (a: number[][]) => a.map((_, i) => a.map((row) => row[i]!));

  it('eigenSymmetric rebuilds the matrix from orthonormal vectors, values ascending', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, n) => {
        const a = positive(seed, n);
        const { values, vectors } = host.eigenSymmetric(a);
        expect(values).toEqual([...values].sort((x, y) => x - y));
        const scaled = vectors.map((row) => row.map((v, j) => v * values[j]!));
        expectClose(host.matMul(scaled, transposed(vectors)).flat(), a.flat(), 1e-12);
        const gram = host.matMul(transposed(vectors), vectors);
        gram.forEach((row, i) => row.forEach((v, j) => expect(v).toBeCloseTo(Number(i === j), 11)));
      }),
      { numRuns: 50 },
    );
  });

  it('cholesky gives a lower triangle with A = L·Lᵀ', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, n) => {
        const a = positive(seed, n);
        const l = host.cholesky(a);
        l.forEach((row, i) => row.forEach((v, j) => j > i && expect(v).toBe(0)));
        expectClose(host.matMul(l, transposed(l)).flat(), a.flat(), 1e-13);
      }),
      { numRuns: 50 },
    );
  });

  it('refuse what is not symmetric or not positive definite', () => {
    expect(() =>
      host.eigenSymmetric([
        [1, 2],
        [3, 1],
      ]),
    ).toThrow(/not symmetric: \[1\]\[0\] is 3/);
    expect(() =>
      host.cholesky([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(/not positive definite/);
    expect(() => host.cholesky([[0]])).toThrow(/not positive definite/);
    expect(() => host.matMul([[1, 2]], [[1]])).toThrow(/must have 2 rows; it has 1/);
    expect(host.eigenSymmetric([])).toEqual({ values: [], vectors: [] });
  });
});
