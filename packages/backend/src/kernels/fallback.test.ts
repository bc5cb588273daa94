import * as tf from '@tensorflow/tfjs';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

const ints = (shape: number[], seed: number): tf.Tensor =>
  tf.cast(tf.mul(randomTensor(shape, seed), 5), 'int32');

// Arguments that our kernels do not take: the stock kernels, or slower ways, have to answer.
const cases: Record<string, () => tf.Tensor | tf.Tensor[]> = {
  'products of whole numbers': () => tf.matMul(ints([5, 7], 1), ints([7, 3], 2)),
  'functions of whole numbers': () => [
    tf.exp(tf.cast(ints([9], 1), 'float32')),
    tf.relu(ints([9], 1)),
    tf.maximum(ints([9], 1), ints([9], 2)),
    tf.equal(ints([3, 3], 1), ints([3], 2)),
  ],
  'sums over scattered axes': () => [
    tf.sum(randomTensor([3, 4, 5, 2], 1), [0, 2]),
    tf.mean(randomTensor([3, 4, 5, 2], 1), [1, 3], true),
    tf.sum(ints([3, 4], 1), 0),
  ],
  'gather by batches': () =>
    tf.gather(randomTensor([2, 5, 3], 1), tf.tensor2d([0, 4, 2, 1], [2, 2], 'int32'), 1, 1),
  'moves of truth values': () => {
    const yes = tf.greater(randomTensor([4, 6], 1), 0);
    return [
      tf.transpose(yes),
      tf.slice(yes, [1, 2], [2, 3]),
      tf.concat([yes, yes], 1),
      tf.reverse(yes, 1),
      tf.tile(yes, [2, 1]),
      ...tf.split(yes, 2, 1),
      tf.stridedSlice(yes, [0, 0], [4, 6], [2, 3]),
      tf.where(yes, tf.logicalNot(yes), yes),
      tf.oneHot(tf.tensor1d([1, 0], 'int32'), 3, 1, 0, 'bool'),
      tf.cumsum(yes, 1),
    ];
  },
  'a transposed convolution to a shape that its convolution does not have': () =>
    tf.conv2dTranspose(
      randomTensor([1, 3, 3, 2], 1) as tf.Tensor4D,
      randomTensor([3, 3, 4, 2], 2) as tf.Tensor4D,
      [1, 7, 7, 4],
      2,
      'valid',
    ),
  'a bias that is no row': () =>
    tf.fused.matMul({
      a: randomTensor([4, 5], 1) as tf.Tensor2D,
      b: randomTensor([5, 3], 2) as tf.Tensor2D,
      bias: randomTensor([4, 3], 3),
      activation: 'relu6',
    }),
};

describe('what our kernels do not take', () => {
  it.each(Object.keys(cases))('is right all the same: %s', async (name) => {
    await expectAsOnCpu(cases[name]!);
  });
});
