import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type RngState } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import type { Batch } from '../dataset';
import { faces } from '../faces/faces';
import { BadFileError } from './bad-file';
import { celebA } from './celeba';
import { SLOT_HEADER } from './disk-cache';
import { writeCelebA } from './write-celeba';

useEngine();

const sizes = { train: 12, validation: 3, test: 5 };
const dispose = (batch: Batch): void => tf.dispose(Object.values(batch));

describe('celebA', () => {
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'celeba-'));
    await writeCelebA(dir, { ...sizes, seed: 4 });
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** A copy of a list with one change, put back afterwards. */
  const withChange = (file: string, change: (text: string) => string, body: () => void): void => {
    const path = join(dir, file);
    const kept = readFileSync(path, 'utf8');
    writeFileSync(path, change(kept));
    try {
      body();
    } finally {
      writeFileSync(path, kept);
    }
  };

  it('reads what writeCelebA wrote: labels, splits, pictures', async () => {
    const data = celebA(dir, { size: 64 });
    const drawn = faces({ ...sizes, seed: 4, labels: 'binary', size: 178, aspect: 218 / 178 });
    for (const split of ['train', 'validation', 'test'] as const) {
      expect(data.labels(split)).toEqual(drawn.labels(split));
    }
    expect(data.graph).toEqual(drawn.graph);
    expect(data.concepts).toEqual(drawn.concepts);
    const { images, labels } = await data.batch('test', [4, 0]);
    expect(Array.from(labels.dataSync())).toEqual(
      [4, 0].flatMap((r) => [...drawn.labels('test')[r]!]),
    );
    const original = drawn.batch('test', [4, 0]);
    const cropped = tf.image.resizeBilinear(
      tf.slice4d(original.images, [0, 20, 0, 0], [2, 178, 178, 3]),
      [64, 64],
      false,
      true,
    );
    const error = tf.mean(tf.abs(tf.sub(images, cropped))).dataSync()[0]!;
    expect(error).toBeLessThan(0.02); // JPEG, and two ways to resize
    [original, { images, labels }].forEach(dispose);
    cropped.dispose();
  });

  it('reads BEARD and attributes of one’s choice', () => {
    const beard = celebA(dir, { concepts: 'beard' });
    expect(beard.concepts.map((c) => c.name)).toEqual(['age', 'gender', 'bald', 'beard']);
    expect(beard.labels('train').every((r) => r[0] === 0 && r[3] === 0)).toBe(true);
    const own = celebA(dir, { concepts: { concepts: [{ name: 'man', attribute: 'Male' }] } });
    expect(own.labels('test').flat()).toEqual(
      celebA(dir)
        .labels('test')
        .map((r) => r[0]),
    );
    expect(() =>
      celebA(dir, { concepts: { concepts: [{ name: 'x', attribute: 'Mael' }] } }),
    ).toThrow("list_attr_celeba.txt, row 2: there is no attribute 'Mael'");
  });

  it('reads ahead in order, the same with the cache, and leaves nothing behind when stopped', async () => {
    const cache = { dir: join(dir, 'cache') };
    const read = async (stop: number, cached: boolean): Promise<number[]> => {
      const data = celebA(dir, { size: 16, ...(cached && { cache }) });
      const out: number[] = [];
      for await (const batch of data.batches('train', { batchSize: 4, rng: createRng(2) })) {
        out.push(...(batch.images.sum([1, 2, 3]).dataSync() as Float32Array));
        dispose(batch);
        if (out.length >= stop) break;
      }
      await data.close();
      return out;
    };
    const all = await read(99, false);
    expect(all).toHaveLength(12);
    expect(await read(99, true)).toEqual(all); // fills
    expect(await read(99, true)).toEqual(all); // reads
    const leaked = await countTensors(() => read(4, false));
    expect(leaked).toBe(1); // the sum of the one batch above
  });

  it('goes on amid an epoch from a saved generator, whatever is read ahead', async () => {
    const rng = createRng(9);
    rng.normals(5);
    const saved = JSON.parse(JSON.stringify(rng.state())) as RngState;
    const read = async (prefetch: number, from: number): Promise<number[][]> => {
      const data = celebA(dir, { size: 8, prefetch });
      const out: number[][] = [];
      const options = { batchSize: 4, rng: createRng(saved), from, dropRemainder: false };
      for await (const batch of data.batches('train', options)) {
        out.push([...batch.images.sum([1, 2, 3]).dataSync(), ...batch.labels.dataSync()]);
        dispose(batch);
      }
      await data.close();
      return out;
    };
    const whole = await read(0, 0);
    expect(whole).toHaveLength(3);
    expect(await read(4, 0)).toEqual(whole);
    expect(await read(4, 1)).toEqual(whole.slice(1));
    expect(await read(1, 3)).toEqual([]);
  });

  it('withholds labels and weighs rows when asked', async () => {
    const data = celebA(dir, {
      size: 8,
      labelled: 0.25,
      weights: ([gender]) => (gender === 1 ? 2 : 0.5),
    });
    const exact = celebA(dir).labels('train');
    const batch = await data.batch('train', [11, 0, 5, 3, 4, 1, 2, 6, 7, 8, 9, 10]);
    const rows = [11, 0, 5, 3, 4, 1, 2, 6, 7, 8, 9, 10];
    const mask = Array.from(batch.labelled!.dataSync());
    expect(mask.reduce((a, b) => a + b)).toBe(3);
    const labels = batch.labels.arraySync();
    rows.forEach((row, k) => {
      expect(labels[k]).toEqual(mask[k] === 1 ? exact[row] : [NaN, NaN, NaN, NaN]);
      expect(data.labels('train')[row]).toEqual(labels[k]);
    });
    expect(Array.from(batch.weights!.dataSync())).toEqual(
      rows.map((row) => (exact[row]![0] === 1 ? 2 : 0.5)),
    );
    dispose(batch);
    expect(data.labels('test').flat().every(Number.isFinite)).toBe(true);
    expect(() => celebA(dir, { labelled: 2 })).toThrow(
      '`labelled` must be a finite number ≥ 0 and ≤ 1',
    );
    await data.close();
  });

  it('stops when told to, and leaves nothing behind', async () => {
    const data = celebA(dir, { size: 16 });
    const stop = new AbortController();
    const leaked = await countTensors(async () => {
      const options = { batchSize: 2, rng: createRng(2), signal: stop.signal };
      const read = async (): Promise<void> => {
        for await (const batch of data.batches('train', options)) {
          dispose(batch);
          stop.abort(new Error('enough'));
        }
      };
      await expect(read()).rejects.toThrow('enough');
    });
    expect(leaked).toBe(0);
  });

  it('keeps no more on disk than allowed', async () => {
    const cacheDir = join(dir, 'cache3');
    const slot = 16 * 16 * 3 + SLOT_HEADER;
    const data = celebA(dir, { size: 16, cache: { dir: cacheDir, maxBytes: 3 * slot + 5 } });
    const first = await data.batch('train', [0, 1, 2, 3, 11]);
    const again = await data.batch('train', [0, 1, 2, 3, 11]);
    expect(again.images.dataSync()).toEqual(first.images.dataSync());
    [first, again].forEach(dispose);
    await data.close();
    const [file] = readdirSync(cacheDir);
    expect(statSync(join(cacheDir, file!)).size).toBe(3 * slot);
  });

  it('does not trust a cache whose picture has changed since, or a damaged one', async () => {
    const cache = { dir: join(dir, 'cache2') };
    const sum = async (): Promise<number> => {
      const data = celebA(dir, { size: 16, cache });
      try {
        const batch = await data.batch('train', [0]);
        const value = Array.from(batch.images.dataSync()).reduce((a, b) => a + b);
        dispose(batch);
        return value;
      } finally {
        await data.close();
      }
    };
    const before = await sum();
    const path = join(dir, 'img_align_celeba', '000001.jpg');
    const kept = readFileSync(path);
    await sharp({ create: { width: 178, height: 218, channels: 3, background: '#000' } })
      .jpeg()
      .toFile(path);
    expect(await sum()).toBe(0);
    // As long as before, so that only its date tells.
    writeFileSync(path, Buffer.alloc(readFileSync(path).length));
    await expect(sum()).rejects.toThrow('000001.jpg, row 3: cannot be read');
    // As old as before, so that only its length tells.
    const { atime, mtime } = statSync(path);
    writeFileSync(path, kept);
    utimesSync(path, atime, mtime);
    expect(await sum()).toBeCloseTo(before, 3);
    utimesSync(path, atime, mtime);
    expect(await sum()).toBeCloseTo(before, 3);
    await sharp({ create: { width: 178, height: 218, channels: 3, background: '#000' } })
      .jpeg()
      .toFile(path);
    utimesSync(path, atime, mtime);
    expect(await sum()).toBe(0);
    writeFileSync(path, kept);
    expect(await sum()).toBeCloseTo(before, 3);
  });

  it('says where to get CelebA and where to put it', () => {
    expect(() => celebA('/nowhere/celeba')).toThrow(
      /img_align_celeba, list_attr_celeba.txt, list_eval_partition.txt missing[\s\S]*CelebA project page[\s\S]*000001.jpg/,
    );
  });

  it.each([
    ['a wrong count', (t: string) => t.replace('20', '21'), 'row 1: says 21 pictures, but 20 rows'],
    [
      'no count',
      (t: string) => t.replace('20', 'x'),
      "row 1: expected the number of pictures, got 'x'",
    ],
    [
      'a missing value',
      (t: string) => t.replace(/(000002.jpg.*) -1$/m, '$1'),
      'row 4: has 40 fields',
    ],
    ['a value of 0', (t: string) => t.replace(/(000003.jpg +-1.*) -1/, '$1 0'), 'row 5: '],
    [
      'a name twice',
      (t: string) => t.replace('000003.jpg', '000002.jpg'),
      "row 5: '000002.jpg' was already in row 4",
    ],
    [
      'a path',
      (t: string) => t.replace('000003.jpg', '../../3.jpg'),
      "row 5: '../../3.jpg' is not the plain name",
    ],
  ])('refuses an attribute file with %s', (_, change, message) => {
    withChange('list_attr_celeba.txt', change, () => {
      expect(() => celebA(dir)).toThrow(BadFileError);
      expect(() => celebA(dir)).toThrow(message);
    });
  });

  it.each([
    ['a fourth split', (t: string) => t.replace('000002.jpg 0', '000002.jpg 3'), 'row 2: '],
    [
      'an unknown picture',
      (t: string) => t.replace('000002', '000099'),
      "row 2: '000099.jpg' is not in",
    ],
    ['a picture twice', (t: string) => `${t}000001.jpg 0\n`, "row 21: '000001.jpg' is there twice"],
    [
      'a picture missing',
      (t: string) => t.replace(/000007.*\n/, ''),
      "has no row for '000007.jpg'",
    ],
  ])('refuses a partition file with %s', (_, change, message) => {
    withChange('list_eval_partition.txt', change, () => {
      expect(() => celebA(dir)).toThrow(message);
    });
  });

  it('takes Windows line ends and a byte-order mark', () => {
    const expected = celebA(dir).labels('train');
    withChange(
      'list_attr_celeba.txt',
      (t) => `\uFEFF${t.replaceAll('\n', '\r\n')}`,
      () => {
        expect(celebA(dir).labels('train')).toEqual(expected);
      },
    );
  });

  it('names a damaged picture and its row, or skips and counts it', async () => {
    const path = join(dir, 'img_align_celeba', '000002.jpg');
    const kept = readFileSync(path);
    writeFileSync(path, kept.subarray(0, kept.length >> 1));
    try {
      const strict = celebA(dir);
      await expect(strict.batch('train', [0, 1])).rejects.toThrow(
        '000002.jpg, row 4: cannot be read',
      );
      const lenient = celebA(dir, { onBadFile: 'skip', size: 16 });
      let seen = 0;
      for await (const batch of lenient.batches('train', { batchSize: 3, rng: createRng(1) })) {
        seen += batch.labels.shape[0];
        dispose(batch);
      }
      expect(seen).toBe(11);
      expect(lenient.badFiles().map((e) => e.row)).toEqual([4]);
      await expect(lenient.batch('train', [1])).rejects.toThrow('none of the 1 files');
    } finally {
      writeFileSync(path, kept);
    }
  });

  it('names a picture that is not there, or of another size', async () => {
    withChange(
      'list_attr_celeba.txt',
      (t) => t.replace('000003.jpg', '000303.jpg'),
      () => {
        withChange(
          'list_eval_partition.txt',
          (t) => t.replace('000003.jpg', '000303.jpg'),
          () => {
            expect(() => celebA(dir)).toThrow(/row 5: .*000303.jpg is not there \(1 of 20/);
            expect(celebA(dir, { onBadFile: 'skip' }).size('train')).toBe(12);
          },
        );
      },
    );
    const path = join(dir, 'img_align_celeba', '000001.jpg');
    const kept = readFileSync(path);
    await sharp({ create: { width: 200, height: 218, channels: 3, background: '#000' } })
      .jpeg()
      .toFile(path);
    await expect(celebA(dir).batch('train', [0])).rejects.toThrow('is 200×218, expected 178×218');
    writeFileSync(path, kept);
  });
});
