import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { zipSync } from 'fflate';
import { BadFileError } from './bad-file';
import { parseNpy } from './npy';
import { npz } from './npz';

useEngine();

/** As numpy.save writes it. */
function npy(
  descr: string,
  shape: readonly number[],
  bytes: Uint8Array,
  fortran = false,
): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  let header = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`;
  header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const out = new Uint8Array(10 + header.length + bytes.length);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  out.set(new TextEncoder().encode(header), 10);
  out.set(bytes, 10 + header.length);
  return out;
}

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

describe('parseNpy', () => {
  it.each([
    ['<f8', Float64Array.of(1.5, -2, 1e300, 4, 5, 6)],
    ['<f4', Float32Array.of(1.5, -2, 3, 4, 5, 6)],
    ['|u1', Uint8Array.of(1, 255, 3, 4, 5, 6)],
    ['|b1', Uint8Array.of(1, 0, 1, 1, 0, 0)],
    ['<i2', Int16Array.of(-1, 300, 3, 4, 5, 6)],
    ['<i4', Int32Array.of(-1, 70000, 3, 4, 5, 6)],
  ])('reads %s', (descr, values) => {
    const { shape, data } = parseNpy(npy(descr, [2, 3], bytesOf(values)), 'x.npy');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([...values]);
  });

  it('reads half precision', () => {
    const bits = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7bff, 0x7c00, 0xfe00);
    expect([...parseNpy(npy('<f2', [8], bytesOf(bits)), 'x').data]).toEqual([
      1,
      -2,
      0.333251953125,
      2 ** -24,
      -0,
      65504,
      Infinity,
      NaN,
    ]);
  });

  it('reads 64-bit integers, big-endian numbers and Fortran order', () => {
    const long = BigInt64Array.of(-7n, 2n ** 40n);
    expect([...parseNpy(npy('<i8', [2], bytesOf(long)), 'x').data]).toEqual([-7, 2 ** 40]);
    const big = new DataView(new ArrayBuffer(8));
    big.setFloat32(0, 2.5);
    big.setFloat32(4, -1);
    expect([...parseNpy(npy('>f4', [2], bytesOf(big)), 'x').data]).toEqual([2.5, -1]);
    const columns = Uint8Array.of(1, 4, 2, 5, 3, 6);
    expect([...parseNpy(npy('|u1', [2, 3], columns, true), 'x').data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('never does anything but throw a BadFileError on damaged bytes', () => {
    const whole = npy('<f4', [3, 4], new Uint8Array(48));
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        (at, value, length) => {
          const damaged = whole.slice(0, length);
          if (at < length) damaged[at] = value;
          try {
            parseNpy(damaged, 'x.npy');
          } catch (error) {
            expect(error).toBeInstanceOf(BadFileError);
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(() => parseNpy(npy('|O', [1], new Uint8Array(8)), 'x.npy')).toThrow(
      'holds Python objects',
    );
  });
});

/** An array whose header is written by hand. */
function npyOf(header: string, bytes: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const length = new Uint8Array(Uint32Array.of(text.length).buffer, 0, version > 1 ? 4 : 2);
  return Uint8Array.of(
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    version,
    0,
    ...length,
    ...text,
    ...bytes,
  );
}

describe('headers of .npy', () => {
  const bytes = bytesOf(Float32Array.of(1, 2, 3, 4, 5, 6));

  it.each([
    ["{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}", 1],
    ['{"descr": "<f4", "fortran_order": False, "shape": (2, 3), }', 1],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }", 1],
    ["{  'fortran_order' :False,'descr':'<f4' , 'shape':( 2,3 , ) }      ", 2],
    ["{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }", 3],
    ["{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3), }", 1],
  ])('%s is read', (header, version) => {
    const { shape, data } = parseNpy(npyOf(header, bytes, version), 'x.npy');
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  const of = (descr: string): string =>
    `{'descr': ${descr}, 'fortran_order': False, 'shape': (6,), }`;
  it.each([
    [of("'<c8'"), 'holds complex numbers'],
    [of("'<U3'"), 'holds text'],
    [of("'<M8[ns]'"), 'holds dates'],
    [of("'|V2'"), 'holds raw bytes'],
    [of("'<f16'"), 'holds numbers of a type that is not read'],
    [of("[('a', '<f4'), ('b', '<f4')]"), 'holds records with named fields'],
    ["{'descr': '<f4', 'fortran_order': False, }", "has a header without a readable 'shape'"],
    [
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}",
      "has a header without a readable 'fortran_order'",
    ],
    [of("'<f4'").replace('6', '7'), 'has 24 bytes of data, expected 28 for shape [7]'],
  ])('%s is refused for what it is', (header, message) => {
    expect(() => parseNpy(npyOf(header, bytes), 'x.npy')).toThrow(BadFileError);
    expect(() => parseNpy(npyOf(header, bytes), 'x.npy')).toThrow(`x.npy: ${message}`);
  });

  it('what is no array at all is told apart', () => {
    const text = (words: string): Uint8Array => new TextEncoder().encode(words);
    expect(() => parseNpy(npyOf(of("'<f4'"), bytes, 4), 'x')).toThrow('is of version 4 of .npy');
    expect(() => parseNpy(npyOf(of("'<f4'"), bytes).subarray(0, 30), 'x')).toThrow('cut short');
    expect(() => parseNpy(text('version https://git-lfs.example/spec/v1\n'), 'x')).toThrow(
      'is a pointer of Git LFS',
    );
    expect(() => parseNpy(text('PK\u0003\u0004'), 'x')).toThrow('is an archive');
    expect(() => parseNpy(text(''), 'x')).toThrow('is empty');
  });
});

describe('npz', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'npz-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const write = (arrays: Record<string, Uint8Array>): string => {
    const path = join(dir, 'data.npz');
    const entries = Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]);
    writeFileSync(path, zipSync(Object.fromEntries(entries)));
    return path;
  };
  const pictures = Uint8Array.from({ length: 10 * 2 * 2 * 3 }, (_, i) => (i * 7) % 256);
  const images = npy('|u1', [10, 2, 2, 3], pictures);
  const labels = npy(
    '<f8',
    [10, 2],
    bytesOf(Float64Array.from({ length: 20 }, (_, i) => (i % 2 ? i : (i % 4) / 2))),
  );

  it('reads pictures with their labels', () => {
    const data = npz(write({ images, labels }), { concepts: ['a', 'b'] });
    expect(data.imageShape).toEqual([2, 2, 3]);
    expect([data.size('train'), data.size('test')]).toEqual([8, 2]);
    expect(data.concepts.map((c) => c.kind)).toEqual(['binary', 'continuous']);
    const { images: x, labels: y } = data.batch('train', [3]);
    const row = (y.dataSync()[1]! - 1) / 2;
    expect(Array.from(x.dataSync(), (v) => Math.round(v * 255))).toEqual([
      ...pictures.slice(row * 12, row * 12 + 12),
    ]);
    tf.dispose([x, y]);
  });

  it('withholds labels and weighs rows when asked', () => {
    const data = npz(write({ images, labels }), { labelled: 0.5, weights: ([a]) => a! + 1 });
    const exact = npz(write({ images, labels }));
    const {
      images: x,
      labels: y,
      labelled,
      weights,
    } = data.batch('train', [2, 5, 0, 1, 3, 4, 6, 7]);
    const mask = Array.from(labelled!.dataSync());
    expect(mask.reduce((a, b) => a + b)).toBe(4);
    const rows = y.arraySync();
    [2, 5, 0, 1, 3, 4, 6, 7].forEach((row, k) => {
      const told = exact.labels('train')[row]!;
      expect(rows[k]).toEqual(mask[k] === 1 ? told : [NaN, NaN]);
      expect(weights!.dataSync()[k]).toBe(told[0]! + 1);
    });
    tf.dispose([x, y, labelled!, weights!]);
  });

  it('reads what NumPy wrote (2.x: compressed, Fortran order, big-endian, an object beside)', () => {
    const data = npz(join(__dirname, '../../fixtures/numpy.npz'), { train: 4, test: 0 });
    expect(data.imageShape).toEqual([2, 3, 3]);
    for (let row = 0; row < 4; row++) {
      const { images: x, labels: y } = data.batch('train', [row]);
      const [first, second] = y.dataSync();
      expect(second).toBe(first! + 1);
      const expected = Array.from({ length: 18 }, (_, i) => ((first! * 9 + i) * 5) % 256);
      expect(Array.from(x.dataSync(), (v) => Math.round(v * 255))).toEqual(expected);
      tf.dispose([x, y]);
    }
  });

  it('reads .npy files and pictures without channels', () => {
    const paths = { images: join(dir, 'x.npy'), labels: join(dir, 'y.npy') };
    const grey = Float32Array.from({ length: 12 }, (_, i) => i / 12);
    writeFileSync(paths.images, npy('<f4', [3, 2, 2], bytesOf(grey)));
    writeFileSync(paths.labels, npy('<f4', [3], bytesOf(Float32Array.of(1, 2, 3))));
    const data = npz(paths, { train: 3, test: 0 });
    expect(data.imageShape).toEqual([2, 2, 1]);
    const { images: x, labels: y } = data.batch('train', [0]);
    const row = y.dataSync()[0]! - 1;
    expect(Array.from(x.dataSync())).toEqual([...grey.slice(row * 4, row * 4 + 4)]);
    tf.dispose([x, y]);
  });

  it.each([
    ['no such array', { imgs: images, labels }, "has no array 'images'; it has imgs, labels"],
    [
      'other lengths',
      { images, labels: npy('<f4', [9, 1], new Uint8Array(36)) },
      'expected [10, d] for 10 pictures',
    ],
    [
      'NaN labels',
      { images, labels: npy('<f4', [10], bytesOf(new Float32Array(10).fill(NaN, 4))) },
      'row 5: column 1 is NaN',
    ],
    [
      'pixels out of range',
      { images: npy('<f4', [10, 1, 1], bytesOf(new Float32Array(10).fill(-3, 9))), labels },
      'row 10: has the pixel value -3',
    ],
    [
      'one axis',
      { images: npy('|u1', [10], new Uint8Array(10)), labels },
      'expected [n, height, width]',
    ],
  ])('refuses a file with %s', (_, arrays, message) => {
    const path = write(arrays as Record<string, Uint8Array>);
    expect(() => npz(path)).toThrow(BadFileError);
    expect(() => npz(path)).toThrow(message);
  });

  it('asks where the channels are, and takes them first where told', () => {
    const first = Uint8Array.from({ length: 2 * 3 * 4 * 5 }, (_, i) => i);
    const path = write({
      images: npy('|u1', [2, 3, 4, 5], first),
      labels: npy('<f4', [2], bytesOf(Float32Array.of(0, 1))),
    });
    const all = { train: 2, test: 0 };
    expect(() => npz(path, all)).toThrow("channels first? Then say { channels: 'first' }");
    const data = npz(path, { ...all, channels: 'first' });
    expect(data.imageShape).toEqual([4, 5, 3]);
    const { images: x, labels: y } = data.batch('train', [0]);
    const row = y.dataSync()[0]!;
    const pixels = x.arraySync()[0]!;
    for (const [h, w, c] of [
      [0, 0, 0],
      [1, 2, 0],
      [3, 4, 2],
      [2, 0, 1],
    ] as const) {
      const byte = first[((row * 3 + c) * 4 + h) * 5 + w]!;
      expect(Math.round(pixels[h]![w]![c]! * 255)).toBe(byte);
    }
    tf.dispose([x, y]);
    expect(npz(path, { ...all, channels: 'last' }).imageShape).toEqual([3, 4, 5]);
    const grey = npy('|u1', [2, 1, 6, 10], first);
    const wide = write({ images: grey, labels: npy('<f4', [2], new Uint8Array(8)) });
    expect(() => npz(wide, all)).toThrow('channels first?');
    const deep = npy('|u1', [2, 5, 2, 6], first);
    const many = write({ images: deep, labels: npy('<f4', [2], new Uint8Array(8)) });
    expect(() => npz(many, all)).toThrow('would be 6 channels: expected');
  });

  it('finds every flipped bit of a stored or packed array by its checksum', () => {
    const values = npy('<f4', [10], bytesOf(Float32Array.from({ length: 10 }, (_, i) => i)));
    const path = join(dir, 'flipped.npz');
    for (const level of [0, 9] as const) {
      const whole = zipSync({ 'images.npy': images, 'labels.npy': values }, { level });
      writeFileSync(path, whole);
      expect(npz(path, { train: 10, test: 0 }).size('train')).toBe(10);
      const name = Buffer.from('labels.npy');
      const from = Buffer.from(whole).indexOf(name) + name.length;
      const to = Buffer.from(whole).indexOf(Buffer.from('PK\u0001\u0002'));
      for (let at = from; at < to; at++) {
        const bad = Uint8Array.from(whole);
        bad[at]! ^= 1 << (at % 8);
        writeFileSync(path, bad);
        // The last bits of a packed array may be padding, which says nothing.
        const read = (): unknown => npz(path, { train: 10, test: 0 }).labels('train');
        const padding = level === 9 && at >= to - 1;
        if (padding) continue;
        expect(read).toThrow(/flipped.npz: cannot be unpacked/);
      }
    }
  });

  it('takes NaN and other numbers for missing labels where told', () => {
    const values = Float32Array.of(0, NaN, 2, 3, -1, 5, 6, 7, 8, 9);
    const path = write({ images, labels: npy('<f4', [10], bytesOf(values)) });
    const all = { train: 10, test: 0 };
    expect(() => npz(path, all)).toThrow('row 2: column 1 is NaN, expected a finite number; if');
    const data = npz(path, { ...all, missing: [NaN, -1] });
    expect(data.concepts[0]!.range).toEqual([0, 9]);
    expect(data.labels('train').flat().filter(Number.isNaN)).toHaveLength(2);
    expect(() => npz(path, { ...all, missing: [...values] })).toThrow('is missing in every row');
  });

  it('refuses values that a kind has not, and arguments that are none', () => {
    const path = write({ images, labels });
    expect(() => npz(path, { concepts: { a: 'binary', b: 'binary' } })).toThrow(
      'b has the value 3, expected 0 and 1',
    );
    const halves = npy('<f4', [10], bytesOf(Float32Array.from({ length: 10 }, (_, i) => i / 2)));
    expect(() =>
      npz(write({ images, labels: halves }), { concepts: { a: 'categorical' } }),
    ).toThrow('a has the value 0.5, expected 0, 1, 2, … (categorical)');
    expect(() => npz(undefined as never)).toThrow('npz: `source` must be an object, got undefined');
    expect(() => npz({ images: path } as never)).toThrow('`labels` must be a text');
    expect(() => npz(path, { channels: 'frist' as 'first' })).toThrow("Did you mean 'first'?");
    expect(() => npz(path, { concepts: ['a', 'a'] })).toThrow('has a name twice');
    const single = join(dir, 'single.npy');
    writeFileSync(single, images);
    expect(() => npz(single)).toThrow('is a single array (.npy)');
  });

  it('refuses bombs, damaged archives and wrong names', () => {
    const path = write({ images, labels });
    expect(() => npz(path, { maxBytes: 100 })).toThrow('more than maxBytes = 100');
    expect(() => npz(path, { concepts: ['a'] })).toThrow('has 2 columns, but 1 concepts are named');
    expect(() => npz(join(dir, 'none.npz'))).toThrow(/npz: there is no file '.*none.npz'/);
    writeFileSync(path, 'not a zip');
    expect(() => npz(path)).toThrow('cannot be unpacked');
    expect(() => npz(path, { image: 'x' } as object)).toThrow('did you mean `images`');
  });
});
