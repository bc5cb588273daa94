import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { exponential } from './flat/expm';
import { inverseGradient } from './flat/inverse-gradient';
import { luFactor, luInverse, luSolve, luSolveTransposed } from './flat/lu';
import { matMul, transpose } from './flat/matmul';
import { expm, inverse, slogdet, solve } from './index';

useEngine();

const cases = fc.record({ seed: fc.integer(), n: fc.integer({ min: 1, max: 5 }) });
/** Float32 values, so that tensor and host see the same matrix. */
const regular = (seed: number, n: number) => {
  const a = new Float64Array(createRng(seed).normals(n * n));
  for (let i = 0; i < n; i++) a[i * n + i] = Math.fround(a[i * n + i]! + 3 * Math.sqrt(n));
  return a;
};
const small = (seed: number, n: number) =>
  Float64Array.from(createRng(seed).normals(n * n), (v) => Math.fround(v / n));
const numbers = (seed: number, name: string, length: number) =>
  new Float64Array(createRng(seed).split(name).normals(length));
const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
const tensor = (x: Float64Array, shape: number[]) => tf.tensor(Float32Array.from(x), shape);

/** Σ w∘f(x), whose gradient is differentiated against u. */
const weighted = (f: (x: tf.Tensor) => tf.Tensor, w: Float64Array) => (x: tf.Tensor) =>
  tf.sum(tf.mul(f(x), tensor(w, f(x).shape)));

function expectSecond(
  f: (x: tf.Tensor) => tf.Tensor,
  first: (x: Float64Array) => Float64Array,
  a: Float64Array,
  shape: number[],
  w: Float64Array,
  u: Float64Array,
) {
  tf.tidy(() => {
    const gradient = tf.grad(weighted(f, w));
    const x = tensor(a, shape);
    const got = tf.grad((y: tf.Tensor) => tf.sum(tf.mul(gradient(y), tensor(u, shape))))(x);
    const plain = numericGradient((y) => dot(first(y), u), a);
    const bound = 1e-5 * Math.max(1, ...plain.map(Math.abs));
    got.dataSync().forEach((v, i) => expect(Math.abs(v - plain[i]!)).toBeLessThan(bound));
  });
}

describe('gradients of gradients', () => {
  it('are those of central differences of the first ones in float64', () => {
    fc.assert(
      fc.property(cases, ({ seed, n }) => {
        const a = regular(seed, n);
        const [w, u] = [numbers(seed, 'w', n * n), numbers(seed, 'u', n * n)];
        const invert = (x: Float64Array) => luInverse(luFactor(x, n));
        expectSecond(inverse, (x) => inverseGradient(invert(x), w, n), a, [n, n], w, u);
        const one = Float64Array.of(1.5);
        expectSecond(
          (x) => slogdet(x).logAbsDet,
          (x) => transpose(invert(x), n, n).map((v) => 1.5 * v),
          a,
          [n, n],
          one,
          u,
        );
        const turned = transpose(w, n, n);
        const frechet = (x: Float64Array) =>
          transpose(exponential(x, n, 'test').derivative(turned), n, n);
        expectSecond(expm, frechet, small(seed, n), [n, n], w, u);
      }),
      { numRuns: 15 },
    );
  });

  it('of solve: A and B, each in each', () => {
    fc.assert(
      fc.property(cases, ({ seed, n }) => {
        const m = 2;
        const ab = Float64Array.from([...regular(seed, n), ...numbers(seed, 'b', n * m)]);
        const w = numbers(seed, 'w', n * m);
        const u = numbers(seed, 'u', ab.length);
        // One variable that holds both, so that the mixed second derivatives are there too.
        const first = (x: Float64Array) => {
          const factors = luFactor(x.slice(0, n * n), n);
          const db = luSolveTransposed(factors, w, m);
          const y = transpose(luSolve(factors, x.slice(n * n), m), n, m);
          const da = matMul(db, y, n, m, n).map((v) => -v);
          return Float64Array.from([...da, ...db]);
        };
        const f = (x: tf.Tensor) =>
          solve(
            tf.reshape(tf.slice(x, 0, n * n), [n, n]),
            tf.reshape(tf.slice(x, n * n, n * m), [n, m]),
          );
        expectSecond(f, first, ab, [ab.length], w, u);
      }),
      { numRuns: 15 },
    );
  });

  it('work in batches: each matrix by itself', () => {
    tf.tidy(() => {
      const parts = [1, 2].map((seed) => tensor(regular(seed, 3), [3, 3]));
      const w = tensor(numbers(5, 'w', 9), [3, 3]);
      for (const f of [
        inverse,
        expm,
        (x: tf.Tensor) => solve(x, tf.tile(tf.ones([1, 3, 2]), [x.shape[0]!, 1, 1])),
        (x: tf.Tensor) => slogdet(x).logAbsDet,
      ]) {
        const scaled = (x: tf.Tensor) => tf.sum(tf.square(f(tf.mul(x, 0.2))));
        const second = tf.grad((x: tf.Tensor) => tf.sum(tf.mul(tf.grad(scaled)(x), w)));
        const together = second(tf.stack(parts));
        const alone = tf.concat(parts.map((part) => second(tf.expandDims(part))));
        const [got, expected] = [together.dataSync(), alone.dataSync()];
        const bound = 1e-5 * Math.max(...expected.map(Math.abs));
        got.forEach((v, i) => expect(Math.abs(v - expected[i]!)).toBeLessThanOrEqual(bound));
      }
    });
  });

  it('third ones too: 1/x, log x, e^x and b/x', () => {
    const third = (f: (x: tf.Tensor) => tf.Tensor) =>
      tf.tidy(() => {
        const once = tf.grad((x: tf.Tensor) => tf.sum(f(x)));
        const twice = tf.grad((x: tf.Tensor) => tf.sum(once(x)));
        return tf
          .grad((x: tf.Tensor) => tf.sum(twice(x)))(tf.tensor2d([[2]]))
          .dataSync()[0]!;
      });
    expect(third(inverse)).toBeCloseTo(-6 / 16, 6);
    expect(third((x) => slogdet(x).logAbsDet)).toBeCloseTo(2 / 8, 6);
    expect(third(expm)).toBeCloseTo(Math.exp(2), 5);
    expect(third((x) => solve(x, tf.tensor1d([5])))).toBeCloseTo((-6 * 5) / 16, 5);
  });

  it('leave no tensors behind', async () => {
    const a = tf.tensor2d([4, 1, 1, 3], [2, 2]);
    const functions = [
      inverse,
      expm,
      (x: tf.Tensor) => solve(x, x),
      (x: tf.Tensor) => slogdet(x).logAbsDet,
    ];
    const leak = await countTensors(() => {
      for (const f of functions) {
        const first = tf.grad((x: tf.Tensor) => tf.sum(f(x)));
        tf.grad((x: tf.Tensor) => tf.sum(tf.square(first(x))))(a).dispose();
      }
    });
    expect(leak).toBe(0);
    a.dispose();
  });
});
