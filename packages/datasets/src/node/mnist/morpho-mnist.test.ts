import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { measureDigit } from '../../morpho-mnist/measure';
import { cacheFolder } from './cache-folder';
import { morphoMnist } from './morpho-mnist';
import { Parts } from './parts';
import { makePlan } from './plan';
import { writeDigits } from '../test-support/mnist-folder';

useEngine();

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'morpho-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const data = morphoMnist({ train: 30, test: 20, slant: true, cache: false });
const rows = Array.from({ length: 20 }, (_, row) => row);

/** Each picture's 28×28 middle in 0–255. */
function digits(images: tf.Tensor4D): Float32Array[] {
  const [n] = images.shape;
  const pixels = tf.tidy(() => images.slice([0, 2, 2, 0], [n, 28, 28, 1]).mul(255).dataSync());
  return Array.from({ length: n }, (_, k) => pixels.slice(k * 784, (k + 1) * 784) as Float32Array);
}

describe('morphoMnist', () => {
  it('says what it holds', () => {
    expect(data.concepts.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'thickness continuous', 'intensity continuous', 'slant continuous', 'digit categorical',
    ]); // prettier-ignore
    expect(data.concepts[3]!.categories).toHaveLength(10);
    expect(data.graph).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(data.imageShape).toEqual([32, 32, 1]);
    expect([data.size('train'), data.size('validation'), data.size('test')]).toEqual([30, 0, 20]);
    expect(
      data
        .labels('test')
        .slice(0, 4)
        .map((row) => row[3]),
    ).toEqual([7, 2, 1, 0]);
  });

  it('shows what its labels say', () => {
    const { images, labels } = data.batch('test', rows);
    digits(images).forEach((picture, k) => {
      const [thickness, intensity, slant] = data.labels('test')[k]!;
      const measured = measureDigit(picture);
      expect(Math.abs(measured.thickness - thickness!)).toBeLessThan(0.8);
      expect(Math.abs(measured.intensity - intensity!)).toBeLessThan(3);
      expect(Math.abs(measured.slant - slant!)).toBeLessThan(0.05);
    });
    tf.dispose([images, labels]);
  });

  it('renders each row’s own digit again, to the same bytes', () => {
    const { images, labels } = data.batch('test', rows);
    const like = { split: 'test', rows } as const;
    const same = data.render(data.labels('test'), like);
    expect([...same.dataSync()]).toEqual([...images.dataSync()]);
    // Nearly the same labels go the whole way and give nearly the same picture.
    const nearly = data.render(
      data.labels('test').map(([t, i, s, d]) => [t! + 1e-9, i!, s!, d!]),
      like,
    );
    expect([...nearly.dataSync()]).toEqual([...images.dataSync()]);
    tf.dispose([images, labels, same, nearly]);
  });

  it('follows its mechanism under do()', () => {
    const before = data.labels('test');
    const thick = data.counterfactual(before, { thickness: 4 });
    thick.forEach(([t, i, s, d], k) => {
      const [t0, i0, s0, d0] = before[k]!;
      expect([t, s, d]).toEqual([4, s0, d0]);
      const logit = (v: number): number => Math.log((v - 64) / (255 - v));
      expect(logit(i!) - 2 * 4).toBeCloseTo(logit(i0!) - 2 * t0!, 4);
    });
    const bright = data.counterfactual(before, { intensity: 240 });
    bright.forEach((row, k) => expect(row).toEqual([before[k]![0], 240, ...before[k]!.slice(2)]));
    const like = { split: 'test', rows } as const;
    const pictures = data.render(thick, like);
    digits(pictures).forEach((picture, k) => {
      const measured = measureDigit(picture);
      expect(Math.abs(measured.thickness - 4)).toBeLessThan(0.8);
      expect(Math.abs(measured.slant - before[k]![2]!)).toBeLessThan(0.05);
    });
    pictures.dispose();
  });

  it('shows another row’s digit where the label is another', () => {
    const labels = [[2.5, 200, 0, 1]];
    const one = data.render(labels, { split: 'test', rows: [0] });
    const neutral = data.render(labels);
    for (const image of [one, neutral]) {
      // A one is narrow; the row itself is a seven.
      expect(measureDigit(digits(image)[0]!).width).toBeLessThan(8);
    }
    tf.dispose([one, neutral]);
    expect(data.labels('train').every((row) => row[3] !== 10)).toBe(true);
  });

  it('has the same labels and pictures for the same seed, whatever is left out', () => {
    const fewer = morphoMnist({ train: 5, test: 3, slant: true, cache: false });
    expect(fewer.labels('test')).toEqual(data.labels('test').slice(0, 3));
    const upright = morphoMnist({ train: 5, test: 3, cache: false });
    expect(upright.labels('test').map((r) => r.slice(0, 2))).toEqual(
      fewer.labels('test').map((r) => r.slice(0, 2)),
    );
    const other = morphoMnist({ train: 5, test: 3, slant: true, cache: false, seed: 2 });
    expect(other.labels('test')[0]![0]).not.toBe(fewer.labels('test')[0]![0]);
    const [a, b] = [fewer.batch('test', [2]), data.batch('test', [2])];
    expect([...a.images.dataSync()]).toEqual([...b.images.dataSync()]);
    tf.dispose([a.images, a.labels, b.images, b.labels]);
  });

  it('keeps its tensors’ number, and takes only some digits', async () => {
    const some = morphoMnist({ digits: [3], train: 4, test: 2, cache: false, size: 28 });
    expect(some.labels('train').every((row) => row[2] === 3)).toBe(true);
    expect(some.imageShape).toEqual([28, 28, 1]);
    expect(() => some.render([[2, 100, 5]])).toThrow(
      /no picture of this data set shows the digit 5/,
    );
    expect(await countTensors(() => tf.dispose(Object.values(some.batch('train', [0, 1]))))).toBe(
      0,
    );
  });

  it('refuses wrong options', () => {
    expect(() => morphoMnist({ slnat: true } as object)).toThrow(/did you mean `slant`/);
    expect(() => morphoMnist({ slant: 1 as never })).toThrow(
      /`slant` must be true or false, got 1/,
    );
    expect(() => morphoMnist({ size: 16 })).toThrow(/`size` must be an integer ≥ 28/);
    expect(() => morphoMnist({ threads: 0 })).toThrow(/`threads` must be an integer ≥ 1/);
    expect(() => morphoMnist({ cache: true as never })).toThrow(
      /`cache` must be \{ dir: folder \}/,
    );
    expect(() => morphoMnist({ labelled: 2 })).toThrow(
      /`labelled` must be a finite number ≥ 0 and ≤ 1/,
    );
    expect(() => morphoMnist({ source: dir })).toThrow(/no file train-images-idx3-ubyte/);
  });
});

describe('what is kept on disk', () => {
  it('is read again, made again where damaged, and another for other options', () => {
    const source = mkdtempSync(join(dir, 'source-'));
    const cache = { dir: join(dir, 'cache') };
    writeDigits(source, { train: [1, 2, 3], test: [4, 2] });
    const reports: number[] = [];
    const make = (seed = 1): Float32Array => {
      const made = morphoMnist({
        source,
        cache,
        seed,
        onProgress: ({ done }) => reports.push(done),
      });
      const { images, labels } = made.batch('train', [0, 1, 2]);
      const pixels = images.dataSync() as Float32Array;
      tf.dispose([images, labels]);
      return pixels;
    };
    const first = make();
    expect(reports).toEqual([5]);
    const [file] = readdirSync(cache.dir);
    expect(readdirSync(cache.dir)).toHaveLength(1);
    expect([...make()]).toEqual([...first]);
    expect(reports).toEqual([5]);
    const bytes = readFileSync(join(cache.dir, file!));
    bytes[bytes.length - 200]! ^= 0xff;
    writeFileSync(join(cache.dir, file!), bytes);
    expect([...make()]).toEqual([...first]);
    expect(reports).toEqual([5, 5]);
    expect([...make(2)]).not.toEqual([...first]);
    expect(readdirSync(cache.dir)).toHaveLength(2);
    // Other pictures under the same names are other data.
    writeDigits(source, { train: [3, 3, 3], test: [4, 2] });
    expect([...make()]).not.toEqual([...first]);
  });

  it('goes on from the parts of a run that was ended', () => {
    const cache = { dir: join(dir, 'parts') };
    const controller = new AbortController();
    const options = { train: 300, test: 0, cache, threads: 1 };
    expect(() =>
      morphoMnist({ ...options, signal: controller.signal, onProgress: () => controller.abort() }),
    ).toThrow(/abort/i);
    const [folder] = readdirSync(cache.dir);
    const parts = new Parts(join(cache.dir, folder!), makePlan({ train: 300, test: 0 }));
    expect(parts.read(0)?.count).toBe(250);
    expect(parts.read(1)).toBeUndefined();
    // Claimed by a run that is gone, and by one that lives: made here in either case.
    expect(parts.claim(1)).toBe(true);
    expect(parts.claim(1)).toBe(false);
    const made = morphoMnist(options);
    expect(made.size('train')).toBe(300);
    expect(existsSync(parts.folder)).toBe(false);
  });

  it('lies where the system keeps such things', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'causal-datasets'));
    expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.causal-datasets$/);
    expect(cacheFolder({ LOCALAPPDATA: '/l' }, 'win32')).toMatch(/causal-datasets.Cache$/);
    expect(cacheFolder({}, 'linux')).toMatch(/\.cache.causal-datasets$/);
  });
});
