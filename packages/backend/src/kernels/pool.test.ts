import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

describe('pooling', () => {
  it('agrees with cpu for every window, stride and padding, of single pixels too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(1, 1, 2, 3),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<'same' | 'valid' | number>('same', 'valid', 1, 2),
        async ([height, width], channels, window, stride, pad) => {
          // Stock kernels give windows that lie beside the image their own start value.
          fc.pre(window === 1 || typeof pad === 'string');
          fc.pre(pad !== 'valid' || (window <= height && window <= width));
          await expectAsOnCpu(() => {
            const x = randomTensor([2, height, width, channels], 1) as tf.Tensor4D;
            const round = typeof pad === 'number' ? 'floor' : undefined;
            return [
              tf.maxPool(x, window, stride, pad, round),
              tf.avgPool(x, window, stride, pad, round),
            ];
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leaves the argument of a pooling that changes nothing alone', () => {
    tf.tidy(() => {
      const x = randomTensor([1, 3, 3, 2], 1) as tf.Tensor4D;
      const y = tf.maxPool(x, 1, 1, 'valid');
      y.dispose();
      expect(x.dataSync()).toHaveLength(18);
    });
  });
});
