import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { numericGradient } from '../test-support/numeric-gradient';
import { testEngine, useEngine } from '../test-support/engine';

useEngine();

const elu = (x: number): number => (x >= 0 ? x : Math.expm1(x));

const functions: Record<string, [(x: tf.Tensor) => tf.Tensor, (x: number) => number]> = {
  exp: [tf.exp, Math.exp],
  sigmoid: [tf.sigmoid, (x) => 1 / (1 + Math.exp(-x))],
  tanh: [tf.tanh, Math.tanh],
  elu: [tf.elu, elu],
  relu: [tf.relu, (x) => (x < 0 ? 0 : x)],
  leakyRelu: [(x) => tf.leakyRelu(x, 0.1), (x) => (x < 0 ? x * Math.fround(0.1) : x)],
  log: [tf.log, Math.log],
  log1p: [tf.log1p, Math.log1p],
  softplus: [tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))],
  rsqrt: [tf.rsqrt, (x) => 1 / Math.sqrt(x)],
  sin: [tf.sin, Math.sin],
  cos: [tf.cos, Math.cos],
};

/** Distance of two float32 numbers near `value`, in units of its last place. */
function ulp(value: number): number {
  const size = Math.max(Math.abs(Math.fround(value)), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

const onTensorflow = testEngine === 'tensorflow';

describe.each(Object.entries(functions))('%s', (name, [f, reference]) => {
  // onnxruntime's own tanh, which long tensors get, is a little coarser than ours.
  // TensorFlow's functions are its own: it takes denormal numbers for 0, and elu is exp(x) − 1.
  const units = onTensorflow ? 8 : testEngine === 'onnxruntime' && name === 'tanh' ? 4 : 3;
  const absolute = onTensorflow ? (name === 'elu' ? 2 ** -23 : 2 ** -126) : 0;

  it(`is within ${units} units in the last place of the true value`, () => {
    const inputs = new Float32Array(40_003);
    for (let i = 0; i < inputs.length; i++) {
      const size = 10 ** ((i % 4000) / 400 - 6); // 1e-6 … 1e4
      inputs[i] = (i % 2 ? 1 : -1) * size * (1 + i / inputs.length);
    }
    const outputs = tf.tidy(() => f(tf.tensor1d(inputs))).dataSync();
    let worst = 0;
    inputs.forEach((x, i) => {
      const truth = Math.fround(reference(x));
      if (Object.is(truth, outputs[i])) return;
      const error = (Math.abs(outputs[i]! - reference(x)) - absolute) / ulp(truth);
      if (!(error <= worst)) worst = error;
    });
    expect(worst).toBeLessThan(units);
  });

  it('keeps NaN and treats infinity as the host does', () => {
    const special = [NaN, Infinity, -Infinity, 0, -0];
    const truths = special.map((x) => Math.fround(reference(x)) + 0);
    // A few numbers, and so many that accelerators take them.
    for (const repeats of [1, 10_000]) {
      const inputs = Array.from({ length: repeats }, () => special).flat();
      const outputs = tf.tidy(() => f(tf.tensor1d(inputs))).dataSync();
      const wrong = inputs.findIndex((_, i) => !Object.is(outputs[i]! + 0, truths[i % 5]!));
      expect([inputs[wrong], outputs[wrong]]).toEqual([undefined, undefined]);
    }
  });

  it('has the gradient of finite differences, once and twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.05, max: 3, noNaN: true }), { minLength: 1, maxLength: 9 }),
        fc.boolean(),
        (sizes, negative) => {
          const signed = negative && !Number.isNaN(reference(-2));
          const x = Float32Array.from(sizes, (v) => (signed ? -v : v));
          const [first, second] = tf.tidy(() => {
            const g = tf.grad((t: tf.Tensor) => tf.sum(f(t)));
            const t = tf.tensor1d(x);
            return [g(t), tf.grad((s: tf.Tensor) => tf.sum(g(s)))(t)];
          });
          const slope = (v: number): number =>
            numericGradient((p) => reference(p[0]!), [v], 1e-5)[0]!;
          const a = first!.dataSync();
          const b = second!.dataSync();
          x.forEach((v, i) => {
            expect(Math.abs(a[i]! - slope(v))).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope(v))));
            const bend = (slope(v + 1e-4) - slope(v - 1e-4)) / 2e-4;
            expect(Math.abs(b[i]! - bend)).toBeLessThan(1e-3 * Math.max(1, Math.abs(bend)));
          });
          tf.dispose([first!, second!]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
