import { createRng, type Rng } from '@causal/random';
import fc from 'fast-check';
import { openKernels } from '../simd/kernels';
import { GrowingCholesky } from './growing-cholesky';

/**
 * Products of vectors in units that differ by 10³: each of the first `free` is a random one; the others lie in the
 * planes of two of them, hundredths apart: enough for rounding to exceed the least pivot by far.
 */
function randomMatrix(rng: Rng, d: number, free: number): number[][] {
  const random = (): number[] => Array.from({ length: 3 * d }, () => rng.normal());
  const planes = Array.from({ length: 1 + rng.int(4) }, () => [random(), random()] as const);
  const rows = Array.from({ length: d }, (_, i) => {
    const unit = 10 ** (3 * rng.uniform() - 1);
    const [a, b] = planes[rng.int(planes.length)]!;
    const off = 0.01 * rng.int(20);
    const vector = i < free ? random() : a.map((v, k) => v + off * b[k]!);
    return vector.map((v) => unit * v);
  });
  return rows.map((a) => rows.map((b) => a.reduce((sum, v, k) => sum + v * b[k]!, 0)));
}

/** Writes A's rows over `active` that the factor lacks, and takes them in. */
function take(cholesky: GrowingCholesky, a: readonly number[][], active: readonly number[]): void {
  for (let r = cholesky.count; r < active.length; r++) {
    for (let m = 0; m <= r; m++) {
      cholesky.values[r * cholesky.stride + m] = a[active[r]!]![active[m]!]!;
    }
  }
  cholesky.factor(active.length);
}

/** The largest entry of LLᵀ − A, each in units of the root of its diagonals. */
function error(
  cholesky: GrowingCholesky,
  a: readonly number[][],
  active: readonly number[],
): number {
  const { values, stride, count } = cholesky;
  expect(count).toBe(active.length);
  let most = 0;
  for (let r = 0; r < count; r++) {
    expect(values[r * stride + r]).toBeGreaterThan(0);
    for (let m = 0; m <= r; m++) {
      let sum = 0;
      for (let k = 0; k <= m; k++) sum += values[r * stride + k]! * values[m * stride + k]!;
      const [i, j] = [active[r]!, active[m]!];
      const off = Math.abs(sum - a[i]![j]!) / Math.sqrt(a[i]![i]! * a[j]![j]!);
      most = Math.max(most, off);
    }
  }
  return most;
}

describe.each([
  { by: 'the SIMD kernels', kernels: true },
  { by: 'JavaScript', kernels: false },
])('GrowingCholesky by $by', ({ kernels }) => {
  const make = (d: number): GrowingCholesky =>
    new GrowingCholesky(d, kernels ? openKernels(d, 1) : undefined);

  // Of 3,000 such sequences the worst was off by 2e-10: a false failure is rarer than one in 10⁴ runs.
  it('holds A = LLᵀ while rows come and go, where A is singular too', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 45 }), (seed, d) => {
        const rng = createRng(seed);
        const cholesky = make(d);
        for (let repeat = 0; repeat < 2; repeat++) {
          const a = randomMatrix(rng, d, rng.int(d));
          const order = rng.permutation(d);
          let active = [...order.subarray(0, rng.int(d + 1))];
          cholesky.count = 0;
          take(cholesky, a, active);
          expect(error(cholesky, a, active)).toBeLessThan(1e-8);
          for (let change = 0; change < 20; change++) {
            const out = [...order].filter((i) => !active.includes(i));
            if (active.length > 0 && (out.length === 0 || rng.uniform() < 0.5)) {
              const position = rng.int(active.length);
              active = active.filter((_, r) => r !== position);
              cholesky.remove(position);
            } else {
              active.push(out[rng.int(out.length)]!);
              take(cholesky, a, active);
            }
            expect(error(cholesky, a, active)).toBeLessThan(1e-8);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('solves Ay = b', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 45 }), (seed, d) => {
        const rng = createRng(seed);
        const a = randomMatrix(rng, d, d);
        const cholesky = make(d);
        take(cholesky, a, [...rng.permutation(d).keys()]);
        const truth = Float64Array.from(
          { length: d },
          (_, i) => rng.normal() / Math.sqrt(a[i]![i]!),
        );
        const y = Float64Array.from(a, (row) => row.reduce((sum, v, k) => sum + v * truth[k]!, 0));
        cholesky.solve(y);
        y.forEach((value, i) => {
          expect((value - truth[i]!) * Math.sqrt(a[i]![i]!)).toBeCloseTo(0, 7);
        });
      }),
      { numRuns: 100 },
    );
  });
});
