import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { randomTensor } from '../test-support/compare';
import { useEngine } from '../test-support/engine';
import { addressOf } from '../wasm-backend';
import { phaseGradient } from './phase-gradient';
import { currentHotKernels } from './registry';

useEngine();

const small = fc.integer({ min: 1, max: 4 });
const pair = fc.tuple(small, small);

it('phases give the input gradient that scattered patches give', () => {
  const engine = currentHotKernels();
  if (!engine) return; // cpu has no heap
  const { backend, hot } = engine;
  // Blocks of one line, of some lines and of some images.
  fc.assert(
    fc.property(
      fc.record({
        batch: fc.integer({ min: 0, max: 3 }),
        size: fc.tuple(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 11 })),
        channels: pair,
        kernel: pair,
        strides: pair,
        pad: fc.constantFrom('same' as const, 'valid' as const, 1, 2),
        blockBytes: fc.constantFrom(1, 500, 2000, 2 ** 20),
      }),
      ({ batch, size, channels, kernel, strides, pad, blockBytes }) => {
        const padding = typeof pad === 'number' ? pad : 0;
        fc.pre(pad === 'same' || size.every((n, i) => n + 2 * padding >= kernel[i]!));
        const info = tf.backend_util.computeConv2DInfo(
          [batch, ...size, channels[0]],
          [...kernel, ...channels],
          strides,
          1,
          pad,
        );
        const byPhases = phaseGradient(backend, hot.companion, hot.matMul, blockBytes);
        const dy = randomTensor(info.outShape, 1);
        const filter = randomTensor(info.filterShape, 2);
        const gradients = [byPhases, hot.conv2dInputGradient].map((gradient, i) => {
          const dx = tf.fill(info.inShape, i); // must be overwritten
          gradient(
            info,
            addressOf(backend, dy),
            addressOf(backend, filter),
            addressOf(backend, dx),
          );
          const values = dx.dataSync().slice();
          dx.dispose();
          return values;
        });
        tf.dispose([dy, filter]);
        // By hand: an expect a value would take most of the time.
        const [found, expected] = gradients as [Float32Array, Float32Array];
        const off = found.findIndex((value, i) => !(Math.abs(value - expected[i]!) < 5e-5));
        expect([off, found[off]]).toEqual([-1, expected[off]]);
      },
    ),
    { numRuns: 200 },
  );
});
