import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

const shape = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 6 });
const exact = 0;

describe('kernels that move numbers', () => {
  it('transpose agrees with cpu for any permutation', async () => {
    await fc.assert(
      fc.asyncProperty(
        shape.chain((s) =>
          fc.tuple(
            fc.constant(s),
            fc.shuffledSubarray([...s.keys()], { minLength: s.length, maxLength: s.length }),
          ),
        ),
        async ([s, perm]) => {
          await expectAsOnCpu(() => tf.transpose(randomTensor(s, 1), perm), exact);
        },
      ),
      { numRuns: 60 },
    );
    await expectAsOnCpu(() => tf.transpose(randomTensor([67, 133], 1)), exact);
  });

  it('slice, split, concat, reverse and tile agree with cpu', async () => {
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(), fc.nat(), async (s, seed, axisSeed) => {
        const axis = axisSeed % s.length;
        const begin = s.map((n, i) => (seed >> i) % n);
        const size = s.map((n, i) => 1 + ((seed >> (2 * i)) % (n - begin[i]!)));
        await expectAsOnCpu(() => {
          const x = randomTensor(s, 1);
          const parts = tf.split(x, [begin[axis]!, s[axis]! - begin[axis]!], axis);
          const results = [
            tf.slice(x, begin, size),
            ...parts,
            tf.concat([x, randomTensor(s, 2), parts[1]!], axis),
          ];
          if (s.length <= 4) results.push(tf.reverse(x, axis));
          if (s.length <= 4) {
            results.push(
              tf.tile(
                x,
                s.map((_, i) => ((seed >> i) % 3) + (i === axis ? 0 : 1)),
              ),
            );
          }
          return results;
        }, exact);
      }),
      { numRuns: 60 },
    );
  });

  it('moves whole numbers too, and leaves bits alone', () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2 ** 30 + 1, -3, 4, 5, 6], [2, 3], 'int32');
      expect([...tf.transpose(x).dataSync()]).toEqual([1, 4, 2 ** 30 + 1, 5, -3, 6]);
      const bools = tf.tensor2d([1, 0, 1, 1], [2, 2], 'bool');
      expect([...tf.concat([bools, bools], 1).dataSync()]).toEqual([1, 0, 1, 0, 1, 1, 1, 1]);
      expect([...tf.slice(bools, [0, 1], [2, 1]).dataSync()]).toEqual([0, 1]);
    });
  });

  it('clones share memory and die alone', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    const z = tf.cast(x, 'float32');
    x.dispose();
    y.dispose();
    expect([...z.dataSync()]).toEqual([1, 2, 3]);
    z.dispose();
  });
});

describe('gather', () => {
  it('and its gradient agree with cpu', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }),
        fc.nat(),
        async (s, picks, axisSeed) => {
          const axis = axisSeed % s.length;
          await expectAsOnCpu(() => {
            const indices = tf.tensor1d(
              picks.map((p) => p % s[axis]!),
              'int32',
            );
            const x = randomTensor(s, 1);
            const f = (t: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.gather(t, indices, axis)));
            return [tf.gather(x, indices, axis), tf.grad(f)(x)];
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses an index outside', () => {
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, 3], 'int32'))).toThrow(/\[0, 2\]/);
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([-1], 'int32'))).toThrow(/\[0, 2\]/);
  });

  it('unsortedSegmentSum leaves out negative segments, as cpu does', async () => {
    await expectAsOnCpu(() =>
      tf.unsortedSegmentSum(randomTensor([5, 3], 1), tf.tensor1d([2, -1, 0, 2, 1], 'int32'), 4),
    );
  });
});
