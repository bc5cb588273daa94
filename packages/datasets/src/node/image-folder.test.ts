import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { deflateSync } from 'node:zlib';
import { BadFileError } from './bad-file';
import { imageFolder } from './image-folder';

useEngine();

const FILES = ['a.png', 'b.png', 'sub/c.png', 'd "q", e.png'];

describe('imageFolder', () => {
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'folder-'));
    mkdirSync(join(dir, 'sub'));
    await Promise.all(
      FILES.map((file, k) =>
        sharp({
          create: { width: 24, height: 16, channels: 3, background: { r: 10 * k, g: 200, b: 5 } },
        })
          .png()
          .toFile(join(dir, file)),
      ),
    );
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const read = (csv: string | Buffer, options = {}): ReturnType<typeof imageFolder> => {
    writeFileSync(join(dir, 'labels.csv'), csv);
    return imageFolder(dir, 'labels.csv', { size: 8, ...options });
  };
  const GOOD =
    'file,split,size,male,shape\na.png,train,1.5,0,round\nb.png,val,-2e1,1,square\n' +
    'sub/c.png,test,3,1,round\n"d ""q"", e.png",train,4,0,long\n';

  it('infers kinds, splits and categories, and reads the right pictures', async () => {
    const data = read(GOOD);
    expect(data.concepts).toEqual([
      { name: 'size', unit: '', kind: 'continuous', range: [-20, 4] },
      { name: 'male', unit: '', kind: 'binary', range: [0, 1] },
      {
        name: 'shape',
        unit: '',
        kind: 'categorical',
        range: [0, 2],
        categories: ['long', 'round', 'square'],
      },
    ]);
    expect([data.size('train'), data.size('validation'), data.size('test')]).toEqual([2, 1, 1]);
    expect(data.labels('train')).toEqual([
      [1.5, 0, 1],
      [4, 0, 0],
    ]);
    const { images, labels } = await data.batch('train', [1]);
    expect(images.shape).toEqual([1, 8, 8, 3]);
    expect(Array.from(images.dataSync().slice(0, 3), (v) => Math.round(v * 255))).toEqual([
      30, 200, 5,
    ]);
    tf.dispose([images, labels]);
  });

  it('takes concepts, kinds and graph as told, and draws splits by the seed', () => {
    const data = read(GOOD.replaceAll('\n', '\r\n').replace(/^/, '\uFEFF'), {
      concepts: { male: 'continuous', size: 'ordinal' },
      graph: [
        [0, 1],
        [0, 0],
      ],
    });
    expect(data.concepts.map((c) => [c.name, c.kind])).toEqual([
      ['male', 'continuous'],
      ['size', 'ordinal'],
    ]);
    const drawn = read('path,x\na.png,1\nb.png,2\nsub/c.png,3\n', { test: 1 });
    const rows = [...drawn.labels('train'), ...drawn.labels('test')].flat();
    expect(rows.sort()).toEqual([1, 2, 3]);
  });

  it.each([
    ['a missing picture', 'file,x\na.png,1\nz.png,2\n', "row 3: 'z.png' is not in"],
    ['path traversal', 'file,x\n../../../etc/passwd,1\n', 'is not a file inside'],
    ['an absolute path', 'file,x\n/etc/passwd,1\n', 'is not a file inside'],
    ['the folder itself', 'file,x\n.,1\n', 'is not a file inside'],
    ['a picture twice', 'file,x\na.png,1\nsub/../a.png,2\n', 'was already in row 2'],
    ['no label at all', 'file,x\na.png,\nb.png,NaN\n', 'x is missing in every row'],
    ['an infinite number', 'file,x\na.png,1e999\nb.png,2\n', 'row 2'],
    ['a short row', 'file,x\na.png\n', 'row 2: has 1 fields, expected 2 (file, x)'],
    ['an open quote', 'file,x\na.png,1\n"b.png,2\n', 'row'],
    ['a column twice', 'file,x,x\na.png,1,2\n', "row 1: column 'x' is there twice"],
    ['a column without a name', 'file,\na.png,1\n', 'row 1: column 2 has no name'],
    ['no file column', 'name,x\na.png,1\n', 'say which has the files by { fileColumn }'],
    ['an unknown split', 'file,split,x\na.png,training,1\n', "row 2: split is 'training'"],
    ['nothing', '', 'is empty'],
    ['a header alone', 'file,x\n', 'has no rows'],
  ])('refuses a table with %s, naming file and row', (_, csv, message) => {
    const options = csv.includes('1e999') ? { concepts: { x: 'continuous' } } : {};
    expect(() => read(csv, options)).toThrow(BadFileError);
    expect(() => read(csv, options)).toThrow(message);
  });

  it('refuses concepts that are not there, options it does not know, a wrong graph', () => {
    expect(() => read(GOOD, { concepts: ['sizes'] })).toThrow(
      "there is no column 'sizes'; there are file,",
    );
    expect(() => read(GOOD, { concepts: { male: 'continous' } })).toThrow(
      "Did you mean 'continuous'?",
    );
    expect(() => read(GOOD, { concept: ['size'] })).toThrow('did you mean `concepts`');
    expect(() => read(GOOD, { graph: [[0]] })).toThrow('graph must be 3×3');
    expect(() => read(GOOD, { onBadFile: 'ignore' })).toThrow(
      "`onBadFile` must be one of 'throw', 'skip'",
    );
    expect(() => read(GOOD, { prefetch: -1 })).toThrow('`prefetch` must be an integer ≥ 0');
    expect(() => imageFolder(dir, 'none.csv')).toThrow("there is no 'none.csv'");
  });

  it('refuses pictures of another size where asked, and bombs before unpacking them', async () => {
    const data = read('file,x\na.png,1\n', { exactSize: true, train: 1, test: 0 });
    await expect(data.batch('train', [0])).rejects.toThrow(
      'a.png, row 2: cannot be read as a picture: is 24×16, expected 8×8',
    );
    writeFileSync(join(dir, 'bomb.png'), bomb(50_000, 50_000));
    const bombed = read('file,x\nbomb.png,1\n', { train: 1, test: 0 });
    await expect(bombed.batch('train', [0])).rejects.toThrow(
      /bomb.png, row 2: cannot be read .*pixel limit/,
    );
  });
});

/** A PNG that says it is huge. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc(bytes: Buffer): number {
  let value = -1;
  for (const byte of bytes) {
    value ^= byte;
    for (let k = 0; k < 8; k++) value = value & 1 ? -306674912 ^ (value >>> 1) : value >>> 1;
  }
  return (value ^ -1) >>> 0;
}
