import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { flat, host, inverse, SingularMatrixError, slogdet, solve } from './index';

useEngine();

const seeds = fc.record({ seed: fc.integer(), n: fc.integer({ min: 1, max: 9 }) });
/** Float32 values, so that tensor and host see the same matrix. */
const regular = (seed: number, n: number) => {
  const a = new Float64Array(createRng(seed).normals(n * n));
  for (let i = 0; i < n; i++) a[i * n + i] = Math.fround(a[i * n + i]! + 3 * Math.sqrt(n));
  return a;
};
const toRows = (a: Float64Array, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from(a.subarray(i * n, i * n + n)));
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < actual.length; i++) {
    expect(Math.abs(actual[i]! - expected[i]!)).toBeLessThan(tolerance * scale);
  }
}

describe('values', () => {
  it('equal float64 to float32 rounding', () => {
    fc.assert(
      fc.property(seeds, ({ seed, n }) => {
        const a = regular(seed, n);
        const b = createRng(seed).normals(n * 3);
        const bRows = Array.from({ length: n }, (_, i) => Array.from(b.subarray(i * 3, i * 3 + 3)));
        tf.tidy(() => {
          const tensor = tf.tensor2d(Float32Array.from(a), [n, n]);
          expectClose(inverse(tensor).dataSync(), host.inverse(toRows(a, n)).flat(), 1e-7);
          const x = solve(tensor, tf.tensor2d(b, [n, 3]));
          expectClose(x.dataSync(), host.solve(toRows(a, n), bRows).flat(), 1e-7);
          const { sign, logAbsDet } = slogdet(tensor);
          const plain = host.slogdet(toRows(a, n));
          expect(sign.dataSync()[0]).toBe(plain.sign);
          expectClose(logAbsDet.dataSync(), [plain.logAbsDet], 1e-6);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('a batch is its matrices one by one; a vector is a column', () => {
    const n = 4;
    const parts = [1, 2, 3].map((seed) => regular(seed, n));
    tf.tidy(() => {
      const batch = tf.tensor3d(Float32Array.from(parts.flatMap((p) => [...p])), [3, n, n]);
      const one = tf.unstack(batch);
      expect(inverse(batch).shape).toEqual([3, n, n]);
      expectClose(
        inverse(batch).dataSync(),
        tf.stack(one.map((x) => inverse(x))).dataSync(),
        1e-12,
      );
      expect(slogdet(batch).logAbsDet.shape).toEqual([3]);
      expectClose(
        slogdet(batch).logAbsDet.dataSync(),
        one.map((x) => slogdet(x).logAbsDet.dataSync()[0]!),
        1e-12,
      );
      const sides = tf.ones([3, n, 2]);
      expectClose(
        solve(batch, sides).dataSync(),
        tf.stack(one.map((x) => solve(x, tf.ones([n, 2])))).dataSync(),
        1e-12,
      );
      const vector = solve(one[0]!, tf.ones([n]));
      expect(vector.shape).toEqual([n]);
      expectClose(vector.dataSync(), solve(one[0]!, tf.ones([n, 1])).dataSync(), 1e-12);
    });
  });
});

describe('gradients against central differences in float64', () => {
  const weights = (count: number) => createRng('weights').fillNormal(new Float64Array(count));
  const dot = (x: ArrayLike<number>, w: Float64Array) => w.reduce((s, v, i) => s + v * x[i]!, 0);

  it('solve, in A and in B', () => {
    fc.assert(
      fc.property(seeds, ({ seed, n }) => {
        const a = regular(seed, n);
        const b = new Float64Array(createRng(seed + 1).normals(n * 2));
        const w = weights(n * 2);
        const f = (x: Float64Array, y: Float64Array) =>
          dot(flat.luSolve(flat.luFactor(x, n), y, 2), w);
        tf.tidy(() => {
          const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) =>
            tf.sum(tf.mul(solve(x, y), tf.tensor2d(Float32Array.from(w), [n, 2]))),
          )([tf.tensor2d(Float32Array.from(a), [n, n]), tf.tensor2d(Float32Array.from(b), [n, 2])]);
          expectClose(
            da!.dataSync(),
            numericGradient((x) => f(x, b), a),
            1e-6,
          );
          expectClose(
            db!.dataSync(),
            numericGradient((y) => f(a, y), b),
            1e-6,
          );
        });
      }),
      { numRuns: 15 },
    );
  });

  it('inverse', () => {
    fc.assert(
      fc.property(seeds, ({ seed, n }) => {
        const a = regular(seed, n);
        const w = weights(n * n);
        tf.tidy(() => {
          const da = tf.grad((x: tf.Tensor) =>
            tf.sum(tf.mul(inverse(x), tf.tensor2d(Float32Array.from(w), [n, n]))),
          )(tf.tensor2d(Float32Array.from(a), [n, n]));
          const plain = numericGradient((x) => dot(flat.luInverse(flat.luFactor(x, n)), w), a);
          expectClose(da.dataSync(), plain, 1e-6);
        });
      }),
      { numRuns: 15 },
    );
  });

  it('slogdet, also in a batch with unequal upstream gradients', () => {
    const n = 5;
    const parts = [regular(1, n), regular(2, n)];
    tf.tidy(() => {
      const da = tf.grad((x: tf.Tensor) =>
        tf.sum(tf.mul(slogdet(x).logAbsDet, tf.tensor1d([2, -3]))),
      )(tf.tensor3d(Float32Array.from(parts.flatMap((p) => [...p])), [2, n, n]));
      const plain = parts.map((part, i) =>
        numericGradient((x) => [2, -3][i]! * flat.luSlogdet(flat.luFactor(x, n)).logAbsDet, part),
      );
      expectClose(
        da.dataSync(),
        plain.flatMap((p) => [...p]),
        1e-6,
      );
    });
  });
});

describe('at the door', () => {
  it('names singular matrices, wrong shapes and numbers that are none', () => {
    tf.tidy(() => {
      const singular = tf.tensor2d([0.1, 0.2, 0.3, 0.6], [2, 2]);
      expect(() => inverse(singular)).toThrow(SingularMatrixError);
      expect(() => solve(tf.zeros([2, 2]), tf.ones([2, 1]))).toThrow(/singular \(a pivot is 0\)/);
      expect(slogdet(tf.zeros([2, 2])).sign.dataSync()[0]).toBe(0);
      expect(() => tf.grad((x: tf.Tensor) => slogdet(x).logAbsDet)(tf.zeros([2, 2]))).toThrow(
        SingularMatrixError,
      );
      expect(() => inverse(tf.ones([2, 3]))).toThrow(/\[n, n\].*got \[2, 3\]/);
      expect(() => solve(tf.ones([2, 2]), tf.ones([3, 1]))).toThrow(/B must be \[2, m\]/);
      expect(() => inverse(tf.tensor2d([1, NaN, 0, 1], [2, 2]))).toThrow(/\[0, 1\] is NaN/);
    });
    expect(() =>
      host.inverse([
        [1, 2],
        [2, 4],
      ]),
    ).toThrow(SingularMatrixError);
    expect(() => host.inverse([[1, 2]])).toThrow(/square/);
    expect(() => host.solve([[1]], [[1], [2]])).toThrow(/must have 1 rows/);
    expect(() => host.solve([[Infinity]], [[1]])).toThrow(/\[0\]\[0\] is Infinity/);
    expect(
      host.condition([
        [1, 0],
        [0, 1],
      ]),
    ).toBe(1);
  });

  it('leaves no tensors behind', async () => {
    const a = tf.tensor2d([4, 1, 1, 3], [2, 2]);
    const leak = await countTensors(() => {
      const results = [inverse(a), solve(a, a), ...Object.values(slogdet(a))];
      const gradients = [
        tf.grad((x: tf.Tensor) => tf.sum(inverse(x)))(a),
        tf.grad((x: tf.Tensor) => tf.sum(solve(x, x)))(a),
        tf.grad((x: tf.Tensor) => slogdet(x).logAbsDet)(a),
      ];
      tf.dispose([results, gradients]);
    });
    expect(leak).toBe(0);
    a.dispose();
  });
});
