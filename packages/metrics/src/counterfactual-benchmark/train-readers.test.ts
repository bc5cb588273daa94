import { countTensors, testEngine, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { exactModel, labelledBars } from '../test-support/labelled-bars';
import { effectiveness } from './effectiveness';
import type { Readers } from './readers';
import { trainReaders } from './train-readers';

useEngine();

const data = labelledBars(200);
/** Inside jest, plain JavaScript convolves too slowly to learn to the end: there, only a start. */
const slow = testEngine === 'cpu';
let readers: Readers;
const losses: number[] = [];
beforeAll(async () => {
  readers = await trainReaders(data, {
    steps: slow ? 10 : 120,
    batchSize: slow ? 8 : 32,
    heldOut: slow ? 20 : 200,
    onProgress: ({ loss }) => losses.push(loss),
  });
});
afterAll(() => readers.dispose());

describe('trainReaders', () => {
  it('learns values and categories, and says how well', () => {
    expect(readers.name).toBe('readers of bars');
    expect(Object.keys(readers.scores)).toEqual(['cause', 'effect', 'other']);
    expect(Object.keys(readers.scores['other']!)).toEqual(['accuracy']);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    if (slow) return;
    expect(readers.scores['cause']!.mae).toBeLessThan(0.15);
    expect(readers.scores['effect']!.r2).toBeGreaterThan(0.9);
    expect(readers.scores['other']!.accuracy).toBeGreaterThan(0.9);
  });

  it('lets a reader see the effects of its concept, and no more', () => {
    expect(readers.description.sees).toEqual([[1], [], []]);
    const images = data.render([[0, 1, 7]]);
    const read = (effect: number): number[] => [
      ...tf.tidy(() => readers.read(images, [[0, effect, 7]]).dataSync()),
    ];
    const [low, high] = [read(0.2), read(1.8)];
    expect(low[0]).not.toBe(high[0]);
    expect(low.slice(1)).toEqual(high.slice(1));
    images.dispose();
  });

  it('gives the true mechanism no more error than on true pictures', async () => {
    if (slow) return;
    const { under, readers: own } = await effectiveness(exactModel(data), data, readers);
    for (const errors of Object.values(under)) {
      expect(errors['cause']).toBeLessThan(3 * own!['cause']!.mae! + 0.05);
      expect(errors['other']).toBeGreaterThan(own!['other']!.accuracy! - 0.15);
    }
    const idle = await effectiveness({ counterfactual: (x) => x }, data, readers);
    expect(idle.under['other']!['other']).toBeLessThan(0.2);
    expect(idle.under['effect']!['effect']).toBeGreaterThan(3 * under['effect']!['effect']!);
  });

  it('is the same for the same seed, and leaves nothing behind', async () => {
    const train = async (seed: number): Promise<number[]> => {
      const made = await trainReaders(data, { steps: 2, batchSize: 4, heldOut: 4, seed });
      const images = data.render([[0, 1, 7]]);
      const features = made.features(images);
      const values = [...features.dataSync()];
      tf.dispose([images, features]);
      made.dispose();
      return values;
    };
    let values: number[][] = [];
    const leaked = await countTensors(async () => {
      values = [await train(1), await train(1), await train(2)];
    });
    expect(leaked).toBe(0);
    expect(values[0]).toHaveLength(128);
    expect(values[1]).toEqual(values[0]);
    expect(values[2]).not.toEqual(values[0]);
  });

  it('refuses wrong options and pictures', async () => {
    await expect(trainReaders(data, { stesp: 2 } as object)).rejects.toThrow(/`steps`/);
    await expect(trainReaders(data, { steps: 0 })).rejects.toThrow(
      /`steps` must be an integer ≥ 1/,
    );
    await expect(trainReaders(data, { sees: { casue: [] } })).rejects.toThrow(/mean 'cause'/);
    await expect(trainReaders(data, { sees: { cause: ['cause'] } })).rejects.toThrow(
      /cause itself/,
    );
    const leaked = await countTensors(() =>
      expect(trainReaders(data, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i),
    );
    expect(leaked).toBe(0);
    const images = tf.zeros<tf.Rank.R4>([2, 9, 8, 1]);
    expect(() => readers.features(images)).toThrow(/expected images \[n, 8, 8, 1\]/);
    images.dispose();
    const two = data.render(data.labels('test').slice(0, 2));
    expect(() => readers.read(two, [[0, 1, 5]])).toThrow(/labels of 2 pictures, got 1/);
    two.dispose();
  });
});
