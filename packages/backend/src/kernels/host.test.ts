import * as tf from '@tensorflow/tfjs';
import { setupEngine } from '../setup';
import { testEngine, useEngine } from '../test-support/engine';

useEngine();

/** Values of each result, on the host. */
async function valuesOn(engine: 'cpu' | typeof testEngine, f: () => tf.Tensor[]) {
  await setupEngine({ engine });
  const before = tf.memory().numTensors;
  const results = f();
  const values = results.map((t) => ({
    shape: t.shape,
    dtype: t.dtype,
    values: [...(t.dataSync() as unknown as Iterable<string | number>)],
  }));
  tf.dispose(results);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

async function expectSame(f: () => tf.Tensor[]): Promise<void> {
  const expected = await valuesOn('cpu', () => tf.tidy(f));
  expect(await valuesOn(testEngine, () => tf.tidy(f))).toEqual(expected);
}

describe('kernels on the host', () => {
  it('take tensors of strings', async () => {
    await expectSame(() => {
      const a = tf.tensor2d(['a', 'b', 'ç', 'd'], [2, 2]);
      const b = tf.tensor1d(['b', 'b']);
      return [
        tf.equal(a, b),
        tf.notEqual(a, b),
        tf.greater(a, b),
        tf.greaterEqual(a, b),
        tf.less(a, b),
        tf.lessEqual(a, b),
        tf.tile(a, [2, 1]),
        tf.fill([2], 'ü'),
        tf.stridedSlice(a, [0, 0], [2, 2], [1, 2]),
        tf.gatherND(a, tf.tensor2d([1, 0], [1, 2], 'int32')),
      ];
    });
  });

  it('make up for what stock wasm lacks', async () => {
    await expectSame(() => {
      const { rtNestedSplits, rtDenseValues } = tf.raggedRange(
        tf.tensor1d([0, 5, 8]),
        tf.tensor1d([3, 5, 9]),
        tf.tensor1d([1, 1, 1]),
      );
      return [
        rtNestedSplits,
        rtDenseValues,
        tf.string.staticRegexReplace(tf.tensor1d(['this is', 'a test']), 'i?s', 'X'),
      ];
    });
  });

  it('still count the numbers of an image', async () => {
    await expectSame(() => {
      const image = tf.tensor3d([0, 1, 2, 2, 1, 2], [3, 2, 1], 'int32');
      return [
        tf.bincount(image as unknown as tf.Tensor1D, tf.tensor1d([]), 4),
        tf.bincount(tf.tensor1d([1, 1, 0], 'int32'), tf.tensor1d([0.5, 1, 2]), 2),
      ];
    });
  });
});
