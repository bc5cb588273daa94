import { createRng } from '@causal/random';
import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expm, flat, host } from './index';

useEngine();

const matrix = (seed: number, n: number, size: number) => {
  const a = createRng(seed).fillNormal(new Float64Array(n * n));
  const norm = Math.max(flat.norm1(a, n), 1e-9);
  return a.map((v) => Math.fround((v * size) / norm));
};
const rows = (a: ArrayLike<number>, n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => a[i * n + j]!));
const largest = (a: ArrayLike<number>) =>
  Array.from(a).reduce((s, v) => Math.max(s, Math.abs(v)), 0);
function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) {
  expect(a.length).toBe(b.length);
  const bound = tolerance * Math.max(largest(b), 1e-300);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThanOrEqual(bound);
}
/** Norms for every Padé degree and for squaring. */
const norms = fc.constantFrom(1e-3, 0.1, 0.5, 1.2, 4, 12, 40);
const cases = fc.record({ seed: fc.integer(), n: fc.integer({ min: 1, max: 9 }), size: norms });

describe('host.expm', () => {
  it('obeys e^A·e^−A = I, e^{A+A} = e^A·e^A, e^{Aᵀ} = (e^A)ᵀ', () => {
    fc.assert(
      fc.property(cases, ({ seed, n, size }) => {
        const a = matrix(seed, n, Math.min(size, 4));
        const e = flat.exponential(a, n, 'test').value;
        const inverse = flat.exponential(
          a.map((v) => -v),
          n,
          'test',
        ).value;
        const product = flat.matMul(e, inverse, n, n, n);
        const identity = flat.combine(n, [[1]]);
        const scale = largest(e) * largest(inverse) * n;
        expectClose(
          product.map((v, i) => v - identity[i]! + scale),
          identity.map(() => scale),
          1e-13,
        );
        const twice = flat.exponential(
          a.map((v) => 2 * v),
          n,
          'test',
        ).value;
        expectClose(twice, flat.matMul(e, e, n, n, n), 1e-12 * (1 + scale));
        const turned = flat.exponential(flat.transpose(a, n, n), n, 'test').value;
        expectClose(turned, flat.transpose(e, n, n), 1e-12);
      }),
      { numRuns: 100 },
    );
  });

  it('equals the Taylor series of small matrices, and e^{PAP⁻¹} = P e^A P⁻¹', () => {
    fc.assert(
      fc.property(cases, ({ seed, n, size }) => {
        const a = matrix(seed, n, Math.min(size, 1.2));
        let term = flat.combine(n, [[1]]);
        let sum = term;
        for (let k = 1; k < 40; k++) {
          term = flat.matMul(term, a, n, n, n).map((v) => v / k);
          sum = flat.combine(n, [
            [1, sum],
            [1, term],
          ]);
        }
        const e = flat.exponential(a, n, 'test').value;
        expectClose(e, sum, 1e-14);
        const order = createRng(seed).permutation(n);
        const move = (x: Float64Array) =>
          Float64Array.from(x, (_, at) => x[order[Math.floor(at / n)]! * n + order[at % n]!]!);
        expectClose(flat.exponential(move(a), n, 'test').value, move(e), 1e-13);
      }),
      { numRuns: 100 },
    );
  });

  it('takes large norms that do not overflow, and says when they do', () => {
    expectClose(
      host
        .expm([
          [-1e6, 0],
          [0, -700],
        ])
        .flat(),
      [0, 0, 0, Math.exp(-700)],
      1e-9,
    );
    expectClose(
      host
        .expm([
          [0, -1000],
          [1000, 0],
        ])
        .flat(),
      [Math.cos(1000), -Math.sin(1000), Math.sin(1000), Math.cos(1000)],
      1e-10,
    );
    expect(() =>
      host.expm([
        [1e308, 0],
        [1e308, 0],
      ]),
    ).toThrow(/exceeds float64; scale A down/);
    expect(() => host.expm([[800]])).toThrow(/exceeds float64 \(‖A‖₁ = 800\)/);
    expect(() =>
      host.expm([
        [1e300, 1],
        [1, 1e300],
      ]),
    ).toThrow(/exceeds float64/);
    expect(
      host.expm([
        [0, 3],
        [0, 0],
      ]),
    ).toEqual([
      [1, 3],
      [0, 1],
    ]);
  });
});

describe('triangles with large entries off the diagonal', () => {
  // By norm alone they are halved so often that squaring back costs up to nine digits.
  const [x, y] = [Math.E, Math.exp(-1)];

  it.each([1e3, 1e6, 1e10])('keep their digits: b = %s', (b) => {
    const a = [
      [1, b],
      [0, -1],
    ];
    const exact = [x, (b / 2) * (x - y), 0, y];
    host
      .expm(a)
      .flat()
      .forEach((v, i) => expect(Math.abs(v - exact[i]!)).toBeLessThanOrEqual(1e-13 * exact[i]!));
    // L(A, A) = A·e^A, entry by entry; here all halvings are needed.
    const { derivative } = host.expmFrechet(a, a);
    expectClose(derivative.flat(), host.matMul(a, host.expm(a)).flat(), 1e-12 + 1e-16 * b);
  });

  it('are exact where a power vanishes', () => {
    expect(
      host.expm([
        [0, 2 ** 60, 3],
        [0, 0, 2 ** 50],
        [0, 0, 0],
      ]),
    ).toEqual([
      [1, 2 ** 60, 3 + 2 ** 109],
      [0, 1, 2 ** 50],
      [0, 0, 1],
    ]);
  });
});

describe('derivative', () => {
  it('is linear in the direction, and that of central differences', () => {
    fc.assert(
      fc.property(cases, ({ seed, n, size }) => {
        const a = matrix(seed, n, Math.min(size, 12));
        const e = matrix(seed + 1, n, 1);
        const { derivative, value } = flat.exponential(a, n, 'test');
        const l = derivative(e);
        expectClose(
          derivative(e.map((v) => -2 * v)),
          l.map((v) => -2 * v),
          1e-12,
        );
        const h = 1e-5;
        const at = (t: number) =>
          flat.exponential(
            a.map((v, i) => v + t * e[i]!),
            n,
            'test',
          ).value;
        const high = at(h);
        const low = at(-h);
        const plain = high.map((v, i) => (v - low[i]!) / (2 * h));
        expectClose(l, plain, 1e-6 * Math.max(1, largest(value) / Math.max(largest(l), 1e-9)));
      }),
      { numRuns: 60 },
    );
  });

  it('host.expmFrechet commutes with A where E does: L(A, A) = A·e^A', () => {
    const a = rows(matrix(3, 4, 2), 4);
    const { value, derivative } = host.expmFrechet(a, a);
    expectClose(derivative.flat(), host.matMul(a, value).flat(), 1e-13);
    expect(value).toEqual(host.expm(a));
    expect(() => host.expmFrechet(a, [[1]])).toThrow(/A is 4×4, E 1×1/);
  });
});

describe('expm on tensors', () => {
  it('is host.expm to float32, alone and in a batch, with the gradient of central differences', () => {
    fc.assert(
      fc.property(cases, ({ seed, n, size }) => {
        const parts = [matrix(seed, n, Math.min(size, 8)), matrix(seed + 5, n, 0.3)];
        const w = createRng(seed).normals(2 * n * n);
        tf.tidy(() => {
          const a = tf.tensor3d(Float32Array.from(parts.flatMap((p) => [...p])), [2, n, n]);
          const single = expm(tf.unstack(a)[0] as tf.Tensor2D);
          expectClose(single.dataSync(), host.expm(rows(parts[0]!, n)).flat(), 1e-7);
          const gradient = tf.grad((x: tf.Tensor) =>
            tf.sum(tf.mul(expm(x), tf.tensor3d(w, [2, n, n]))),
          )(a);
          const plain = parts.map((part, b) =>
            numericGradient(
              (x) =>
                flat
                  .exponential(x, n, 'test')
                  .value.reduce((s, v, i) => s + v * w[b * n * n + i]!, 0),
              part,
            ),
          );
          const got = gradient.dataSync();
          plain.forEach((p, b) => expectClose(got.subarray(b * n * n, (b + 1) * n * n), p, 1e-5));
        });
      }),
      { numRuns: 25 },
    );
  });

  it('refuses what exceeds float32, and leaves no tensors behind', async () => {
    const a = tf.tensor2d([[100]]);
    expect(() => expm(a)).toThrow(/2\.7e\+43, beyond float32/);
    const b = tf.ones([3, 3]);
    expect(
      await countTensors(() =>
        tf.dispose([expm(b), tf.grad((x: tf.Tensor) => tf.sum(expm(x)))(b)]),
      ),
    ).toBe(0);
    tf.dispose([a, b]);
  });
});
