import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { useEngine } from '../test-support/engine';
import { expectAsOnCpu, randomTensor } from '../test-support/compare';

useEngine();

const small = fc.integer({ min: 1, max: 3 });

const problem = fc
  .record({
    batch: fc.integer({ min: 0, max: 3 }),
    height: fc.integer({ min: 1, max: 11 }),
    width: fc.integer({ min: 1, max: 11 }),
    channels: fc.integer({ min: 1, max: 6 }),
    out: fc.integer({ min: 1, max: 9 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    strides: fc.tuple(small, small),
    dilations: fc.tuple(small, small),
    pad: fc.constantFrom('same' as const, 'valid' as const, 'explicit' as const),
  })
  // Dilation goes with stride 1 only (as tfjs asks), 'valid' needs the kernel to fit.
  .map((p) =>
    p.strides[0] > 1 || p.strides[1] > 1 ? { ...p, dilations: [1, 1] as [number, number] } : p,
  )
  .filter(
    ({ height, width, kernel, dilations, pad }) =>
      pad === 'same' ||
      ((kernel[0] - 1) * dilations[0] < height && (kernel[1] - 1) * dilations[1] < width),
  );

type Problem = typeof problem extends fc.Arbitrary<infer P> ? P : never;

function convolve(x: tf.Tensor, w: tf.Tensor, { pad, strides, dilations }: Problem): tf.Tensor {
  const padding =
    pad === 'explicit'
      ? ([
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ] as [[0, 0], [number, number], [number, number], [0, 0]])
      : pad;
  return tf.conv2d(
    x as tf.Tensor4D,
    w as tf.Tensor4D,
    strides,
    padding as 'same',
    'NHWC',
    dilations,
  );
}

describe('conv2d', () => {
  it('and both its gradients agree with cpu for every padding, stride and dilation', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async (p) => {
        const x = [p.batch, p.height, p.width, p.channels];
        const w = [p.kernel[0], p.kernel[1], p.channels, p.out];
        await expectAsOnCpu(() => convolve(randomTensor(x, 1), randomTensor(w, 2), p));
        if (p.dilations[0] > 1 || p.dilations[1] > 1) return; // tfjs has no gradient there
        await expectAsOnCpu(() =>
          tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(convolve(a, b, p))))([
            randomTensor(x, 1),
            randomTensor(w, 2),
          ]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('works across blocks of patches', async () => {
    await expectAsOnCpu(() => {
      const x = randomTensor([5, 24, 24, 4], 1) as tf.Tensor4D;
      const w = randomTensor([5, 5, 4, 10], 2) as tf.Tensor4D;
      const [dx, dw] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'))),
      )([x, w]);
      return [tf.conv2d(x, w, 1, 'same'), dx!, dw!];
    });
  });

  it('transposed, with gradients, agrees with cpu', async () => {
    for (const stride of [1, 2]) {
      await expectAsOnCpu(() =>
        tf.grads((z: tf.Tensor, w: tf.Tensor) =>
          tf.sum(
            tf.square(
              tf.conv2dTranspose(
                z as tf.Tensor4D,
                w as tf.Tensor4D,
                [2, 5 * stride, 4 * stride, 3],
                stride,
                'same',
              ),
            ),
          ),
        )([randomTensor([2, 5, 4, 6], 1), randomTensor([4, 4, 3, 6], 2)]),
      );
    }
  });

  it('fused with bias and activation agrees with cpu', async () => {
    for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const) {
      await expectAsOnCpu(() =>
        tf.fused.conv2d({
          x: randomTensor([2, 7, 6, 3], 1) as tf.Tensor4D,
          filter: randomTensor([3, 3, 3, 5], 2) as tf.Tensor4D,
          strides: 2,
          pad: 'same',
          bias: randomTensor([5], 3),
          activation,
          ...(activation === 'leakyrelu' ? { leakyreluAlpha: 0.1 } : {}),
        }),
      );
    }
  });
});
