import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { PooledEncoder } from './pooled-encoder';

useEngine();

const encoderOf = (size = 16): PooledEncoder =>
  new PooledEncoder({
    imageShape: [size, size, 3],
    freeSize: 5,
    filters: [4, 4, 4],
    hidden: 8,
    rng: createRng(1),
  });
const imagesOf = (size = 16): tf.Tensor4D =>
  tf.tensor4d(createRng(2).uniforms(3 * size * size * 3), [3, size, size, 3]);

it('is the convolutional path plus a linear map of the 8×8 pooled picture', () => {
  const encoder = encoderOf();
  const images = imagesOf();
  const parameters = encoder.parameters();
  const both = encoder.apply(images).dataSync();
  const skip = parameters['skip']!;
  const weight = skip.dataSync().slice();
  skip.assign(tf.zeros(skip.shape));
  const deep = encoder.apply(images).dataSync();
  const x = images.arraySync();
  for (let image = 0; image < 3; image++) {
    for (let r = 0; r < 5; r++) {
      let linear = 0;
      for (let cell = 0; cell < 64; cell++) {
        for (let c = 0; c < 3; c++) {
          const [y, column] = [2 * Math.floor(cell / 8), 2 * (cell % 8)];
          let mean = 0;
          for (const [v, u] of [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ] as const)
            mean += x[image]![y + v]![column + u]![c]! / 4;
          linear += 2 * (mean - 0.5) * weight[(cell * 3 + c) * 5 + r]!;
        }
      }
      expect(both[image * 5 + r]! - deep[image * 5 + r]!).toBeCloseTo(linear, 4);
    }
  }
});

it('takes any size, sees where things are, and has gradients to all it has', async () => {
  for (const size of [9, 20]) {
    const encoder = encoderOf(size);
    const images = imagesOf(size);
    const variables = Object.values(encoder.parameters());
    const step = (): number => {
      const { grads, value } = tf.variableGrads(
        () => encoder.apply(images).square().mean() as tf.Scalar,
        variables,
      );
      const found = Object.values(grads).filter((g) => g.abs().max().dataSync()[0]! > 0).length;
      tf.dispose([grads, value]);
      return found;
    };
    expect(tf.tidy(step)).toBe(variables.length);
    expect(await countTensors(() => tf.tidy(step))).toBe(0);
    const shifted = tf.concat(
      [images.slice([0, 0, 1, 0]), images.slice([0, 0, 0, 0], [-1, -1, 1, -1])],
      2,
    );
    const [here, there] = [encoder.apply(images), encoder.apply(shifted as tf.Tensor4D)];
    expect(here.sub(there).abs().max().dataSync()[0]).toBeGreaterThan(1e-3);
  }
});
