import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { DiskCache } from './disk-cache';
import { imageFolder } from './image-folder';

useEngine();

const COLOURS = {
  red: { r: 255, g: 0, b: 0 },
  green: { r: 0, g: 255, b: 0 },
  blue: { r: 0, g: 0, b: 255 },
};
type Name = keyof typeof COLOURS;
const NAMES: readonly Name[] = ['red', 'green', 'blue'];

describe('the cache of decoded pictures', () => {
  let dir: string;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'cache-'));
    for (const name of NAMES) await paint(name, name);
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** All pictures have the same length and date. */
  const paint = async (file: string, colour: Name): Promise<void> => {
    const create = { width: 16, height: 16, channels: 3 as const, background: COLOURS[colour] };
    const path = join(dir, `${file}.png`);
    await sharp({ create }).png({ compressionLevel: 0 }).toFile(path);
    utimesSync(path, 1e9, 1e9);
  };
  const colours = async (order: readonly Name[], options = {}): Promise<string[]> => {
    const rows = order.map((name, k) => `${name}.png,${k},train`);
    writeFileSync(join(dir, 'l.csv'), ['file,x,split', ...rows].join('\n'));
    const data = imageFolder(dir, 'l.csv', { size: 8, cache: { dir: join(dir, 'c') }, ...options });
    const { images, labels } = await data.batch(
      'train',
      order.map((_, k) => k),
    );
    const [n, height, width] = images.shape;
    const pixels = Array.from(images.dataSync());
    tf.dispose([images, labels]);
    await data.close();
    return Array.from({ length: n }, (_, k) => {
      const first = pixels.slice(k * height * width * 3, k * height * width * 3 + 3);
      return NAMES.find((name) =>
        Object.values(COLOURS[name]).every((v, c) => first[c] === v / 255),
      )!;
    });
  };

  it('gives each row its own picture, in whatever order and selection rows are', async () => {
    expect(await colours(['red', 'green', 'blue'])).toEqual(['red', 'green', 'blue']);
    expect(await colours(['blue', 'red', 'green'])).toEqual(['blue', 'red', 'green']);
    expect(await colours(['green', 'blue'])).toEqual(['green', 'blue']);
    // One file for the same three files in two orders, one for the two.
    expect(readdirSync(join(dir, 'c'))).toHaveLength(2);
  });

  it('sees that a file was exchanged for another of the same length and date', async () => {
    expect(await colours(NAMES)).toEqual(NAMES);
    await paint('red', 'blue');
    await paint('blue', 'green');
    expect(await colours(NAMES)).toEqual(['blue', 'green', 'green']);
    await paint('red', 'red');
    expect(await colours(NAMES)).toEqual(['red', 'green', 'green']);
  });

  it('is of one size, and trusts no damaged slot', async () => {
    expect(await colours(NAMES)).toEqual(NAMES);
    expect(await colours(NAMES, { size: 16 })).toEqual(NAMES);
    expect(readdirSync(join(dir, 'c'))).toHaveLength(2);
    for (const name of readdirSync(join(dir, 'c'))) {
      const path = join(dir, 'c', name);
      const bytes = readFileSync(path);
      for (let i = 45; i < bytes.length; i += 50) bytes[i]! ^= 1;
      writeFileSync(path, bytes);
    }
    expect(await colours(NAMES)).toEqual(NAMES);
  });

  it('reads a file again only while its date is fresh, and decodes only what is new', async () => {
    const path = join(dir, 'red.png');
    const cache = new DiskCache({ dir: join(dir, 'd') }, [path], 'x', 3);
    const done: string[] = [];
    const get = async (): Promise<number[]> => {
      const read = (): Promise<Uint8Array> => {
        done.push('read');
        return Promise.resolve(readFileSync(path));
      };
      const decode = (): Promise<Uint8Array> => {
        done.push('decoded');
        return Promise.resolve(Uint8Array.of(1, 2, 3));
      };
      return [...(await cache.get(path, read, decode))];
    };
    const clock = jest.spyOn(Date, 'now');
    try {
      expect(await get()).toEqual([1, 2, 3]);
      expect(await get()).toEqual([1, 2, 3]);
      expect(done).toEqual(['read', 'decoded', 'read']);
      const later = Date.now() + 10_000;
      clock.mockReturnValue(later);
      for (let k = 0; k < 3; k++) expect(await get()).toEqual([1, 2, 3]);
      expect(done.slice(3)).toEqual(['read']);
    } finally {
      clock.mockRestore();
      await cache.close();
    }
  });

  it('says what is wrong with its folder and options', () => {
    const read = (cache: unknown): unknown =>
      imageFolder(dir, 'l.csv', { cache } as Parameters<typeof imageFolder>[2]);
    writeFileSync(join(dir, 'l.csv'), 'file,x\nred.png,1\n');
    writeFileSync(join(dir, 'occupied'), '');
    mkdirSync(join(dir, 'free'));
    expect(() => read({ dir: join(dir, 'occupied') })).toThrow(
      /cache: '.*occupied' cannot be used/,
    );
    expect(() => read({ dir: join(dir, 'free'), maxByte: 1 })).toThrow('did you mean `maxBytes`');
    expect(() => read({ dir: join(dir, 'free'), maxBytes: -1 })).toThrow('`maxBytes` must be');
    expect(() => read({})).toThrow('cache: `dir` must be a text, got undefined');
    expect(() => read('free')).toThrow('cache: the options must be an object');
  });
});
