// A user's own networks: frozen layers, moving statistics, regularisers, whose they are.
import { createRng } from '@causal/random';
import { countTensors, toyPictures, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { WAE } from './wae';

useEngine();

const data = toyPictures();
const { batchNormalization, dense, flatten } = tf.layers;
const encoder = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      flatten({ inputShape: [8, 8, 1] }),
      dense({ units: 6, trainable: false }),
      batchNormalization(),
      dense({ units: 5, activation: 'elu', kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) }),
    ],
  });
const create = (own: tf.LayersModel): WAE =>
  new WAE({ data, encoder: own, latentSize: 2, decoderWidth: 4 });
const bits = (variables: Readonly<Record<string, tf.Variable>>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(variables).map(([name, v]) => [name, [...v.dataSync()]]));

describe('an encoder of your own', () => {
  let own: tf.LayersModel;
  let model: WAE;
  let before: Record<string, number[]>;
  beforeAll(async () => {
    own = encoder();
    model = create(own);
    await model.prepare(data, { rng: createRng(1) });
    before = bits(model.savedParameters());
    await model.fit(data, { steps: 3, batchSize: 8, seed: 1 });
  });

  it('keeps its frozen layers to the bit; moving statistics move and are saved', () => {
    const after = bits(model.savedParameters());
    const frozen = Object.keys(after).filter((name) => name.startsWith('encoder/network/1-'));
    expect(frozen).toHaveLength(2);
    for (const name of frozen) {
      expect(after[name]).toEqual(before[name]);
      expect(name in model.parameters()).toBe(false);
    }
    const moving = Object.keys(after).filter((name) => name.includes('moving_'));
    expect(moving).toHaveLength(2);
    for (const name of moving) expect(after[name]).not.toEqual(before[name]);
  });

  it('adds its regularisers to the loss', () => {
    const batch = data.batch('train', [0, 1, 2, 3]);
    const context = { rng: createRng(2), step: 0, steps: 1, training: true };
    const { total, terms } = model.loss(batch, context);
    const value = (t: tf.Scalar): number => t.dataSync()[0]!;
    const plain = value(terms['reconstruction']!) + 10 * value(terms['divergence']!);
    const kernel = model.parameters()['encoder/network/3-Dense/kernel']!;
    const penalty = 0.1 * [...kernel.dataSync()].reduce((sum, w) => sum + w * w, 0);
    expect(penalty).toBeGreaterThan(0.01);
    expect(Math.abs(value(total) - plain - penalty)).toBeLessThan(1e-4 * Math.abs(plain));
  });

  it('comes back from a saved model to the bit, frozen as it was', async () => {
    const again = await WAE.unpack(model.pack());
    expect(bits(again.parameters())).toEqual(bits(model.parameters()));
    expect(bits(again.savedParameters())).toEqual(bits(model.savedParameters()));
    const { images } = data.batch('test', [0, 1, 2]);
    expect([...again.reconstruct(images).dataSync()]).toEqual([
      ...model.reconstruct(images).dataSync(),
    ]);
  });

  it('is freed with a model that was loaded; yours stays yours', async () => {
    const packed = model.pack();
    const once = async (): Promise<void> => (await WAE.unpack(packed)).dispose();
    await once();
    expect(await countTensors(once)).toBe(0);
    const mine = encoder();
    const brief = create(mine);
    await brief.prepare(data, { rng: createRng(1) });
    brief.dispose();
    expect(mine.getWeights().map((weight) => weight.dataSync().length)).toContain(64 * 6);
  });
});
