import { createRng } from '@causal/random';
import fc from 'fast-check';
import { plainLu, plainSolve, plainSolveTransposed } from '../flat/lu';
import { plainMatMul } from '../flat/matmul';
import { simdKernels } from './kernels';
import { simdLu, simdMatMul, simdSolve } from './operations';

const kernels = simdKernels()!;
const random = (seed: number, length: number) =>
  createRng(seed).fillNormal(new Float64Array(length));
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
  return worst;
};
const sizes = fc.integer({ min: 1, max: 70 });

describe('SIMD kernels beside the plain ones', () => {
  it('product, for every remainder of the 4×4 tile and across blocks', () => {
    const check = (seed: number, m: number, k: number, n: number) => {
      const a = random(seed, m * k);
      const b = random(seed + 1, k * n);
      const plain = plainMatMul(a, b, m, k, n, new Float64Array(m * n));
      const simd = simdMatMul(kernels, a, b, m, k, n, new Float64Array(m * n).fill(7));
      expect(gap(simd, plain)).toBeLessThan(1e-13 * (k + 10));
    };
    fc.assert(fc.property(fc.integer(), sizes, sizes, sizes, check), { numRuns: 60 });
    check(1, 99, 300, 521); // over MC, KC and NC
  });

  it('LU: the same pivots, the same factors', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 110 }), (seed, n) => {
        const [a, b] = [random(seed, n * n), random(seed, n * n)];
        const [p, q] = [a, b].map(() => Int32Array.from({ length: n }, (_, i) => i)) as [
          Int32Array,
          Int32Array,
        ];
        expect(simdLu(kernels, a, n, p)).toEqual(plainLu(b, n, q));
        expect(p).toEqual(q);
        expect(gap(a, b)).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it('LU tells singular matrices', () => {
    const n = 40;
    const a = random(1, n * n).map((v, at) => (at % n === 37 ? 0 : v));
    const rows = Int32Array.from({ length: n }, (_, i) => i);
    expect(simdLu(kernels, a, n, rows).singular).toBe(true);
  });

  it('solves, straight and transposed, any number of right-hand sides', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        sizes,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (seed, n, m, transposed) => {
          // Well-conditioned triangles: small off the diagonal.
          const lu = random(seed, n * n).map((v, at) =>
            at % (n + 1) === 0 ? 2 + Math.abs(v) : v / n,
          );
          const x = random(seed + 1, n * m);
          const y = x.slice();
          simdSolve(kernels, lu, n, x, m, transposed);
          (transposed ? plainSolveTransposed : plainSolve)(lu, n, y, m);
          expect(gap(x, y)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 60 },
    );
  });
});
