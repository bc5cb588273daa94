import { flat, host } from '@causal/linalg';
import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { endogenous, exogenous, parentSum } from './linear';
import { gap, models, randomWeights } from './testing';

useEngine();

const components = fc.integer({ min: 0, max: 8 });
/** Rank 2 for k = 0, else rank 3. */
const noiseOf = (seed: number, batch: number, d: number, k: number) => {
  const values = createRng(seed).normals(batch * d * Math.max(1, k));
  return k === 0 ? tf.tensor2d(values, [batch, d]) : tf.tensor3d(values, [batch, d, k]);
};
const scale = (x: tf.Tensor) => Math.max(1, ...x.dataSync().map(Math.abs));

describe('endogenous and exogenous', () => {
  it('undo each other at any density, d ≤ 50, k ≤ 8, to 1e-5 of the largest value', () => {
    fc.assert(
      fc.property(models(50), components, ({ seed, d, density }, k) => {
        const a = randomWeights(seed, d, density);
        tf.tidy(() => {
          const noise = noiseOf(seed, 3, d, k);
          const z = endogenous(a, noise);
          expect(z.shape).toEqual(noise.shape);
          const back = exogenous(a, z);
          expect(gap(back.dataSync(), noise.dataSync()) / scale(z)).toBeLessThan(1e-5);
          const forth = endogenous(a, exogenous(a, noise));
          expect(gap(forth.dataSync(), noise.dataSync()) / scale(z)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('to 1e-5 absolutely while I − A is well conditioned, dense graphs of 50 concepts included', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, k) => {
        // Every pair an edge; weights that keep the variances in bounds: condition 30 to 180.
        const a = randomWeights(seed, 50, 1).map((row) => row.map((w) => (2 * w) / Math.sqrt(50)));
        expect(
          host.condition(a.map((row, i) => row.map((w, j) => Number(i === j) - w))),
        ).toBeLessThan(500);
        tf.tidy(() => {
          const noise = noiseOf(seed, 3, 50, k);
          const back = exogenous(a, endogenous(a, noise));
          expect(gap(back.dataSync(), noise.dataSync())).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 15 },
    );
  });

  it('solve z = Aᵀz + ε: i → j means that z_j takes z_i', () => {
    tf.tidy(() => {
      const a = [
        [0, 2, 0],
        [0, 0, 3],
        [0, 0, 0],
      ];
      expect([...endogenous(a, tf.tensor2d([[1, 0, 0]])).dataSync()]).toEqual([1, 2, 6]);
      expect([...parentSum(a, tf.tensor2d([[1, 1, 1]])).dataSync()]).toEqual([0, 2, 3]);
    });
  });

  it('treat the k components alike, and take an adjacency with cycles', () => {
    tf.tidy(() => {
      const a = tf.tensor2d([
        [0, 0.5],
        [0.4, 0],
      ]);
      const noise = noiseOf(5, 4, 2, 3) as tf.Tensor3D;
      const parts = tf.unstack(noise, 2).map((part) => endogenous(a, part as tf.Tensor2D));
      expect(gap(endogenous(a, noise).dataSync(), tf.stack(parts, 2).dataSync())).toBeLessThan(
        1e-6,
      );
      expect(gap(exogenous(a, endogenous(a, noise)).dataSync(), noise.dataSync())).toBeLessThan(
        1e-5,
      );
    });
  });

  it('have the gradients of central differences, in the adjacency and in the noise', () => {
    fc.assert(
      fc.property(models(6), fc.integer({ min: 0, max: 3 }), ({ seed, d, density }, k) => {
        const batch = 2;
        const width = Math.max(1, k);
        const a = Float64Array.from(randomWeights(seed, d, density).flat(), Math.fround);
        const w = createRng(seed + 1).normals(batch * d * width);
        tf.tidy(() => {
          const noise = noiseOf(seed, batch, d, k);
          const e = Float64Array.from(noise.dataSync());
          // Σ w ∘ (I − Aᵀ)^±1 ε in float64, by components.
          const plain = (adjacency: Float64Array, x: Float64Array, invert: boolean) => {
            const m = adjacency.map((v, at) => (Math.floor(at / d) === at % d ? 1 : 0) - v);
            const factors = flat.luFactor(m, d);
            let sum = 0;
            for (let b = 0; b < batch; b++) {
              for (let c = 0; c < width; c++) {
                const at = (i: number) => (b * d + i) * width + c;
                const row = Float64Array.from({ length: d }, (_, i) => x[at(i)]!);
                const out = invert
                  ? flat.luSolveTransposed(factors, row, 1)
                  : flat.matMul(row, m, 1, d, d);
                out.forEach((v, i) => (sum += v * w[at(i)]!));
              }
            }
            return sum;
          };
          for (const [op, invert] of [
            [endogenous, true],
            [exogenous, false],
          ] as const) {
            const [da, de] = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
              tf.sum(tf.mul(op(x as tf.Tensor2D, y as tf.Tensor3D), tf.tensor(w, noise.shape))),
            )([tf.tensor2d(Float32Array.from(a), [d, d]), noise]);
            const tolerance = (g: Float64Array) => 2e-5 * Math.max(1, ...g.map(Math.abs));
            const ga = numericGradient((x) => plain(x, e, invert), a);
            const ge = numericGradient((x) => plain(a, x, invert), e);
            expect(gap(da!.dataSync(), ga)).toBeLessThan(tolerance(ga));
            expect(gap(de!.dataSync(), ge)).toBeLessThan(tolerance(ge));
          }
        });
      }),
      { numRuns: 15 },
    );
  });

  it('leave no tensors behind, and name wrong shapes and singular systems', async () => {
    const noise = noiseOf(1, 2, 2, 3);
    const a = [
      [0, 0.5],
      [0, 0],
    ];
    expect(
      await countTensors(() =>
        tf.dispose([endogenous(a, noise), exogenous(a, noise), parentSum(a, noise)]),
      ),
    ).toBe(0);
    expect(() => endogenous([[0]], noise)).toThrow(
      /2 concepts need an adjacency \[2, 2\], got \[1, 1\]/,
    );
    expect(() => exogenous(a, tf.scalar(1) as unknown as tf.Tensor2D)).toThrow(/\[batch, d\] or/);
    expect(() =>
      endogenous(
        [
          [0, 1],
          [1, 0],
        ],
        noise,
      ),
    ).toThrow(/singular/);
    noise.dispose();
  });
});
