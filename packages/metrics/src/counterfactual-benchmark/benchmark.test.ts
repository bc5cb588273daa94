import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { readBars } from '../test-support/bars';
import { exactModel, labelledBars } from '../test-support/labelled-bars';
import { binning, everyChange, oneChangeEach } from './changes';
import { composition } from './composition';
import { counterfactualFrechet } from './counterfactual-frechet';
import { effectiveness } from './effectiveness';
import { klOfGaussians, minimality } from './minimality';

useEngine();

const data = labelledBars();
const readers = { read: readBars };
const exact = exactModel(data);
const idle: CounterfactualModel = { counterfactual: (images) => images };
const dim: CounterfactualModel = { counterfactual: (images) => images.mul(0.9) as tf.Tensor4D };
/** Three numbers a picture, one for each bar. */
const network = { name: 'the bars themselves', features: readBars };

describe('composition', () => {
  const images = (): tf.Tensor4D => data.render(data.labels('test'));

  it('is 0 for a model that changes nothing, and counts in grey levels', async () => {
    const pictures = images();
    expect(await composition(idle, pictures)).toEqual([0, 0]);
    const [one] = await composition(exact, pictures, { cycles: [3] });
    expect(one).toBeLessThan(1e-3);
    const brightness = pictures.mean().dataSync()[0]!;
    const [first, second] = await composition(dim, pictures, { cycles: [1, 2], chunkSize: 7 });
    expect(first).toBeCloseTo(25.5 * brightness, 3);
    expect(second).toBeCloseTo(255 * 0.19 * brightness, 3);
    expect(await composition(dim, pictures, { cycles: 2 })).toBeCloseTo(second!, 4);
    pictures.dispose();
  });

  it('keeps no tensors and refuses what makes no sense', async () => {
    const pictures = images();
    for (const model of [idle, dim]) {
      expect(await countTensors(() => composition(model, pictures, { cycles: [2] }))).toBe(0);
    }
    const signal = AbortSignal.abort();
    await expect(composition(dim, pictures, { signal })).rejects.toThrow(/abort/i);
    await expect(composition(dim, pictures, { cycles: 0 })).rejects.toThrow(/`cycles` must be/);
    await expect(composition(dim, pictures, { cycles: [] })).rejects.toThrow(/not be empty/);
    await expect(composition(dim, pictures, { cylces: 2 } as object)).rejects.toThrow(/`cycles`/);
    const narrow: CounterfactualModel = { counterfactual: (x) => x.slice([0], [1]) };
    expect(
      await countTensors(() =>
        expect(composition(narrow, pictures)).rejects.toThrow(/expected images \[60, 8, 8, 1\]/),
      ),
    ).toBe(0);
    pictures.dispose();
  });
});

describe('changes', () => {
  it('set every row of every concept to a value of another bin or category', () => {
    const list = everyChange('test', data, { values: 12, chunkSize: 4 });
    const labels = data.labels('test');
    const seen = data.concepts.map(() => new Set<number>());
    for (const { concept, value, rows, name } of list) {
      expect(name).toBe(data.concepts[concept]!.name);
      expect(rows.length).toBeLessThanOrEqual(4);
      const bin = binning(data, labels, concept);
      expect(labels.some((row) => row[concept] === value)).toBe(true);
      for (const row of rows) {
        expect(bin(labels[row]![concept]!)).not.toBe(bin(value));
        expect(seen[concept]!.has(row)).toBe(false);
        seen[concept]!.add(row);
      }
    }
    expect(seen.map(({ size }) => size)).toEqual([60, 60, 60]);
    expect(new Set(list.filter((c) => c.concept === 0).map((c) => c.value)).size).toBe(12);
  });

  it('have ten equal bins', () => {
    const labels = Array.from({ length: 101 }, (_, k) => [k / 100, 0, 5]);
    const bin = binning(data, labels, 0);
    expect([0, 0.05, 0.15, 0.95, 1, 7, -1].map(bin)).toEqual([0, 0, 1, 9, 9, 9, 0]);
    expect(binning(data, labels, 2)(7)).toBe(7);
  });

  it('are the seed’s, of one concept each if asked for', () => {
    const rowsIn = (seed: number): string =>
      JSON.stringify(oneChangeEach('test', data, { seed, count: 20 }));
    expect(rowsIn(1)).toBe(rowsIn(1));
    expect(rowsIn(1)).not.toBe(rowsIn(2));
    const list = oneChangeEach('test', data, { count: 20, concepts: ['other', 'cause'] });
    expect(list.reduce((sum, { rows }) => sum + rows.length, 0)).toBe(20);
    expect(new Set(list.map(({ name }) => name))).toEqual(new Set(['cause', 'other']));
    expect(() => everyChange('test', data, { concepts: ['casue'] })).toThrow(
      /Did you mean 'cause'/,
    );
    const alike = { ...data, labels: () => data.labels('test').map(() => [0, 1, 5]) };
    expect(() => everyChange('test', alike, {})).toThrow(/nearly one value of cause/);
  });
});

describe('effectiveness', () => {
  it('is perfect for the true mechanism', async () => {
    const progress: number[] = [];
    const {
      under,
      measure,
      readers: scores,
    } = await effectiveness(
      exact,
      data,
      { ...readers, scores: { cause: { mae: 0 } } },
      { onProgress: ({ done, total }) => progress.push(done / total) },
    );
    expect(Object.keys(under)).toEqual(['cause', 'effect', 'other']);
    for (const errors of Object.values(under)) {
      expect(errors['cause']).toBeLessThan(1e-5);
      expect(errors['effect']).toBeLessThan(1e-5);
      expect(errors['other']).toBe(1);
    }
    expect(measure).toEqual({ cause: 'mae', effect: 'mae', other: 'accuracy' });
    expect(scores).toEqual({ cause: { mae: 0 } });
    expect(progress.at(-1)).toBe(1);
  });

  it('fails a model that changes nothing, where something should have changed', async () => {
    const { under } = await effectiveness(idle, data, readers);
    // Ten equal bins: another one is some way off.
    expect(under['cause']!['cause']).toBeGreaterThan(0.4);
    expect(under['cause']!['effect']).toBeGreaterThan(0.2);
    expect(under['effect']!['cause']).toBeLessThan(1e-5);
    expect(under['effect']!['effect']).toBeGreaterThan(0.3);
    expect(under['other']).toMatchObject({ other: 0 });
    expect(under['cause']!['other']).toBe(1);
  });

  it('shows readers the labels after do()', async () => {
    const shown: number[] = [];
    const watching = {
      read: (images: tf.Tensor4D, labels: readonly (readonly number[])[]) => {
        shown.push(...labels.map((row) => row[2]!));
        return readBars(images);
      },
    };
    await effectiveness(exact, data, watching, { concepts: ['other'], count: 10 });
    const before = data.labels('test').map((row) => row[2]!);
    expect(shown).toHaveLength(10);
    expect(shown).not.toEqual(before.slice(0, 10));
  });

  it('keeps no tensors and needs a mechanism', async () => {
    expect(await countTensors(() => effectiveness(exact, data, readers, { count: 8 }))).toBe(0);
    const narrow = { read: (images: tf.Tensor4D) => tf.zeros<tf.Rank.R2>([images.shape[0], 2]) };
    expect(
      await countTensors(() =>
        expect(effectiveness(exact, data, narrow)).rejects.toThrow(/readers to give \[\d+, 3\]/),
      ),
    ).toBe(0);
    await expect(
      effectiveness(exact, { ...data, counterfactual: undefined }, readers),
    ).rejects.toThrow(/has no counterfactual\(\)/);
    const signal = AbortSignal.abort();
    await expect(effectiveness(exact, data, readers, { signal })).rejects.toThrow(/abort/i);
    await expect(effectiveness(exact, data, readers, { vlaues: 3 } as object)).rejects.toThrow(
      /did you mean `values`/,
    );
  });
});

describe('counterfactualFrechet', () => {
  it('names its network, and grows with what is wrong', async () => {
    const good = await counterfactualFrechet(exact, data, network, { real: 50 });
    const dark: CounterfactualModel = { counterfactual: (x) => x.mul(0.4) as tf.Tensor4D };
    const bad = await counterfactualFrechet(dark, data, network, { real: 50 });
    expect(good).toMatchObject({ network: 'the bars themselves', counterfactuals: 60, real: 50 });
    expect(bad.distance).toBeGreaterThan(2 * good.distance);
    expect(
      await countTensors(() => counterfactualFrechet(exact, data, network, { count: 9 })),
    ).toBe(0);
    await expect(counterfactualFrechet(exact, data, network, { real: 1 })).rejects.toThrow(
      /`real`/,
    );
  });
});

describe('minimality', () => {
  it('has its closed values at both ends', async () => {
    // Nothing moved: no picture is nearer than that, all are as far or farther.
    const still = await minimality(idle, data, network);
    expect(still.nearerToSet).toBe(0);
    expect(still.fartherThanMade).toBe(1);
    expect(still.cld).toBeCloseTo(Math.log(0.8 + 0.2 * Math.E), 10);
    expect(still.embedding).toBe('the bars themselves');
    // Moved beyond everything.
    const away: CounterfactualModel = { counterfactual: (x) => x.add(3) as tf.Tensor4D };
    const far = await minimality(away, data, network);
    expect([far.nearerToSet, far.fartherThanMade]).toEqual([1, 0]);
    expect(far.cld).toBeCloseTo(Math.log(0.8 * Math.E + 0.2), 10);
    const right = await minimality(exact, data, network);
    expect(right.cld).toBeGreaterThan(0);
    expect(right.cld).toBeLessThan(far.cld);
    expect(right.nearerToSet).toBeLessThan(0.5);
  });

  it('takes Gaussians, by their divergence', async () => {
    const gaussians = {
      name: 'bars with a width',
      encode: (images: tf.Tensor4D) => ({
        mean: readBars(images),
        logScale: tf.fill<tf.Rank.R2>([images.shape[0], 3], -1),
      }),
    };
    const still = await minimality(idle, data, gaussians);
    expect(still.cld).toBeCloseTo(Math.log(0.8 + 0.2 * Math.E), 10);
    expect(still.counted).toBeGreaterThan(50);
    expect(await countTensors(() => minimality(exact, data, gaussians, { count: 30 }))).toBe(0);
    await expect(minimality(exact, data, gaussians, { count: 1 })).rejects.toThrow(/raise `count`/);
  });

  it('has the divergence right, whose mean is no log-scale', () => {
    // Same spread: (difference ÷ deviation)²/2. Same mean: ln(s/r) + r²/2s² − ½.
    expect(klOfGaussians([3, 0], [1, 0])).toBeCloseTo(2, 12);
    expect(klOfGaussians([3, Math.log(2)], [1, Math.log(2)])).toBeCloseTo(0.5, 12);
    expect(klOfGaussians([5, Math.log(3)], [5, 0])).toBeCloseTo(-Math.log(3) + 4.5 - 0.5, 12);
    // Mean over two dimensions.
    expect(klOfGaussians([3, 1, 0, 0], [1, 1, 0, 0])).toBeCloseTo(1, 12);
  });
});
