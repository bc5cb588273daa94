import { countTensors, numericGradient, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { gradientsOf, relativeError, scalarOf, tensor, type Rows } from '../test-support/reference';
import { klBernoulli, klCategorical, totalVariation } from './index';

useEngine();

type Divergence = (p: tf.Tensor, q: tf.Tensor) => tf.Scalar;
const measure = (f: Divergence, p: Rows, q: Rows) => scalarOf(() => f(tensor(p), tensor(q)));
const expectNear = (actual: number, expected: number): void =>
  expect(relativeError([actual], [expected])).toBeLessThan(1e-5);

const xlog = (p: number, q: number) => (p === 0 ? 0 : p * Math.log(p / q));
const plainCategorical = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, value, i) => sum + xlog(value, q[i]!), 0);
const plainBernoulli = (p: number, q: number) =>
  xlog(p, q) + (p === 1 ? 0 : (1 - p) * (Math.log1p(-p) - Math.log1p(-q)));

/** `count` numbers in proportion to ratio^i, as float32 holds them. */
const geometric = (count: number, ratio: number): number[] => {
  const sum = (1 - ratio ** count) / (1 - ratio);
  return Array.from({ length: count }, (_, i) => Math.fround(ratio ** i / sum));
};
const uniform = (count: number) => Array.from({ length: count }, () => 1 / count);
const only = (count: number, at: number) =>
  Array.from({ length: count }, (_, i) => (i === at ? 1 : 0));

describe('klBernoulli', () => {
  it.each([
    [0.3, 0.6],
    [0, 0.5],
    [1, 0.25],
    [0.5, 1e-20],
    [0.5, 1e-30],
    [1e-20, 0.5],
    [1e-9, 2e-9], // the second term is the larger
    [0.75, 0.78],
  ])('of %d beside %d: closed form and gradient', (p, q) => {
    const [a, b] = [Math.fround(p), Math.fround(q)];
    expectNear(measure(klBernoulli, [[p]], [[q]]), plainBernoulli(a, b));
    const [, byQ] = gradientsOf((a, b) => klBernoulli(a, b), [[p]], [[q]]);
    expectNear(byQ![0]!, (b - a) / (b * (1 - b)));
  });

  it('keeps digits where the two are near: the terms cancel to a millionth', () => {
    const q = Math.fround(0.751);
    const found = measure(klBernoulli, [[0.75]], [[q]]);
    expect(relativeError([found], [plainBernoulli(0.75, q)])).toBeLessThan(1e-3);
  });

  it('is 0 between equals, also at 0 and 1, sums and averages over the batch', () => {
    for (const p of [0, 1e-30, 1e-20, 0.3, 1]) expect(measure(klBernoulli, [[p]], [[p]])).toBe(0);
    const p = [[0.2, 0.7], [0.5, 0.1]]; // prettier-ignore
    const q = [[0.3, 0.7], [0.6, 0.9]]; // prettier-ignore
    const plain = (flat: ArrayLike<number>) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + plainBernoulli(flat[i]!, flat[4 + i]!), 0) / 2;
    const flat = [...p.flat(), ...q.flat()];
    expectNear(measure(klBernoulli, p, q), plain(flat));
    const found = gradientsOf((a, b) => klBernoulli(a, b), p, q).flatMap((g) => [...g]);
    expect(relativeError(found, numericGradient(plain, flat))).toBeLessThan(1e-5);
  });

  it('where the truth is infinite: finite, and pulling the right way', () => {
    for (const [p, q] of [
      [0.5, 0],
      [0.5, 1],
      [1, 0],
      [0, 1],
    ] as const) {
      // prettier-ignore
      const value = measure(klBernoulli, [[p]], [[q]]);
      expect(value).toBeGreaterThan(42);
      expect(value).toBeLessThan(88);
      const gradients = gradientsOf((a, b) => klBernoulli(a, b), [[p]], [[q]]);
      for (const g of gradients) expect(Number.isFinite(g[0]!)).toBe(true);
      expect(Math.sign(gradients[1]![0]!)).toBe(Math.sign(q - p));
    }
  });
});

describe('klCategorical', () => {
  it('closed forms with 2, 3 and 512 outcomes', () => {
    expectNear(measure(klCategorical, [[0.5, 0.5, 0]], [[0.25, 0.25, 0.5]]), Math.LN2);
    expectNear(measure(klCategorical, [only(512, 7)], [uniform(512)]), Math.log(512));
    expect(measure(klCategorical, [uniform(512)], [uniform(512)])).toBe(0);
    // From 1 down to 1e-22 of it.
    const slope = geometric(512, 0.905);
    expectNear(measure(klCategorical, [uniform(512)], [slope]), plainCategorical(uniform(512), slope)); // prettier-ignore
    expectNear(measure(klCategorical, [slope], [uniform(512)]), plainCategorical(slope, uniform(512))); // prettier-ignore
    const beside = geometric(512, 0.91);
    expectNear(measure(klCategorical, [slope], [beside]), plainCategorical(slope, beside));
  });

  it('one outcome, and a mean over the batch', () => {
    expect(measure(klCategorical, [[1]], [[1]])).toBe(0);
    const p = [[0.5, 0.5], [0.2, 0.8]]; // prettier-ignore
    const q = [[0.25, 0.75], [0.2, 0.8]]; // prettier-ignore
    expectNear(measure(klCategorical, p, q), plainCategorical(p[0]!, q[0]!) / 2);
  });

  it('gradients with 512 outcomes, through a softmax too where outcomes are all but impossible', () => {
    const [p, q] = [geometric(512, 0.98), uniform(512)];
    const [byP, byQ] = gradientsOf((a, b) => klCategorical(a, b), [p], [q]);
    expect(relativeError(byP!, p.map((v, i) => Math.log(v / q[i]!) + 1))).toBeLessThan(1e-5); // prettier-ignore
    expect(relativeError(byQ!, p.map((v, i) => -v / q[i]!))).toBeLessThan(1e-5); // prettier-ignore
    // ∂/∂logits = softmax − p: not lost at a probability of 1e-30.
    const logits = [0, -70];
    const [byLogits] = gradientsOf(
      (a) => klCategorical(tensor([[0.5, 0.5]]), tf.softmax(a)),
      [logits],
    );
    expect(relativeError(byLogits!, [0.5, -0.5])).toBeLessThan(1e-5);
  });

  it('where the truth is infinite: finite with its gradients', () => {
    expect(measure(klCategorical, [[1, 0]], [[0, 1]])).toBeCloseTo(-Math.log(1.2e-38), 3);
    for (const g of gradientsOf((a, b) => klCategorical(a, b), [[1, 0]], [[0, 1]])) {
      expect(g.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('totalVariation', () => {
  it('closed forms with 1, 2 and 512 outcomes', () => {
    expect(measure(totalVariation, [[1]], [[1]])).toBe(0);
    expectNear(measure(totalVariation, [[0.9, 0.1]], [[0.2, 0.8]]), 0.7);
    expectNear(measure(totalVariation, [only(512, 0)], [only(512, 511)]), 1);
    expectNear(measure(totalVariation, [only(512, 3)], [uniform(512)]), 511 / 512);
    expect(measure(totalVariation, [uniform(512)], [uniform(512)])).toBe(0);
    const slope = geometric(512, 0.98);
    const expected = slope.reduce((sum, v) => sum + Math.abs(v - 1 / 512), 0) / 2;
    expectNear(measure(totalVariation, [slope], [uniform(512)]), expected);
    // Shares of 1e-20 count as what they are.
    expectNear(measure(totalVariation, [[1e-20, 1]], [[3e-20, 1]]), 1e-20);
  });

  it('averages over the batch; its gradient is half the sign', () => {
    const [p, q] = [[[0.9, 0.1], [0.5, 0.5]], [[0.2, 0.8], [0.5, 0.5]]]; // prettier-ignore
    expectNear(measure(totalVariation, p!, q!), 0.35);
    const [byP, byQ] = gradientsOf((a, b) => totalVariation(a, b), p!, q!);
    expect([...byP!]).toEqual([0.25, -0.25, 0, 0]);
    expect(relativeError(byQ!, [-0.25, 0.25, 0, 0])).toBe(0);
  });
});

describe('discrete divergences', () => {
  it.each(Object.entries({ klBernoulli, klCategorical, totalVariation }))(
    '%s leaves no tensor behind and says what is wrong',
    async (name, f) => {
      const [p, q, other] = [tf.fill([2, 2], 0.5), tf.fill([2, 2], 0.5), tf.fill([2], 0.5)];
      expect(await countTensors(() => f(p, q).dispose())).toBe(0);
      const step = () => tf.dispose(tf.grads((a: tf.Tensor, b: tf.Tensor) => f(a, b))([p, q]));
      expect(await countTensors(step)).toBe(0);
      expect(() => f(p, other)).toThrow(`${name}: probabilit`);
      expect(() => f(p, other)).toThrow('same shape, got [2, 2] and [2]');
      expect(() => f([0.5] as unknown as tf.Tensor, q)).toThrow('must be a float32 tensor, got');
      tf.dispose([p, q, other]);
    },
  );

  it.each(Object.entries({ klBernoulli, klCategorical, totalVariation }))(
    '%s: NaN stays NaN',
    (_, f) => {
      expect(measure(f, [[NaN, 0.5]], [[0.5, 0.5]])).toBeNaN();
      expect(measure(f, [[0.5, 0.5]], [[NaN, 0.5]])).toBeNaN();
    },
  );
});

describe('what is no distribution', () => {
  const call = (f: typeof klBernoulli, p: Rows, q: Rows, options = {}) =>
    scalarOf(() => f(tensor(p), tensor(q), options));
  const half = [[0.5, 0.5]];

  it.each<[string, typeof klBernoulli, Rows, Rows, RegExp]>([
    ['above 1', klBernoulli, [[1.2]], [[0.5]], /probability1 must hold probabilities.*1\.20/],
    ['below 0', klBernoulli, [[0.5]], [[-0.1]], /probability2 must hold probabilities.*-0\.100/],
    ['counts', klCategorical, [[3, 7]], half, /probabilities1 must hold probabilities in/],
    ['a negative part', klCategorical, half, [[1.5, -0.5]], /probabilities2 must hold/],
    ['a sum of .9', klCategorical, [[0.5, 0.4]], half, /each row of probabilities1 must sum to 1/],
    ['two of one row', totalVariation, half, [[1, 1]], /probabilities2 must sum to 1/],
    ['logits', totalVariation, [[-2, 2]], half, /tf\.softmax/],
  ])('%s: an error, on the tape too', (_, f, p, q, message) => {
    expect(() => call(f, p, q)).toThrow(RangeError);
    expect(() => call(f, p, q)).toThrow(message);
    expect(() => gradientsOf((a, b) => f(a, b), p, q)).toThrow(message);
    expect(Number.isFinite(call(f, p, q, { check: false }))).toBe(true);
  });

  it('takes what float32 leaves of a softmax, and NaN stays NaN', () => {
    const logits = tf.randomNormal([64, 1000], 0, 5, 'float32', 1);
    const p = tf.softmax(logits);
    expect(klCategorical(p, p).dataSync()[0]).toBe(0);
    tf.dispose([logits, p]);
    expect(call(klBernoulli, [[NaN]], [[0.5]])).toBeNaN();
  });

  it('says what is no option and no tensor', () => {
    expect(() => call(klBernoulli, half, half, { chek: false })).toThrow('did you mean `check`?');
    for (const odd of [undefined, null, [[0.5]], 'x', tf.ones([2], 'int32')]) {
      for (const f of [klBernoulli, klCategorical, totalVariation]) {
        expect(() => f(odd as never, odd as never)).toThrow(/must be a float32 tensor/);
      }
    }
  });
});
