import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
import { adam } from './index';
import { setupEngine, type EngineName } from './setup';
import { testEngine } from './test-support/engine';

/** A small convolutional regression; returns the loss of each step. */
async function lossCurve(engine: EngineName, steps: number): Promise<number[]> {
  await setupEngine({ engine });
  const rng = createRng(7);
  const parameter = (shape: number[]): tf.Variable =>
    tf.tidy(() =>
      tf.variable(tf.tensor(rng.normals(tf.util.sizeFromShape(shape)), shape).mul(0.2)),
    );
  const params = {
    filter: parameter([3, 3, 2, 8]),
    bias: parameter([8]),
    dense: parameter([8 * 8 * 8, 4]),
  };
  const x = tf.tensor4d(rng.normals(16 * 16 * 16 * 2), [16, 16, 16, 2]);
  const y = tf.tensor2d(rng.normals(16 * 4), [16, 4]);
  const optimizer = adam({ learningRate: 0.01, clipNorm: 5 });
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { value, grads } = tf.variableGrads(() => {
      const h = tf.add(
        tf.conv2d(x, params.filter as unknown as tf.Tensor4D, 2, 'same'),
        params.bias,
      );
      const out = tf.matMul(tf.reshape(tf.elu(h), [16, -1]), params.dense);
      return tf.mean(tf.square(tf.sub(out, y))) as tf.Scalar;
    }, Object.values(params));
    optimizer.step(
      Object.fromEntries(Object.entries(params).map(([name, v]) => [name, grads[v.name]!])),
      params,
    );
    losses.push(value.dataSync()[0]!);
    tf.dispose([value, grads]);
  }
  tf.dispose([x, y, params]);
  optimizer.dispose();
  return losses;
}

describe('training', () => {
  it('gives the loss curve that cpu gives, and the same bits when repeated', async () => {
    const expected = await lossCurve('cpu', 25);
    const actual = await lossCurve(testEngine, 25);
    actual.forEach((loss, i) => expect(loss / expected[i]!).toBeCloseTo(1, 3));
    expect(actual.at(-1)!).toBeLessThan(0.5 * actual[0]!);
    expect(await lossCurve(testEngine, 25)).toEqual(actual);
  });

  it('keeps tensors and the wasm heap flat', async () => {
    await lossCurve(testEngine, 5);
    const heap = (): number =>
      (tf.backend() as { wasm?: { HEAPU8: Uint8Array } }).wasm?.HEAPU8.length ?? 0;
    const [tensors, bytes] = [tf.memory().numTensors, heap()];
    await lossCurve(testEngine, 300);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(heap()).toBe(bytes);
  });
});
