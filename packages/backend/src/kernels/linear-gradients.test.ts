import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';

useEngine();

/** An operator that is linear in each of its arguments, and their shapes. */
interface Linear {
  readonly shapes: number[][];
  f(...args: tf.Tensor[]): tf.Tensor;
}

const small = fc.integer({ min: 1, max: 3 });
const pad = fc.constantFrom('same' as const, 'valid' as const);

const convolution = fc
  .tuple(
    small,
    fc.integer({ min: 3, max: 9 }),
    small,
    small,
    small,
    fc.integer({ min: 1, max: 2 }),
    pad,
  )
  .map(([batch, side, kernel, channels, out, stride, padding]) => ({
    image: [batch, side, side + 1, channels],
    kernel,
    channels,
    out,
    stride,
    padding,
  }));

const operators: Record<string, fc.Arbitrary<Linear>> = {
  matMul: fc
    .tuple(
      fc.integer({ min: 1, max: 70 }),
      small,
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([m, n, k, ta, tb]) => ({
      shapes: [ta ? [2, k, m] : [2, m, k], tb ? [2, n, k] : [2, k, n]],
      f: (a, b) => tf.matMul(a!, b!, ta, tb),
    })),
  conv2d: convolution.map(({ image, kernel, channels, out, stride, padding }) => ({
    shapes: [image, [kernel, kernel, channels, out]],
    f: (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
  })),
  conv2dTranspose: convolution.map(({ image, kernel, channels, out, stride }) => ({
    shapes: [image, [kernel, kernel, out, channels]],
    f: (x, w) =>
      tf.conv2dTranspose(
        x as tf.Tensor4D,
        w as tf.Tensor4D,
        [image[0]!, image[1]! * stride, image[2]! * stride, out],
        stride,
        'same',
      ),
  })),
  depthwiseConv2d: convolution.map(({ image, kernel, channels, out, stride, padding }) => ({
    shapes: [image, [kernel, kernel, channels, out]],
    f: (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, padding),
  })),
  // With padding tfjs divides by the whole window in the gradient, on every engine.
  avgPool: convolution.map(({ image, kernel, stride }) => ({
    shapes: [image],
    f: (x) => tf.avgPool(x as tf.Tensor4D, kernel, stride, 'valid'),
  })),
  gather: fc
    .tuple(
      fc.integer({ min: 1, max: 9 }),
      small,
      fc.array(fc.nat(100), { minLength: 1, maxLength: 12 }),
    )
    .map(([rows, columns, picks]) => ({
      shapes: [[2, rows, columns]],
      f: (x) =>
        tf.gather(
          x!,
          tf.tensor1d(
            picks.map((p) => p % rows),
            'int32',
          ),
          1,
        ),
    })),
  unsortedSegmentSum: fc
    .tuple(fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }), small)
    .map(([segments, columns]) => ({
      shapes: [[segments.length, columns]],
      f: (x) => tf.unsortedSegmentSum(x!, tf.tensor1d(segments, 'int32'), 4),
    })),
  'sum, mean, slice, concat, transpose, tile, reverse': small.map((n) => ({
    shapes: [
      [n, 4, 3],
      [n, 2, 3],
    ],
    f: (a, b) => {
      const joined = tf.concat([tf.mul(a!, 2), b!], 1);
      const moved = tf.reverse(tf.tile(tf.transpose(joined, [2, 0, 1]), [1, 2, 1]), 2);
      const part = tf.slice(moved, [0, 0, 1], [-1, -1, 4]);
      return tf.add(tf.sum(part, [0, 1]), tf.mean(part, [0, 1]));
    },
  })),
};

/**
 * ⟨r, f(x)⟩ for random r is linear in each argument, so that a central difference has no error but
 * rounding, however long its step.
 */
describe('gradients of linear operators are finite differences', () => {
  it.each(Object.keys(operators))('%s', (name) => {
    fc.assert(
      fc.property(operators[name]!, ({ shapes, f }) => {
        fc.pre(name !== 'conv2d' || shapes[0]![1]! >= shapes[1]![0]!);
        tf.tidy(() => {
          const args = shapes.map((shape, i) => randomTensor(shape, i + 1));
          const y = f(...args);
          const weights = randomTensor(y.shape, 9);
          const loss = (...own: tf.Tensor[]): tf.Tensor => tf.sum(tf.mul(f(...own), weights));
          const gradients = tf.grads(loss)(args);
          args.forEach((x, i) => {
            const direction = randomTensor(x.shape, 20 + i);
            const at = (sign: number): number => {
              const moved = tf.add(x, tf.mul(direction, sign));
              return loss(...args.map((a, j) => (i === j ? moved : a))).dataSync()[0]!;
            };
            const expected = (at(1) - at(-1)) / 2;
            const actual = tf.sum(tf.mul(gradients[i]!, direction)).dataSync()[0]!;
            const size = Math.sqrt(y.size * x.size) + Math.abs(expected);
            expect(Math.abs(actual - expected)).toBeLessThan(1e-5 * size);
          });
        });
      }),
      { numRuns: 15 },
    );
  });
});
