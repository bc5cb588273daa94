import { flat } from '@causal/linalg';
import { createRng } from '@causal/random';
import fc from 'fast-check';
import { ldlFactor, ldlSolve } from './ldl';

describe('ldl', () => {
  it('solves quasi-definite systems', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        (seed, p, q) => {
          const n = p + q;
          const rng = createRng(seed);
          const half = rng.fillNormal(new Float64Array(n * n));
          const gram = flat.matMul(half, flat.transpose(half, n, n), n, n, n);
          // [[−P, Bᵀ], [B, Q]] with P and Q positive definite.
          const a = gram.map((v, at) => {
            const [i, j] = [Math.floor(at / n), at % n];
            const definite = v + (i === j ? 1 : 0);
            return i < p && j < p ? -definite : definite;
          });
          const b = rng.fillNormal(new Float64Array(n));
          const lower = a.map((v, at) => (at % n > Math.floor(at / n) ? NaN : v)); // not to be read
          expect(ldlFactor(lower, n)).toBe(true);
          const x = b.slice();
          ldlSolve(lower, n, x);
          const back = flat.matMul(a, x, n, n, 1);
          back.forEach((v, i) => expect(v).toBeCloseTo(b[i]!, 6));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells what it cannot factor', () => {
    expect(ldlFactor(Float64Array.from([0, 1, 1, 0]), 2)).toBe(false);
    expect(ldlFactor(Float64Array.from([NaN]), 1)).toBe(false);
  });
});
