import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { coordinateFeatures } from './coordinate-features';
import { jointNetwork, NetworkDecoder } from './network';
import { WarpDecoder } from './warp';

useEngine();

const blocks = {
  concepts: [[0], [1, 2]],
  assignment: Int32Array.from({ length: 80 }, (_, p) => (p % 10 < 5 ? 0 : 1)),
  variance: Float64Array.from({ length: 80 }, (_, p) => (p % 7) / 7),
};
const warp = (options = {}): WarpDecoder =>
  new WarpDecoder({
    imageShape: [8, 10, 3],
    conceptCount: 3,
    latentSize: 2,
    blocks,
    samplePixels: 24,
    rng: createRng(1),
    ...options,
  });
const latents = (n: number, seed = 3): tf.Tensor3D =>
  tf.tensor3d(createRng(seed).normals(n * 6), [n, 3, 2]);

it('doubles angles exactly as sin and cos would', () => {
  const c = tf.tensor2d(createRng(2).normals(60), [20, 3]);
  const expected = tf.concat(
    [c, ...[1, 2, 4, 8].flatMap((f) => [c.mul(f).sin(), c.mul(f).cos()])],
    1,
  );
  const error = coordinateFeatures(c, 4).sub(expected).abs().max().dataSync()[0]!;
  expect(error).toBeLessThan(2e-5);
});

describe('WarpDecoder', () => {
  it('paints each pixel by its block alone: other concepts do not reach it, to the bit', () => {
    for (const more of [false, true]) {
      const decoder = warp({ learnedCoordinates: more, bendShared: more });
      const z = latents(4);
      const moved = z.add(tf.tensor3d([0, 0, 5, 5, 0, 0], [1, 3, 2])) as tf.Tensor3D;
      const before = decoder.decode(z).arraySync();
      const after = decoder.decode(moved).arraySync();
      let changed = 0;
      before.forEach((picture, n) =>
        picture.forEach((row, y) =>
          row.forEach((pixel, x) => {
            if (x < 5) expect(after[n]![y]![x]).toEqual(pixel);
            else if (String(after[n]![y]![x]) !== String(pixel)) changed++;
          }),
        ),
      );
      expect(changed).toBeGreaterThan(0);
    }
  });

  it('samples the pixels that decode paints, and their targets', () => {
    const decoder = warp();
    const images = tf.tensor4d(createRng(4).uniforms(3 * 240), [3, 8, 10, 3]);
    const z = latents(3);
    const whole = decoder.decode(z).reshape([3, 80, 3]).arraySync() as number[][][];
    const truth = images.reshape([3, 80, 3]).arraySync() as number[][][];
    const { painted, target } = decoder.sample(z, images, createRng(7));
    expect(painted.shape).toEqual(target.shape);
    const targets = target.arraySync();
    painted.arraySync()[0]!.forEach((colour, i) => {
      const pixel = truth[0]!.findIndex((t) => String(t) === String(targets[0]![i]));
      expect(pixel).toBeGreaterThanOrEqual(0);
      colour.forEach((value, c) => expect(value).toBeCloseTo(whole[0]![pixel]![c]!, 5));
    });
  });

  it('has gradients to latents and every parameter, and leaves no tensor', async () => {
    const decoder = warp({ learnedCoordinates: true });
    const images = tf.tensor4d(createRng(4).uniforms(2 * 240), [2, 8, 10, 3]);
    const z = tf.variable(latents(2));
    const variables = [...Object.values(decoder.parameters()), z as tf.Variable];
    const step = (): number => {
      const { grads, value } = tf.variableGrads(() => {
        const { painted, target } = decoder.sample(z as tf.Tensor3D, images, createRng(1));
        return painted.sub(target).square().mean() as tf.Scalar;
      }, variables);
      const found = Object.keys(grads).length;
      tf.dispose(grads);
      value.dispose();
      return found;
    };
    expect(step()).toBe(variables.length);
    expect(await countTensors(step)).toBe(0);
    expect(await countTensors(() => decoder.decode(z as tf.Tensor3D).dispose())).toBe(0);
  });
});

describe('NetworkDecoder', () => {
  it('decodes and samples whole pictures', () => {
    const decoder = new NetworkDecoder(jointNetwork(createRng(1), 6, [4, 5, 1]), 6, [4, 5, 1]);
    const z = latents(2);
    const pictures = decoder.decode(z);
    expect(pictures.shape).toEqual([2, 4, 5, 1]);
    const { painted, target } = decoder.sample(z, pictures);
    expect([...painted.dataSync()]).toEqual([...target.dataSync()]);
  });

  it('refuses a network of the wrong shape', () => {
    const network = jointNetwork(createRng(1), 6, [4, 5, 1]);
    expect(() => new NetworkDecoder(network, 8, [4, 5, 1])).toThrow(
      /\[6\] to \[4,5,1\]; expected \[8\]/,
    );
  });
});
