import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { useEngine } from '../test-support/engine';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';

useEngine();

const size = fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 5, 8, 9), fc.integer({ min: 1, max: 40 }));

describe('matMul', () => {
  it('agrees with cpu for every transposition and batch', async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom([[], []], [[3], [3]], [[3], [1]], [[1], [4]], [[2, 3], [3]]),
        async (m, n, k, transposeA, transposeB, [batchA, batchB]) => {
          const a = [...batchA!, ...(transposeA ? [k, m] : [m, k])];
          const b = [...batchB!, ...(transposeB ? [n, k] : [k, n])];
          await expectAsOnCpu(() =>
            tf.matMul(randomTensor(a, 1), randomTensor(b, 2), transposeA, transposeB),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('agrees with cpu across the blocks of the packed operand', async () => {
    for (const [m, n, k] of [
      [70, 530, 300],
      [130, 17, 513],
      [1, 600, 257],
      [5, 1, 1000],
      [520, 20, 515],
    ] as const) {
      for (const [ta, tb] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        await expectAsOnCpu(() =>
          tf.matMul(
            randomTensor(ta ? [k, m] : [m, k], 3),
            randomTensor(tb ? [n, k] : [k, n], 4),
            ta,
            tb,
          ),
        );
      }
    }
  });

  it('broadcasts batches against each other (cpu itself is wrong here)', () => {
    tf.tidy(() => {
      const a = randomTensor([2, 1, 4, 5], 1);
      const b = randomTensor([1, 3, 5, 6], 2);
      const whole = tf.matMul(tf.tile(a, [1, 3, 1, 1]), tf.tile(b, [2, 1, 1, 1])).dataSync();
      expect(tf.matMul(a, b).dataSync()).toEqual(whole);
    });
  });

  it('reads a reshaped right operand in its new shape', () => {
    tf.tidy(() => {
      const w = tf.tensor2d([0, 1, 2, 3, 4, 5], [2, 3]);
      tf.matMul(tf.ones([1, 2]), w).dataSync();
      expect([...tf.matMul(tf.ones([1, 3]), tf.reshape(w, [3, 2])).dataSync()]).toEqual([6, 9]);
    });
  });

  it('adds the bias once and clamps once on transposed paths', () => {
    tf.tidy(() => {
      const a = tf.ones([1, 100]) as tf.Tensor2D;
      const b = tf.ones([2, 100]) as tf.Tensor2D;
      const biased = tf.fused.matMul({ a, b, transposeB: true, bias: tf.tensor1d([1, 1]) });
      expect([...biased.dataSync()]).toEqual([101, 101]);
      const signs = tf.concat([tf.ones([2, 50]), tf.mul(tf.ones([2, 50]), -3)], 1) as tf.Tensor2D;
      const clamped = tf.fused.matMul({
        a: tf.neg(a),
        b: signs,
        transposeB: true,
        activation: 'relu',
      });
      expect([...clamped.dataSync()]).toEqual([100, 100]);
    });
  });

  it('fuses every activation as cpu does', async () => {
    for (const activation of [
      'linear',
      'relu',
      'relu6',
      'elu',
      'sigmoid',
      'leakyrelu',
      'prelu',
    ] as const) {
      for (const bias of [[7], [1, 7], [1]]) {
        await expectAsOnCpu(() =>
          tf.fused.matMul({
            a: randomTensor([9, 13], 5),
            b: randomTensor([13, 7], 6),
            bias: randomTensor(bias, 7),
            activation,
            ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.3 } : {}),
            ...(activation === 'prelu' ? { preluActivationWeights: randomTensor([7], 8) } : {}),
          }),
        );
      }
    }
  });

  it('has the gradients of cpu', async () => {
    for (const [ta, tb] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ] as const) {
      await expectAsOnCpu(() =>
        tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(tf.matMul(a, b, ta, tb))))([
          randomTensor(ta ? [6, 5] : [5, 6], 1),
          randomTensor(tb ? [7, 6] : [6, 7], 2),
        ]),
      );
    }
  });

  it('refuses operands that do not fit', () => {
    expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))).toThrow(
      /inner shapes \(3\) and \(2\)/,
    );
  });
});
