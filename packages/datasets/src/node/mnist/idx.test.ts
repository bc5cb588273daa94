import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BadFileError } from '../bad-file';
import { readDigitFiles } from './digit-files';
import { readIdx } from './idx';
import { mnist } from './mnist';
import { writeDigits } from '../test-support/mnist-folder';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'idx-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const header = (magic: number, ...shape: number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * shape.length);
  [magic, ...shape].forEach((v, k) => bytes.writeUInt32BE(v, 4 * k));
  return bytes;
};
const file = (bytes: Uint8Array, name = 'file'): string => {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
};

describe('readIdx', () => {
  const labels = Buffer.concat([header(0x801, 3), Buffer.from([7, 0, 9])]);

  it('reads plain and gzipped files', () => {
    for (const bytes of [labels, gzipSync(labels)]) {
      const { shape, data } = readIdx(file(bytes), []);
      expect(shape).toEqual([3]);
      expect([...data]).toEqual([7, 0, 9]);
    }
  });

  it.each<[string, Uint8Array, readonly number[], RegExp]>([
    ['empty', Buffer.alloc(0), [], /has 0 bytes, less than the 8 of an IDX header/],
    ['wrong magic', header(0x12345678, 3), [], /begins with 0x12345678, expected 0x00000801/],
    ['another type', header(0xd03, 1, 28, 28), [28, 28], /0x00000d03, expected 0x00000803/],
    ['mixed up', labels, [28, 28], /has 11 bytes, less than the 16/],
    ['mixed up', header(0x803, 1, 28, 28), [], /pictures and labels mixed up/],
    ['other rows', header(0x803, 1, 32, 32), [28, 28], /rows of 32 × 32, expected 28 × 28/],
    ['no rows', header(0x801, 0), [], /says that it has 0 rows/],
    ['too many rows', header(0x803, 0xffffffff, 28, 28), [28, 28], /4294967295 rows, expected 1/],
    ['cut short', labels.subarray(0, 10), [], /has 10 bytes.*\[3\], which takes 11.*cut short/],
    ['too long', Buffer.concat([labels, Buffer.alloc(5)]), [], /has 16 bytes.*takes 11/],
    ['gzip cut short', gzipSync(labels).subarray(0, -6), [], /cannot be unpacked/],
    ['no gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8]), [], /cannot be unpacked/],
    ['gzip of less', gzipSync(labels.subarray(0, 9)), [], /unpacks to 9 bytes/],
  ])('refuses a file that is %s', (_, bytes, row, message) => {
    const path = file(bytes);
    expect(() => readIdx(path, row)).toThrow(message);
    expect(() => readIdx(path, row)).toThrow(BadFileError);
  });

  it('does not unpack a gzip bomb', () => {
    // 200 MB of nothing in 200 kB, said to be three labels.
    const bomb = file(gzipSync(Buffer.concat([labels, Buffer.alloc(2e8)]), { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readIdx(bomb, [])).toThrow(/unpacks to more than the 11 bytes|has \d+ packed/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
    // One that says what it is: the header alone is unpacked.
    const honest = file(gzipSync(Buffer.concat([header(0x801, 3e6), Buffer.alloc(3e6)])));
    expect(() => readIdx(honest, [])).toThrow(/3000000 rows, expected 1 to 2000000/);
    // Small, and yet more than it says.
    const small = file(gzipSync(Buffer.concat([labels, Buffer.alloc(500)])));
    expect(() => readIdx(small, [])).toThrow(/unpacks to more than the 11 bytes/);
  });
});

describe('readDigitFiles', () => {
  it('finds plain and gzipped files, with a hyphen or a dot', () => {
    writeDigits(dir, { train: [3, 5], test: [7] });
    expect([...readDigitFiles('test', dir).train.labels]).toEqual([3, 5]);
    writeDigits(dir, { train: [4, 4], test: [1] }, { mark: '.', gzip: true });
    // Plain ones with a hyphen come first.
    expect([...readDigitFiles('test', dir).train.labels]).toEqual([3, 5]);
    rmSync(join(dir, 'train-labels-idx1-ubyte'));
    expect([...readDigitFiles('test', dir).train.labels]).toEqual([4, 4]);
  });

  it('says what is missing or does not fit', () => {
    expect(() => readDigitFiles('mnist', dir)).toThrow(
      /no file train-images-idx3-ubyte \(or .gz\)/,
    );
    writeDigits(dir, { train: [3, 5], test: [7] });
    writeFileSync(
      join(dir, 't10k-labels-idx1-ubyte'),
      Buffer.concat([header(0x801, 2), Buffer.from([1, 2])]),
    );
    expect(() => readDigitFiles('mnist', dir)).toThrow(/has 2 labels for the 1 pictures of/);
    writeFileSync(
      join(dir, 't10k-labels-idx1-ubyte'),
      Buffer.concat([header(0x801, 1), Buffer.from([10])]),
    );
    expect(() => readDigitFiles('mnist', dir)).toThrow(/row 1: has the label 10, expected a digit/);
  });
});

describe('mnist', () => {
  it('is the package’s pictures', () => {
    const data = mnist({ train: 40, test: 8, size: 32 });
    expect([data.size('train'), data.size('validation'), data.size('test')]).toEqual([40, 0, 8]);
    expect(data.concepts[0]).toMatchObject({ name: 'digit', kind: 'categorical', range: [0, 9] });
    // The first five training labels, as everybody has them.
    expect(data.labels('train').slice(0, 5).flat()).toEqual([5, 0, 4, 1, 9]);
    const { images, labels } = data.batch('test', [0, 7]);
    expect(images.shape).toEqual([2, 32, 32, 1]);
    expect([...labels.dataSync()]).toEqual([7, 9]);
    expect(images.max().dataSync()[0]).toBeGreaterThan(0.98);
    expect(images.slice([0, 0, 0, 0], [2, 2, 32, 1]).max().dataSync()[0]).toBe(0);
    images.dispose();
    labels.dispose();
    expect(() => data.batch('test', [8])).toThrow(/no row 8 in 'test', which has 8 rows/);
  });

  it('refuses wrong options', () => {
    expect(() => mnist({ trian: 3 } as object)).toThrow(
      /unknown option `trian`; did you mean `train`/,
    );
    expect(() => mnist({ size: 20 })).toThrow(/`size` must be an integer ≥ 28/);
    expect(() => mnist({ digits: [3, 3] })).toThrow(/different digits from 0 to 9, got \[3,3\]/);
    expect(() => mnist({ train: 60_001 })).toThrow(/more than the 60000 images/);
  });
});
