import * as tf from '@tensorflow/tfjs';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

const none = (): tf.Tensor => tf.zeros([0, 3]);

const cases: Record<string, () => tf.Tensor | tf.Tensor[]> = {
  'functions and their gradients': () => [
    ...[tf.exp, tf.log, tf.sigmoid, tf.tanh, tf.elu, tf.relu, tf.sin, tf.cos, tf.rsqrt].map((f) =>
      f(none()),
    ),
    tf.clipByValue(none(), 0, 1),
    ...[tf.sigmoid, tf.tanh, tf.elu, tf.leakyRelu].map((f) =>
      tf.grad((x: tf.Tensor) => tf.sum(f(x)))(none()),
    ),
  ],
  'two operands': () => [
    tf.maximum(none(), none()),
    tf.minimum(none(), 1),
    tf.greater(none(), tf.ones([1, 3])),
    tf.where(tf.greater(none(), 0), none(), none()),
    tf.cast(none(), 'bool'),
    tf.cast(tf.greater(none(), 0), 'float32'),
  ],
  moves: () => [
    tf.transpose(none()),
    tf.concat([none(), tf.ones([2, 3])], 0),
    tf.slice(tf.ones([4, 3]), [1, 0], [0, 3]),
    tf.reverse(none(), 0),
    tf.tile(tf.ones([2, 3]), [0, 1]),
    ...tf.split(tf.ones([2, 3]), [0, 2], 0),
  ],
  'rows by index': () => [
    tf.gather(tf.ones([4, 3]), tf.tensor1d([], 'int32')),
    tf.unsortedSegmentSum(none(), tf.tensor1d([], 'int32'), 2),
  ],
  'sums over an empty axis': () => [tf.sum(none(), 0), tf.sum(none(), 1), tf.mean(none(), 1)],
  products: () => [
    tf.matMul(none(), tf.ones([3, 2])),
    tf.matMul(none(), none(), true, false),
    tf.einsum('ij,jk->ik', none(), tf.ones([3, 2])),
    tf.fused.matMul({
      a: none() as tf.Tensor2D,
      b: tf.ones([3, 2]),
      bias: tf.ones([2]),
      activation: 'relu',
    }),
  ],
  convolutions: () => {
    const x = tf.zeros([0, 5, 5, 2]) as tf.Tensor4D;
    const w = randomTensor([3, 3, 2, 2], 1) as tf.Tensor4D;
    const gradients = (f: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor): tf.Tensor[] =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(f(a as tf.Tensor4D, b as tf.Tensor4D)))([
        x,
        w,
      ]);
    return [
      tf.conv2d(x, w, 1, 'same'),
      ...gradients((a, b) => tf.conv2d(a, b, 2, 'same')),
      ...gradients((a, b) => tf.depthwiseConv2d(a, b, 1, 'same')),
      tf.maxPool(x, 1, 2, 'valid'),
    ];
  },
};

describe('tensors of nothing', () => {
  it.each(Object.keys(cases))('are as on cpu: %s', async (name) => {
    await expectAsOnCpu(cases[name]!);
  });
});
