import { countTensors, testEngine, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { createRng } from '@causal/random';
import { bars } from '../test-support/bars';
import { type Annotator, loadAnnotator } from './annotator';
import { marginalDraws, mixedDraws, uniformDraws } from './label-draws';
import { trainAnnotator } from './train-annotator';

useEngine();

const data = bars();
/** Inside jest, plain JavaScript convolves too slowly to learn to the end: there, only a start. */
const slow = testEngine === 'cpu';
const BATCH = slow ? 4 : 32;
let annotator: Annotator;
let losses: number[];
beforeAll(async () => {
  losses = [];
  annotator = await trainAnnotator(data, {
    steps: slow ? 20 : 150,
    batchSize: BATCH,
    heldOut: slow ? 16 : 200,
    minimumR2: slow ? -Infinity : 0.95,
    onProgress: ({ loss }) => losses.push(loss),
  });
});

describe('trainAnnotator', () => {
  it('learns to read every concept, in native units', () => {
    expect(Object.keys(annotator.r2)).toEqual(['cause', 'effect', 'other']);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / (slow ? 1 : 10));
    if (slow) return;
    for (const r2 of Object.values(annotator.r2)) expect(r2).toBeGreaterThan(0.95);
    const labels = [
      [-0.5, 1.5, 6],
      [0.5, 0.5, 8],
    ];
    const read = tf.tidy(() => annotator.read(data.render(labels)).arraySync());
    read.forEach((row, i) => {
      expect(Math.abs(row[0]! - labels[i]![0]!)).toBeLessThan(0.3);
      expect(Math.abs(row[1]! - labels[i]![1]!)).toBeLessThan(0.3);
      expect(Math.abs(row[2]! - labels[i]![2]!)).toBeLessThan(0.6);
    });
  });

  it('refuses an annotator that reads badly, and leaves nothing behind', async () => {
    const leaked = await countTensors(() =>
      expect(trainAnnotator(data, { steps: 1, batchSize: BATCH, heldOut: 16 })).rejects.toThrow(
        /below 0.99 for cause \(.*Train with more steps/,
      ),
    );
    expect(leaked).toBe(0);
  });

  it('gives the same weights for the same seed', async () => {
    const train = async (seed: number): Promise<Uint8Array> => {
      const made = await trainAnnotator(data, {
        steps: 2,
        batchSize: BATCH,
        heldOut: 8,
        minimumR2: -Infinity,
        seed,
      });
      const bytes = await made.toBytes();
      made.dispose();
      return bytes;
    };
    const [first, again, other] = [await train(1), await train(1), await train(2)];
    expect(Buffer.compare(first, again)).toBe(0);
    expect(Buffer.compare(first, other)).not.toBe(0);
  });

  it('needs a renderer', async () => {
    const blind = { ...data, render: undefined };
    await expect(trainAnnotator(blind)).rejects.toThrow(/cannot render label combinations/);
  });

  it.each([
    [{ steps: 0 }, /`steps` must be an integer ≥ 1, got 0/],
    [{ batchSize: 2.5 }, /`batchSize` must be an integer ≥ 1, got 2.5/],
    [{ heldOut: 1 }, /`heldOut` must be an integer ≥ 2, got 1/],
    [{ learningRate: NaN }, /`learningRate` must be a finite number > 0, got NaN/],
    [{ minimumR2: NaN }, /`minimumR2` must be a finite number ≤ 1, got NaN/],
  ])('refuses %p', async (options, message) => {
    await expect(trainAnnotator(data, options)).rejects.toThrow(message);
    await expect(trainAnnotator(data, options)).rejects.toThrow(RangeError);
  });

  it('can be cancelled without a leak', async () => {
    const leaked = await countTensors(() =>
      expect(trainAnnotator(data, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i),
    );
    expect(leaked).toBe(0);
  });
});

describe('Annotator', () => {
  it('is the same after bytes', async () => {
    const bytes = await annotator.toBytes();
    const loaded = loadAnnotator(bytes);
    expect(loaded.description).toEqual(annotator.description);
    tf.tidy(() => {
      const images = data.render(data.labels('test'));
      expect(loaded.read(images).arraySync()).toEqual(annotator.read(images).arraySync());
    });
    loaded.dispose();
    // A slice at an odd offset of a larger buffer loads as well.
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    loadAnnotator(shifted.subarray(1)).dispose();
  });

  it('refuses bytes that are something else', async () => {
    const bytes = await annotator.toBytes();
    expect(() => loadAnnotator(new Uint8Array(3))).toThrow(
      /loadAnnotator: Not a valid safetensors file/,
    );
    expect(() => loadAnnotator(bytes.subarray(0, bytes.length - 4))).toThrow(/the file was cut/);
  });

  it('reads many images in chunks, and keeps only its result', async () => {
    const rows = Array.from({ length: 140 }, (_, i) => data.labels('test')[i % 60]!);
    const images = data.render(rows);
    let read: tf.Tensor2D | undefined;
    expect(await countTensors(() => (read = annotator.read(images)))).toBe(1);
    const values = read!.arraySync();
    expect(values.length).toBe(140);
    values[139]!.forEach((v, j) => expect(v).toBeCloseTo(values[19]![j]!, 5));
    const features = annotator.features(images);
    expect(features.shape).toEqual([140, 128]);
    tf.dispose([images, read!, features]);
  });

  it('says which images it expects', () => {
    const images = tf.zeros<tf.Rank.R4>([1, 4, 4, 1]);
    expect(() => annotator.read(images)).toThrow(
      /expected images \[n, 8, 8, 1\], got \[1, 4, 4, 1\]/,
    );
    images.dispose();
  });
});

describe('label draws', () => {
  it('are independent between concepts and inside the ranges', () => {
    // Fixed seed. Correlations of 4,000 independent draws have standard error .016: 5 of them.
    const draws = mixedDraws(uniformDraws(data), marginalDraws(data), 0.5);
    const rows = draws(4000, createRng(1));
    const z = data.concepts.map(({ range: [low, high] }, j) => {
      const column = rows.map((row) => row[j]!);
      expect(Math.min(...column)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...column)).toBeLessThanOrEqual(high);
      const mean = column.reduce((a, b) => a + b) / rows.length;
      const std = Math.sqrt(column.reduce((s, v) => s + (v - mean) ** 2, 0) / rows.length);
      return column.map((v) => (v - mean) / std);
    });
    const correlation = z[0]!.reduce((s, v, i) => s + v * z[1]![i]!, 0) / rows.length;
    expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(4000));
  });

  it('give whole values for concepts that are not continuous', () => {
    const discrete = {
      ...data,
      concepts: data.concepts.map((concept) => ({ ...concept, kind: 'ordinal' as const })),
    };
    const rows = uniformDraws(discrete)(500, createRng(1));
    expect(new Set(rows.map((row) => row[2]))).toEqual(new Set([5, 6, 7, 8, 9]));
  });
});
