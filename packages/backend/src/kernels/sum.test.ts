import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

describe('sum and mean', () => {
  it('agree with cpu for any axes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
        fc.nat(15),
        fc.boolean(),
        async (shape, mask, keepDims) => {
          const axes = [...shape.keys()].filter((i) => (mask >> i) & 1);
          await expectAsOnCpu(() => {
            const x = randomTensor(shape, 1);
            return [tf.sum(x, axes, keepDims), tf.mean(x, axes, keepDims)];
          });
        },
      ),
      { numRuns: 80 },
    );
  });

  it('keep their digits over a million numbers', () => {
    const values = createRng(3).uniforms(1_000_000);
    const truth = values.reduce((s: number, v: number) => s + v, 0);
    const [all, column] = tf.tidy(() => {
      const x = tf.tensor(values);
      return [tf.sum(x), tf.sum(tf.reshape(x, [250_000, 4]), 0)];
    });
    expect(Math.abs(all!.dataSync()[0]! - truth) / truth).toBeLessThan(1e-6);
    const four = column!.dataSync().reduce((s: number, v: number) => s + v, 0);
    expect(Math.abs(four - truth) / truth).toBeLessThan(2e-6);
    tf.dispose([all!, column!]);
  });

  it('of nothing is 0, its mean no number', () => {
    tf.tidy(() => {
      expect(tf.sum(tf.zeros([0, 3]), 0).dataSync()).toEqual(new Float32Array(3));
      expect(tf.mean(tf.zeros([0])).dataSync()[0]).toBeNaN();
    });
  });
});
