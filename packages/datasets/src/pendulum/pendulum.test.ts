import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as fc from 'fast-check';
import { PNG } from 'pngjs';
import { pendulum } from './pendulum';
import { shadow } from './geometry';

useEngine();

const STEP = Math.PI / 200;
const fixture = (file: string): Uint8Array =>
  PNG.sync.read(readFileSync(`${__dirname}/../../fixtures/${file}.png`)).data;

describe('pendulum', () => {
  // i, j of released pictures, with the labels that came with them.
  it.each([
    ['pendulum-003', -40, 101, 5.704695914773786, 7.32045385117342],
    ['pendulum-011', -20, 147, 11.15691247053569, 14.430773634687272],
    ['pendulum-020', 20, 99, 3.077595148158302, 11.365995765518838],
    ['pendulum-033', -33.5, 71.25, 3, 4.271082353917205],
    ['pendulum-038', 33, 111, 3.266652905308783, 13.553133780492406],
  ])('draws the released picture %s', (file, i, j, length, position) => {
    const [l, p] = shadow(i * STEP, j * STEP);
    expect(l).toBeCloseTo(length, 12);
    expect(p).toBeCloseTo(position, 12);
    const data = pendulum({ size: 96, framing: 'released', train: 1, test: 1 });
    const images = data.render([[i * STEP, j * STEP, length, position]]);
    const ours = images.dataSync();
    images.dispose();
    const theirs = fixture(file);
    let total = 0;
    for (let k = 0; k < 96 * 96; k++) {
      for (let c = 0; c < 3; c++) total += Math.abs(ours[3 * k + c]! - theirs[4 * k + c]! / 255);
    }
    expect(total / (96 * 96 * 3)).toBeLessThan(0.0005);
  });

  it('has the released counts, ranges and share of clamped shadows', () => {
    const data = pendulum({ size: 8 });
    expect([data.size('train'), data.size('validation'), data.size('test')]).toEqual([
      5482, 0, 1826,
    ]);
    const rows = [...data.labels('train'), ...data.labels('test')];
    expect(new Set(rows.map(String)).size).toBe(7308);
    expect(rows.filter((r) => r[2] === 3).length / 7308).toBeCloseTo(0.396, 3);
    data.concepts.forEach((concept, c) => {
      expect(Math.min(...rows.map((r) => r[c]!))).toBe(concept.range[0]);
      expect(Math.max(...rows.map((r) => r[c]!))).toBe(concept.range[1]);
    });
    expect(data.concepts.map((c) => c.name)).toEqual(['angle', 'light', 'length', 'position']);
  });

  it('has no label in two splits, for any seed and sizes', () => {
    const share = fc.double({ min: 0.01, max: 0.33, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer(),
        share,
        share,
        fc.boolean(),
        (seed, validation, test, continuous) => {
          const data = pendulum({ size: 8, seed, validation, test, continuous, limit: 400 });
          const all = (['train', 'validation', 'test'] as const).flatMap((s) => data.labels(s));
          expect(new Set(all.map(String)).size).toBe(all.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('keeps the test split of a seed whatever the size of the others', () => {
    for (const continuous of [false, true]) {
      const small = pendulum({ seed: 5, train: 10, test: 20, continuous });
      const large = pendulum({ seed: 5, train: 900, validation: 30, test: 20, continuous });
      expect(small.labels('test')).toEqual(large.labels('test'));
      expect(pendulum({ seed: 6, train: 10, test: 20 }).labels('test')).not.toEqual(
        small.labels('test'),
      );
    }
  });

  it('gives the same pictures cached, drawn anew and rendered from their labels', () => {
    const cached = pendulum({ size: 16, train: 20, test: 5 });
    const drawn = pendulum({ size: 16, train: 20, test: 5, cacheBytes: 0 });
    const rows = [3, 0, 19, 3];
    const take = (b: { images: { dataSync(): ArrayLike<number>; dispose(): void } }): number[] => {
      const values = Array.from(b.images.dataSync());
      b.images.dispose();
      return values;
    };
    const first = take(cached.batch('train', rows));
    expect(take(cached.batch('train', rows))).toEqual(first);
    expect(take(drawn.batch('train', rows))).toEqual(first);
    const labels = rows.map((r) => cached.labels('train')[r]!);
    expect(take({ images: cached.render(labels) })).toEqual(first);
  });

  it('draws the same bytes as ever', () => {
    const images = pendulum({ size: 64, seed: 1 }).batch('test', [0, 1, 2, 3]).images;
    const bytes = Uint8Array.from(images.dataSync(), (v) => Math.round(v * 255));
    images.dispose();
    expect(createHash('sha256').update(bytes).digest('hex')).toMatchSnapshot();
  });

  it('renders any combination as finite values in [0, 1]', () => {
    const data = pendulum({ size: 16, train: 1, test: 1 });
    const any = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(any, { minLength: 4, maxLength: 4 }), (labels) => {
        const image = data.render([labels]);
        const values = image.dataSync();
        image.dispose();
        expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
      }),
    );
    expect(() => data.render([[0, 1, NaN, 3]])).toThrow('row 0: length must be a finite number');
    expect(() => data.render([[0, 1, 3]])).toThrow('expected 4 (angle, light, length, position)');
  });

  it('changes effects by the mechanism under do() on a cause, and nothing else under do() on an effect', () => {
    const data = pendulum({ size: 8, train: 50, test: 1 });
    const labels = data.labels('train');
    data.counterfactual(labels, { light: 0.9 }).forEach((row, k) => {
      expect(row).toEqual([labels[k]![0], 0.9, ...shadow(labels[k]![0]!, 0.9)]);
    });
    data.counterfactual(labels, { length: 6 }).forEach((row, k) => {
      expect(row).toEqual([labels[k]![0], labels[k]![1], 6, labels[k]![3]]);
    });
    data.counterfactual(labels, { angle: 0.1, position: 12 }).forEach((row, k) => {
      expect(row).toEqual([0.1, labels[k]![1], shadow(0.1, labels[k]![1]!)[0], 12]);
    });
    expect(data.counterfactual(labels, {})).toEqual(labels);
    expect(() => data.counterfactual(labels, { ligth: 1 })).toThrow("no concept 'ligth'");
  });

  it('moves only the shadow when only its labels change', async () => {
    const data = pendulum({ size: 64, train: 1, test: 1 });
    const labels = data.labels('train')[0]!;
    const images = data.render([labels, data.counterfactual([labels], { position: 2 })[0]!]);
    const values = images.dataSync();
    images.dispose();
    const half = values.length / 2;
    const rows = new Set<number>();
    for (let i = 0; i < half; i++) if (values[i] !== values[half + i]) rows.add((i / 192) | 0);
    expect(Math.min(...rows)).toBeGreaterThanOrEqual(60);
    expect(rows.size).toBeGreaterThan(0);
  });

  it('gives shuffled batches that a saved generator and `from` bring back', async () => {
    const data = pendulum({ size: 8, train: 50, test: 7 });
    const read = async (from?: number): Promise<number[][]> => {
      const rng = createRng(3);
      const out: number[][] = [];
      for await (const { images, labels } of data.batches('train', { batchSize: 8, rng, from })) {
        out.push(Array.from(labels.dataSync()));
        expect(images.shape).toEqual([8, 8, 8, 3]);
        images.dispose();
        labels.dispose();
      }
      return out;
    };
    const all = await read();
    expect(all).toHaveLength(6);
    expect(new Set(all.flat()).size).toBeGreaterThan(100);
    expect(await read(4)).toEqual(all.slice(4));
    expect(await countTensors(() => read())).toBe(0);
    let seen = 0;
    for await (const b of data.batches('test', { batchSize: 4, rng: createRng(1) })) {
      seen += b.labels.shape[0];
      b.images.dispose();
      b.labels.dispose();
    }
    expect(seen).toBe(7);
  });

  it('stops between two batches when told to', async () => {
    const data = pendulum({ size: 8, train: 20, test: 1 });
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      const options = { batchSize: 4, rng: createRng(1), signal: stop.signal };
      for await (const batch of data.batches('train', options)) {
        batch.images.dispose();
        batch.labels.dispose();
        stop.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
  });

  it('refuses what it cannot do, saying what would do', () => {
    expect(() => pendulum({ frameing: 'tight' } as object)).toThrow('did you mean `framing`');
    expect(() => pendulum({ size: 3 })).toThrow('`size` must be an integer ≥ 8 and ≤ 1024, got 3');
    expect(() => pendulum({ train: 9000 })).toThrow('more than the 7308 images there are');
    expect(() => pendulum({ test: -1 })).toThrow('test must be a count');
    const data = pendulum({ size: 8, train: 5, test: 5 });
    expect(() => data.batch('test', [5])).toThrow("no row 5 in 'test', which has 5 rows");
    expect(() => data.batches('train', { batchSize: 6, rng: createRng(1) })).toThrow('batchSize 6');
  });
});
