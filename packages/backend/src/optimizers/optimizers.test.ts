import * as tf from '@tensorflow/tfjs';
import { countTensors, testEngine, useEngine } from '../test-support/engine';
import { randomTensor } from '../test-support/compare';
import { adam, rmsprop, sgd, setupEngine, type Optimizer } from '../index';

useEngine();

const rules: Record<string, () => Optimizer> = {
  'adam with decay and clipping': () => adam({ learningRate: 0.01, weightDecay: 0.1, clipNorm: 3 }),
  sgd: () => sgd({ learningRate: 0.01 }),
  'sgd with momentum': () => sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 0.1 }),
  'sgd with Nesterov momentum': () => sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }),
  rmsprop: () => rmsprop({ learningRate: 0.01, clipNorm: 2 }),
};

const shapes = { w: [3, 5], b: [7], s: [] as number[] };

/** Parameters after some steps with gradients that depend on the parameters. */
function train(
  optimizer: Optimizer,
  from: number,
  to: number,
  start?: Float32Array[],
): Float32Array[] {
  const names = Object.keys(shapes) as (keyof typeof shapes)[];
  const params = Object.fromEntries(
    names.map((name, i) => {
      const value = start ? tf.tensor(start[i]!, shapes[name]) : randomTensor(shapes[name], i);
      const variable = tf.variable(value);
      value.dispose();
      return [name, variable];
    }),
  );
  for (let step = from; step < to; step++) {
    const grads = Object.fromEntries(
      names.map((name, i) => [
        name,
        tf.tidy(() => params[name]!.add(randomTensor(shapes[name], 100 * step + i))),
      ]),
    );
    optimizer.step(grads, params);
    tf.dispose(grads);
  }
  const values = names.map((name) => params[name]!.dataSync() as Float32Array);
  tf.dispose(params);
  return values;
}

describe.each(Object.entries(rules))('%s', (_name, make) => {
  it('gives on this engine what its plain form gives on cpu', async () => {
    await setupEngine({ engine: 'cpu' });
    const plain = make();
    const expected = train(plain, 0, 20);
    plain.dispose();
    await setupEngine({ engine: testEngine });
    const optimizer = make();
    const actual = train(optimizer, 0, 20);
    optimizer.dispose();
    actual.forEach((values, i) =>
      values.forEach((value, j) => expect(value).toBeCloseTo(expected[i]![j]!, 5)),
    );
  });

  it('resumes from a saved state to the same bits', async () => {
    const whole = make();
    const expected = train(whole, 0, 9);
    const first = make();
    const half = train(first, 0, 4);
    const second = make();
    second.restore(first.state());
    train(first, 4, 6, half); // the copy must not feel this
    expect(train(second, 4, 9, half)).toEqual(expected);
    for (const optimizer of [whole, first, second]) optimizer.dispose();
  });

  it('leaves no tensor behind', async () => {
    expect(
      await countTensors(() => {
        const optimizer = make();
        tf.tidy(() => {
          train(optimizer, 0, 3);
        });
        train(optimizer, 3, 5);
        optimizer.dispose();
      }),
    ).toBe(0);
  });
});

describe('adam', () => {
  it('makes the first step that the paper gives', () => {
    const p = tf.variable(tf.tensor1d([1, -2]));
    const g = tf.tensor1d([0.5, -0.25]);
    const optimizer = adam({ learningRate: 0.1, weightDecay: 0.5 });
    optimizer.step({ p }, { p }); // gradient = value: the step is lr·sign
    const [a, b] = p.dataSync();
    expect(a).toBeCloseTo(0.95 - 0.1, 6);
    expect(b).toBeCloseTo(-1.9 + 0.1, 6);
    tf.dispose([p, g]);
    optimizer.dispose();
  });

  it('clips by the norm of all gradients together', () => {
    const params = { a: tf.variable(tf.zeros([1])), b: tf.variable(tf.zeros([1])) };
    const grads = { a: tf.tensor1d([3]), b: tf.tensor1d([4]) };
    const optimizer = sgd({ learningRate: 1, clipNorm: 1 });
    optimizer.step(grads, params);
    expect(params.a.dataSync()[0]).toBeCloseTo(-0.6, 6);
    expect(params.b.dataSync()[0]).toBeCloseTo(-0.8, 6);
    tf.dispose([params, grads]);
  });

  it('leaves clones of a parameter alone, and takes learning rates by name', () => {
    const params = { a: tf.variable(tf.ones([1])), b: tf.variable(tf.ones([1])) };
    const kept = tf.clone(params.a);
    const optimizer = adam();
    optimizer.step(params, params, { learningRate: (name) => (name === 'a' ? 0.5 : 0) });
    expect(kept.dataSync()[0]).toBe(1);
    expect(params.a.dataSync()[0]).toBeCloseTo(0.5, 6);
    expect(params.b.dataSync()[0]).toBe(1);
    tf.dispose([params, kept]);
    optimizer.dispose();
  });

  it('says what is wrong', () => {
    expect(() => adam({ beta1: 1 })).toThrow(/`beta1` must be a finite number ≥ 0 and < 1, got 1/);
    expect(() => adam({ learningRate: -1 })).toThrow(/learningRate.*-1/);
    expect(() => adam({ lr: 1 } as never)).toThrow(
      /unknown option `lr`; did you mean `learningRate`/,
    );
    for (const rule of [adam, sgd, rmsprop]) {
      for (const odd of ['0.1', null, NaN, Infinity, true]) {
        expect(() => rule({ learningRate: odd as never })).toThrow(/`learningRate` must be/);
      }
      expect(() => rule({ weightDecay: '0' as never })).toThrow(/`weightDecay` must be/);
      expect(() => rule({ clipNorm: -1 })).toThrow(/`clipNorm` must be/);
      for (const odd of [null, 'adam', 0.1]) expect(() => rule(odd as never)).toThrow(TypeError);
    }
    expect(() => sgd({ nesterov: 'yes' as never })).toThrow(/true or false/);
    const p = tf.variable(tf.ones([2]));
    const bad = tf.tensor1d([NaN, 1]);
    const optimizer = adam({ clipNorm: 1 });
    expect(() => optimizer.step({ p }, { p }, { lr: 1 } as never)).toThrow(/did you mean/);
    expect(() => optimizer.step(null as never, { p })).toThrow(/gradients by parameter name/);
    expect(() => optimizer.restore(null as never)).toThrow(/adam\/steps/);
    expect(() => optimizer.step({ q: bad }, { p })).toThrow(/'q' has no parameter/);
    expect(() => optimizer.step({ p: tf.scalar(1) }, { p })).toThrow(/float32\[\].*float32\[2\]/);
    expect(() => optimizer.step({ p: bad }, { p })).toThrow(/norm is NaN/);
    expect(() => optimizer.restore({ tensors: {}, scalars: {} })).toThrow(/adam\/steps/);
    expect(() => optimizer.restore({ tensors: { x: p }, scalars: { 'adam/steps': 1 } })).toThrow(
      /'x' is no slot/,
    );
    tf.dispose([p, bad]);
  });
});
