import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { HostTensor } from './host-tensor';
import { readSafetensors, SafetensorsError } from './read';
import { writeSafetensors } from './write';

useEngine();

const anyTensor: fc.Arbitrary<HostTensor> = fc
  .tuple(
    fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
    fc.array(fc.nat(3), { maxLength: 3 }),
    fc.infiniteStream(fc.double({ noDefaultInfinity: false })),
  )
  .map(([dtype, shape, numbers]) => {
    const size = shape.reduce((n, side) => n * side, 1);
    const list = [...numbers.take(size)];
    if (dtype === 'float32') return { dtype, shape, data: Float32Array.from(list) };
    if (dtype === 'int32') return { dtype, shape, data: Int32Array.from(list) };
    return { dtype, shape, data: Uint8Array.from(list, (x) => Number(x > 0)) };
  });
const anyName = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
const anyFile = fc.tuple(
  fc.dictionary(anyName, anyTensor, { maxKeys: 5 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
);

/** A file from a header written by hand. */
function file(header: unknown, valueBytes: number, headerLength?: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + json.length + valueBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const f32 = (shape: number[], begin: number, end: number): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('writeSafetensors, readSafetensors', () => {
  it('give back every tensor and text, bit for bit', () => {
    fc.assert(
      fc.property(anyFile, ([tensors, metadata]) => {
        const back = readSafetensors(writeSafetensors(tensors, metadata));
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(tensors).sort());
        for (const [name, tensor] of Object.entries(tensors)) {
          const read = back.tensors[name]!;
          expect([read.dtype, read.shape]).toEqual([tensor.dtype, tensor.shape]);
          expect(new Uint8Array(read.data.buffer)).toEqual(new Uint8Array(tensor.data.buffer));
        }
        expect(back.metadata).toEqual(Object.fromEntries(Object.entries(metadata)));
      }),
    );
  });

  it('give the same bytes whatever the order of the keys', () => {
    const a: HostTensor = { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) };
    const b: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(2) };
    const one = writeSafetensors({ a, b }, { x: '1', y: '2' });
    expect(writeSafetensors({ b, a }, { y: '2', x: '1' })).toEqual(one);
  });

  it('follow the published format', () => {
    const bytes = writeSafetensors({
      w: { dtype: 'float32', shape: [1], data: Float32Array.of(1) },
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('take tfjs tensors, views into larger buffers, and files at odd addresses', () => {
    const tensor = tf.tensor2d([[1, 2.5]]);
    const view = new Float32Array([9, 8, 7, 6]).subarray(1, 3);
    const bytes = writeSafetensors({ tensor, view: { dtype: 'float32', shape: [2], data: view } });
    tensor.dispose();
    const odd = new Uint8Array(bytes.length + 3);
    odd.set(bytes, 3);
    const { tensors } = readSafetensors(odd.subarray(3));
    expect([...tensors['tensor']!.data]).toEqual([1, 2.5]);
    expect(tensors['tensor']!.shape).toEqual([1, 2]);
    expect([...tensors['view']!.data]).toEqual([8, 7]);
  });

  it('copy, also from a Buffer that is part of a pool', () => {
    const a: HostTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(5) };
    const file = Buffer.from(
      writeSafetensors({ a, flag: { ...a, dtype: 'bool', data: Uint8Array.of(1) } }),
    );
    const { tensors } = readSafetensors(file);
    file.fill(0);
    expect(tensors['a']!.data).toEqual(Float32Array.of(5));
    expect(tensors['flag']!.data).toEqual(Uint8Array.of(1));
  });

  it('read a tensor at an unaligned offset, which the format allows', () => {
    const header = { b: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] }, f: f32([1], 1, 5) };
    expect([...readSafetensors(file(header, 5)).tensors['f']!.data]).toEqual([0]);
  });

  it('cannot be made to touch a prototype', () => {
    const bytes = file(`{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4);
    const { tensors } = readSafetensors(bytes);
    expect(Object.getPrototypeOf(tensors)).toBe(Object.prototype);
    expect(Object.keys(tensors)).toEqual(['__proto__']);
  });
});

describe('readSafetensors refuses', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(0), /0 bytes, fewer than the 8/],
    ['a header that is not there', file('{}', 0, 1000), /claims 1000 bytes, but only 2 follow/],
    ['a header of 2^63 bytes', file('{}', 0).fill(0xff, 0, 8), /more than 100000000/],
    [
      'a Git LFS pointer',
      new TextEncoder().encode(
        `version https://git-lfs.example/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`,
      ),
      /is a Git LFS pointer, a text of \d+ bytes .*git lfs pull/,
    ],
    ['an empty header', file('', 0), /does not begin with "\{"/],
    ['a header that is a list', file('[]', 0), /does not begin with "\{"/],
    ['broken JSON', file('{"a":', 0), /not JSON/],
    ['bytes that are no UTF-8', file('{"\0":1}', 0).fill(0xff, 10, 11), /not JSON/],
    ['an entry that is a number', file({ a: 1 }, 0), /tensor "a"/],
    [
      'an entry with more keys',
      file({ a: { ...f32([1], 0, 4), x: 1 } }, 4),
      /tensor "a".*Unrecognized/,
    ],
    ['a negative side', file({ a: f32([-1, -1], 0, 4) }, 4), /tensor "a".*shape/],
    ['a fractional offset', file({ a: f32([1], 0.5, 4.5) }, 8), /tensor "a".*data_offsets/],
    [
      'an unknown type',
      file({ a: { ...f32([1], 0, 2), dtype: 'F16' } }, 2),
      /dtype F16; supported are/,
    ],
    [
      'a type from the prototype',
      file({ a: { ...f32([1], 0, 2), dtype: 'toString' } }, 2),
      /dtype toString/,
    ],
    ['offsets that end before they begin', file({ a: f32([1], 8, 4) }, 8), /span -4/],
    ['offsets that do not fit the shape', file({ a: f32([2], 0, 4) }, 4), /needs 8 bytes/],
    ['a shape beyond all bounds', file({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, 4), /tensor "a"/],
    ['a cut file', file({ a: f32([2], 0, 8) }, 7), /was cut/],
    ['a longer file', file({ a: f32([1], 0, 4) }, 5), /1 bytes after the last tensor/],
    [
      'a hole',
      file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12),
      /bytes 4 to 8 before tensor "b"/,
    ],
    [
      'an overlap',
      file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
      /"a" and "b" overlap at byte 4/,
    ],
    [
      'a name given twice',
      file(`{"a":${JSON.stringify(f32([1], 0, 4))},"a":${JSON.stringify(f32([1], 4, 8))}}`, 8),
      /bytes 0 to 4/,
    ],
    [
      'a bool that is 2',
      file({ a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] } }, 1).fill(2, -1),
      /other than 0 and 1/,
    ],
    ['metadata that is no table of texts', file({ __metadata__: { a: 1 } }, 0), /__metadata__/],
  ])('%s', (_, bytes, reason) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(reason);
  });

  it('every cut of a file, and never fails otherwise on random bytes', () => {
    const whole = writeSafetensors({
      w: { dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 3) },
    });
    for (let n = 0; n < whole.length; n++) {
      expect(() => readSafetensors(whole.subarray(0, n))).toThrow(SafetensorsError);
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const broken = whole.slice();
        broken[at] = byte;
        try {
          readSafetensors(broken);
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
    );
  });
});

describe('writeSafetensors refuses', () => {
  const one = Float32Array.of(1);
  it.each<[string, Record<string, HostTensor>, Record<string, string>, RegExp]>([
    [
      'a wrong shape',
      { a: { dtype: 'float32', shape: [2], data: one } },
      {},
      /"a".*asks for 2 values, got 1/,
    ],
    [
      'a wrong array',
      { a: { dtype: 'int32', shape: [1], data: one } },
      {},
      /must be a Int32Array, got Float32Array/,
    ],
    [
      'a wrong type',
      { a: { dtype: 'complex64' as 'bool', shape: [1], data: one } },
      {},
      /complex64/,
    ],
    [
      'the reserved name',
      { __metadata__: { dtype: 'float32', shape: [1], data: one } },
      {},
      /keeps that name/,
    ],
    ['metadata that is no text', {}, { a: 1 as unknown as string }, /must be a text/],
  ])('%s', (_, tensors, metadata, reason) => {
    expect(() => writeSafetensors(tensors, metadata)).toThrow(reason);
  });
});
