import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { adam, availableEngines, rmsprop, setupEngine, sgd } from '../index';
import { randomTensor } from '../test-support/compare';

type Case = () => tf.Tensor[];

/** Matrix products, one side long enough for the product to be shared. */
const products = fc.sample(
  fc
    .tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 200 }), fc.nat(150))
    .map(([m, n, more]) => ({ m, n, k: Math.ceil(2 ** 19 / (m * n)) + more })),
  { numRuns: 4, seed: 1 },
);

const convolutions = fc.sample(
  fc.record({
    batch: fc.integer({ min: 1, max: 9 }),
    side: fc.integer({ min: 11, max: 24 }),
    channels: fc.integer({ min: 1, max: 9 }),
    out: fc.integer({ min: 5, max: 17 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 2 }),
  }),
  { numRuns: 8, seed: 2 },
);

function convolution(x: tf.Tensor, w: tf.Tensor, stride: number): tf.Tensor[] {
  const y = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
    tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, 'same');
  const loss = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.square(y(a, b)));
  return [y(x, w), ...tf.grads(loss)([x, w])];
}

const cases: Record<string, Case> = {
  'products in every transposition': () =>
    products.flatMap(({ m, n, k }) =>
      [0, 1, 2, 3].map((bits) => {
        const [transposeA, transposeB] = [bits > 1, bits % 2 > 0];
        const a = randomTensor(transposeA ? [k, m] : [m, k], 1);
        const b = randomTensor(transposeB ? [n, k] : [k, n], 2);
        return tf.matMul(a, b, transposeA, transposeB);
      }),
    ),
  'convolutions with both gradients': () =>
    convolutions.flatMap(({ batch, side, channels, out, kernel, stride }) =>
      convolution(
        randomTensor([batch, side, side + 1, channels], 1),
        randomTensor([kernel, kernel, channels, out], 2),
        stride,
      ),
    ),
  'convolutions of many positions, in several rounds': () =>
    convolution(randomTensor([8, 40, 40, 8], 1), randomTensor([4, 4, 8, 12], 2), 1),
  'long functions, moves and sums': () => {
    const x = randomTensor([70_003], 1);
    const y = randomTensor([70_003], 2);
    const wide = tf.reshape(tf.slice(x, 0, 70_000), [700, 100]);
    const yes = tf.greater(x, y);
    const positive = tf.abs(x);
    const functions = [tf.exp, tf.sigmoid, tf.tanh, tf.elu, tf.relu, tf.sin, tf.cos, tf.softplus];
    const gradients = [tf.sigmoid, tf.tanh, tf.elu, tf.relu, tf.leakyRelu];
    return [
      ...functions.map((f) => f(x)),
      ...gradients.map((f) => tf.grad((t: tf.Tensor) => tf.sum(tf.mul(f(t), y)))(x)),
      ...[tf.log, tf.log1p, tf.rsqrt].map((f) => f(positive)),
      tf.clipByValue(x, -0.5, 0.7),
      tf.maximum(x, y),
      tf.minimum(x, 0.25),
      tf.cast(yes, 'float32'),
      tf.cast(yes, 'int32'),
      tf.cast(tf.cast(tf.mul(x, 100), 'int32'), 'float32'),
      tf.where(yes, x, y),
      tf.transpose(wide),
      tf.concat([wide, wide], 1),
      tf.mean(wide, 1),
      tf.gather(wide, tf.range(0, 700, 1, 'int32'), 0),
      tf.gather(wide, tf.range(0, 99, 1, 'int32'), 1),
      tf.fused.matMul({
        a: randomTensor([700, 20], 3) as tf.Tensor2D,
        b: randomTensor([20, 100], 4) as tf.Tensor2D,
        bias: randomTensor([100], 5),
        activation: 'sigmoid',
      }),
    ];
  },
  'steps of optimisers, without momentum too': () =>
    [adam({}), sgd({}), sgd({ momentum: 0.9 }), rmsprop({})].map((optimizer) => {
      const w = tf.variable(randomTensor([70_001], 1));
      for (let i = 0; i < 3; i++) optimizer.step({ w: randomTensor([70_001], i) }, { w });
      optimizer.dispose();
      const value = tf.clone(w);
      w.dispose();
      return value;
    }),
};

/** What every case gives on so many threads. */
async function results(threads: number): Promise<Map<string, ArrayLike<number>[]>> {
  expect((await setupEngine({ engine: 'wasm', threads })).threads).toBe(threads);
  const values = new Map<string, ArrayLike<number>[]>();
  for (const [name, body] of Object.entries(cases)) {
    const before = tf.memory().numTensors;
    const tensors = tf.tidy(body);
    const own = tensors.map((t) => t.dataSync());
    values.set(name, own);
    tf.dispose(tensors);
    expect(tf.memory().numTensors).toBe(before);
  }
  return values;
}

describe('the wasm engine on several threads', () => {
  let alone: Map<string, ArrayLike<number>[]>;
  let others: Map<string, ArrayLike<number>[]>[];
  beforeAll(async () => {
    alone = await results(1);
    others = [await results(2), await results(3)];
  });

  it.each(Object.keys(cases))('gives the bits of one thread: %s', (name) => {
    for (const other of others) {
      alone.get(name)!.forEach((values, i) => {
        const differs = Array.from(values).findIndex(
          (v, j) => !Object.is(v, other.get(name)![i]![j]),
        );
        expect([i, differs]).toEqual([i, -1]);
      });
    }
  });

  it('hands its tensors over when the threads change', async () => {
    await setupEngine({ engine: 'wasm', threads: 1 });
    const w = tf.variable(tf.tensor1d([1, 2, 3]));
    for (const threads of [2, 2, 1, 3]) {
      expect((await setupEngine({ engine: 'wasm', threads })).threads).toBe(threads);
      w.assign(tf.tidy(() => tf.mul(w, 2)));
      expect(tf.memory().numDataBuffers).toBe(tf.engine().state.numDataBuffers);
    }
    expect([...w.dataSync()]).toEqual([16, 32, 48]);
    w.dispose();
  });

  it('keeps no program from its end', () => {
    const program = `
      import { setupEngine } from '@causal/backend';
      import * as tf from '@tensorflow/tfjs';
      const { threads } = await setupEngine({ engine: 'wasm', threads: 2 });
      const x = tf.ones([300, 300]);
      process.stdout.write([threads, tf.matMul(x, x).dataSync()[5]].join(' '));`;
    const shown = execFileSync(
      process.execPath,
      ['--conditions=@causal/source', '--import', 'tsx', '--input-type=module', '--eval', program],
      { encoding: 'utf8', timeout: 60_000, cwd: __dirname },
    );
    expect(shown.trim()).toBe('2 300');
  });

  // Last: once onnxruntime was here, wasm stays on one thread.
  it('hands its tensors over to every other engine there is, and takes them back', async () => {
    for (const engine of await availableEngines()) {
      await setupEngine({ engine: 'wasm', threads: 2 });
      const x = randomTensor([200, 300], 1);
      const before = tf.tidy(() => tf.matMul(x, x, false, true));
      await setupEngine({ engine });
      const there = tf.tidy(() => tf.sub(tf.matMul(x, x, false, true), before));
      await setupEngine({ engine: 'wasm', threads: 2 });
      const worst = tf.tidy(() => tf.max(tf.abs(there)).dataSync()[0]);
      expect(worst).toBeLessThan(1e-3);
      tf.dispose([x, before, there]);
    }
  });
});
