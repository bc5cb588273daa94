import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

const operations = [
  tf.maximum,
  tf.minimum,
  tf.equal,
  tf.notEqual,
  tf.greater,
  tf.greaterEqual,
  tf.less,
  tf.lessEqual,
] as ((a: tf.Tensor, b: tf.Tensor) => tf.Tensor)[];

describe('kernels of two operands', () => {
  it('agree with cpu on shapes that broadcast', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 19 }), { maxLength: 3 }),
        fc.nat(63),
        async (shape, mask) => {
          const a = shape.map((n, i) => ((mask >> i) & 1 ? 1 : n));
          const b = shape.map((n, i) => ((mask >> (i + 3)) & 1 ? 1 : n));
          await expectAsOnCpu(() => {
            // Rounded, so that some are equal.
            const x = tf.round(randomTensor(a, 1));
            const y = tf.round(randomTensor(b, 2));
            return operations.map((f) => f(x, y));
          }, 0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('select and cast agree with cpu', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 70 }), async (n) => {
        await expectAsOnCpu(() => {
          const x = randomTensor([n], 1, 3);
          const yes = tf.greater(x, 0);
          return [
            tf.where(yes, x, randomTensor([n], 2)),
            tf.cast(yes, 'float32'),
            tf.cast(yes, 'int32'),
            tf.cast(x, 'int32'),
            tf.cast(x, 'bool'),
            tf.cast(tf.mul(tf.cast(x, 'int32'), 256), 'bool'),
            tf.cast(tf.cast(x, 'int32'), 'float32'),
          ];
        }, 0);
      }),
      { numRuns: 20 },
    );
  });

  it('stridedSlice agrees with cpu', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 7 }),
            fc.nat(6),
            fc.nat(8),
            fc.constantFrom(1, 2, 3, -1, -2),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async (drawn) => {
          // An end beyond the beginning in the stride's direction: cpu fails on the others.
          const axes = drawn.map(([n, p, q, stride]) => {
            const [low, high] = [Math.min(p, q) % n, Math.max(p, q)];
            return stride > 0 ? [n, low, Math.max(high, low + 1), stride] : [n, low + 1, 0, stride];
          }) as [number, number, number, number][];
          await expectAsOnCpu(
            () =>
              tf.stridedSlice(
                randomTensor(
                  axes.map(([n]) => n),
                  1,
                ),
                axes.map(([, begin]) => begin),
                axes.map(([, , end]) => end),
                axes.map(([, , , stride]) => stride),
              ),
            0,
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('kernels that stock wasm lacks', () => {
  it('einsum agrees with cpu', async () => {
    const equations: [string, number[], number[]?][] = [
      ['ij,jk->ik', [3, 4], [4, 5]],
      ['bij,bjk->bik', [2, 3, 4], [2, 4, 5]],
      ['bij,bkj->kbi', [2, 3, 4], [2, 5, 4]],
      ['ij,ij->', [3, 4], [3, 4]],
      ['i,j->ji', [3], [4]],
      ['ij->j', [3, 4]],
      ['ijk->kij', [2, 3, 4]],
    ];
    for (const [equation, a, b] of equations) {
      await expectAsOnCpu(() =>
        tf.einsum(equation, randomTensor(a, 1), ...(b ? [randomTensor(b, 2)] : [])),
      );
    }
  });

  it('einsum sums out what stands alone in each operand (cpu itself fails here)', () => {
    tf.tidy(() => {
      const a = randomTensor([3, 4], 1);
      const b = randomTensor([2, 5], 2);
      const expected = tf.outerProduct(tf.sum(a, 0) as tf.Tensor1D, tf.sum(b, 0) as tf.Tensor1D);
      const difference = tf.sub(tf.einsum('ij,kl->jl', a, b), expected);
      expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
    });
  });

  it('gradients of depthwise convolution agree with cpu', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom('same' as const, 'valid' as const),
        async (size, channels, multiplier, kernel, stride, pad) => {
          await expectAsOnCpu(() =>
            tf.grads((x: tf.Tensor, w: tf.Tensor) =>
              tf.sum(
                tf.square(tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)),
              ),
            )([
              randomTensor([2, size, size + 1, channels], 1),
              randomTensor([kernel, kernel, channels, multiplier], 2),
            ]),
          );
        },
      ),
      { numRuns: 20 },
    );
  });
});
