import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import type { LossContext } from '@causal/training';
import * as tf from '@tensorflow/tfjs';
import { BlockSumDecoder, JointDecoder, OwnDecoder } from './dense-decoders';
import { coordinateFeatures } from './warp/coordinate-features';
import { WarpDecoder } from './warp/warp-decoder';

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

const context = (seed: number): LossContext => ({
  rng: createRng(seed),
  step: 0,
  steps: 1,
  training: true,
});

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
      const before = decoder.decode({ concepts: z, free: null }).arraySync();
      const after = decoder.decode({ concepts: moved, free: null }).arraySync();
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
    const whole = decoder
      .decode({ concepts: z, free: null })
      .reshape([3, 80, 3])
      .arraySync() as number[][][];
    const truth = images.reshape([3, 80, 3]).arraySync() as number[][][];
    const { painted, target } = decoder.sample({ concepts: z, free: null }, images, context(7));
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
        const { painted, target } = decoder.sample(
          { concepts: z as tf.Tensor3D, free: null },
          images,
          context(1),
        );
        return painted.sub(target).square().mean() as tf.Scalar;
      }, variables);
      const found = Object.keys(grads).length;
      tf.dispose(grads);
      value.dispose();
      return found;
    };
    expect(step()).toBe(variables.length);
    expect(await countTensors(step)).toBe(0);
    expect(
      await countTensors(() =>
        decoder.decode({ concepts: z as tf.Tensor3D, free: null }).dispose(),
      ),
    ).toBe(0);
  });
});

const shapes = { imageShape: [4, 5, 1], conceptCount: 3, latentSize: 2, freeLatents: 2 } as const;
let free: tf.Tensor2D;
beforeAll(() => {
  free = tf.tensor2d(createRng(8).normals(4), [2, 2]);
});

describe.each([
  ['joint', () => new JointDecoder({ ...shapes, rng: createRng(1) }, { width: 8 })],
  ['perConcept', () => sum([[0], [1], [2]], true)],
  ['additive', () => sum([[0], [1, 2]], false)],
] as const)('%s', (_name, make) => {
  it('decodes and samples whole pictures, the free latents too', () => {
    const decoder = make();
    const input = { concepts: latents(2), free };
    const pictures = decoder.decode(input);
    expect(pictures.shape).toEqual([2, 4, 5, 1]);
    const { painted, target } = decoder.sample(input, pictures, context(1));
    expect([...painted.dataSync()]).toEqual([...target.dataSync()]);
    const other = decoder.decode({ ...input, free: free.mul(-1) as tf.Tensor2D });
    expect([...other.dataSync()]).not.toEqual([...pictures.dataSync()]);
    decoder.dispose();
  });

  it('leaves no tensor once it is disposed', async () => {
    const left = await countTensors(() => {
      const decoder = make();
      decoder.decode({ concepts: latents(2), free }).dispose();
      decoder.dispose();
    });
    expect(left).toBe(1); // the latents drawn here
  });
});

/** Logits of a picture of values in (0, 1). */
const logits = (t: tf.Tensor): number[] =>
  [...t.dataSync()].map((value) => Math.log(value / (1 - value)));

it('adds the logits of blocks: one block moves them by as much whatever the others are', () => {
  const decoder = sum([[0], [1, 2]], false);
  const at = (a: number, b: number): number[] =>
    logits(
      decoder.decode({
        concepts: tf.tensor3d([a, a, b, b, b, b], [1, 3, 2]),
        free: tf.zeros([1, 2]),
      }),
    );
  const [here, there] = [at(0.5, -1), at(0.5, 1)];
  at(-2, -1).forEach((value, i) =>
    expect(value - here[i]!).toBeCloseTo(at(-2, 1)[i]! - there[i]!, 4),
  );
});

it('refuses blocks that leave a concept out, and an own network of the wrong shape', () => {
  expect(() => sum([[0], [1]], false)).toThrow(/\[\[0\], \[1\]\].*0 to 2/);
  const network = tf.sequential({
    layers: [
      tf.layers.dense({ units: 20, inputShape: [8] }),
      tf.layers.reshape({ targetShape: [4, 5, 1] }),
    ],
  });
  const own = (freeLatents: number): OwnDecoder =>
    new OwnDecoder(network, { ...shapes, freeLatents });
  expect(own(2).decode({ concepts: latents(2), free }).shape).toEqual([2, 4, 5, 1]);
  expect(() => own(0)).toThrow(/\[8\] to \[4,5,1\]; expected \[6\]/);
});

function sum(blocks: number[][], mean: boolean): BlockSumDecoder {
  return new BlockSumDecoder({ ...shapes, rng: createRng(1) }, blocks, { width: 8, mean });
}
