import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng, type Rng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { BadFileError } from './bad-file';
import { celebA } from './celeba';
import { imageFolder } from './image-folder';
import { writeCelebA } from './write-celeba';

useEngine();

/** A few random edits: bytes changed, cut out, doubled, or the rest cut off. */
function mutate(bytes: Buffer, rng: Rng): Buffer {
  let out = Buffer.from(bytes);
  for (let edits = 1 + rng.int(4); edits > 0; edits--) {
    const at = rng.int(Math.max(1, out.length));
    const length = 1 + rng.int(Math.max(1, Math.min(40, out.length - at)));
    const kind = rng.int(4);
    if (kind === 0 && at < out.length) out[at] = rng.int(256);
    else if (kind === 1) out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
    else if (kind === 2) out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
    else out = out.subarray(0, at);
  }
  return out;
}

describe('damaged files', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'hostile-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('pictures: 600 mutations are read or refused by name and row, and skipped ones are counted', async () => {
    const rng = createRng(11);
    const pixels = Buffer.from(Uint8Array.from({ length: 20 * 20 * 3 }, () => rng.int(256)));
    const raw = sharp(pixels, { raw: { width: 20, height: 20, channels: 3 } });
    const whole = [await raw.clone().png().toBuffer(), await raw.clone().jpeg().toBuffer()];
    const names = Array.from({ length: 600 }, (_, k) => `${k}.${k % 2 ? 'jpg' : 'png'}`);
    names.forEach((name, k) => writeFileSync(join(dir, name), mutate(whole[k % 2]!, rng)));
    writeFileSync(
      join(dir, 'labels.csv'),
      `file,x\n${names.map((n, k) => `${n},${k}`).join('\n')}`,
    );
    const sizes = { size: 8, train: 600, test: 0 };
    const strict = imageFolder(dir, 'labels.csv', sizes);
    const refused = new Set<string>();
    const leaked = await countTensors(async () => {
      for (let row = 0; row < 600; row++) {
        try {
          tf.dispose(Object.values(await strict.batch('train', [row])));
        } catch (error) {
          expect(error).toBeInstanceOf(BadFileError);
          const { file, row: line } = error as BadFileError;
          expect(file).toBe(strict.files('train')[row]);
          expect(line).toBe(strict.labels('train')[row]![0]! + 2);
          refused.add(file);
        }
      }
    });
    expect(leaked).toBe(0);
    expect(refused.size).toBeGreaterThan(300);
    const lenient = imageFolder(dir, 'labels.csv', { ...sizes, onBadFile: 'skip' });
    let seen = 0;
    for await (const batch of lenient.batches('train', { batchSize: 50, rng })) {
      seen += batch.labels.shape[0];
      tf.dispose(Object.values(batch));
    }
    expect(new Set(lenient.badFiles().map((e) => e.file))).toEqual(refused);
    expect(seen).toBe(600 - refused.size);
  });

  it('pictures cut off anywhere are never taken for whole', async () => {
    const pixels = Buffer.from(Uint8Array.from({ length: 3072 }, (_, i) => (i * i) % 251));
    const raw = sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } });
    const whole = {
      png: await raw.clone().png().toBuffer(),
      jpg: await raw.clone().jpeg().toBuffer(),
    };
    for (const [type, bytes] of Object.entries(whole)) {
      const cuts = Array.from({ length: 40 }, (_, k) => Math.floor((bytes.length * k) / 41));
      cuts.forEach((cut, k) => writeFileSync(join(dir, `cut${k}.${type}`), bytes.subarray(0, cut)));
      const rows = cuts.map((_, k) => `cut${k}.${type},${k}`);
      writeFileSync(join(dir, 'cuts.csv'), ['file,x', ...rows].join('\n'));
      const data = imageFolder(dir, 'cuts.csv', { size: 8, train: 40, test: 0 });
      for (let row = 0; row < 40; row++) {
        await expect(data.batch('train', [row])).rejects.toBeInstanceOf(BadFileError);
      }
    }
  });

  it('tables: 300 mutations are read or refused by name', () => {
    const rng = createRng(12);
    writeFileSync(join(dir, 'p.png'), '');
    const row = `"p.png",0.5,1,"a ""b"", c"`;
    const whole = Buffer.from(`\uFEFFfile,x,y,z\r\n${row}\r\n`);
    let refused = 0;
    for (let k = 0; k < 300; k++) {
      writeFileSync(join(dir, 'mutated.csv'), mutate(whole, rng));
      try {
        expect(imageFolder(dir, 'mutated.csv', { train: 1, test: 0 }).size('train')).toBe(1);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(BadFileError);
        expect((error as BadFileError).file).toContain('mutated.csv');
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('CelebA lists: 300 mutations are read or refused by name', async () => {
    const rng = createRng(13);
    const root = join(dir, 'celeba');
    await writeCelebA(root, { train: 4, validation: 1, test: 1 });
    const lists = ['list_attr_celeba.txt', 'list_eval_partition.txt'];
    const whole = lists.map((list) => readFileSync(join(root, list)));
    let refused = 0;
    for (let k = 0; k < 300; k++) {
      const list = join(root, lists[k % 2]!);
      writeFileSync(list, mutate(whole[k % 2]!, rng));
      try {
        const data = celebA(root);
        expect(data.size('train') + data.size('validation') + data.size('test')).toBe(6);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(BadFileError);
        expect((error as BadFileError).file).toContain('list_');
      }
      writeFileSync(list, whole[k % 2]!);
    }
    expect(refused).toBeGreaterThan(200);
  });
});
