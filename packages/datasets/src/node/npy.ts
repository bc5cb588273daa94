import { BadFileError } from './bad-file';

/** A NumPy array: its numbers in C order. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | Uint8Array;
}

interface ElementType {
  readonly bytes: number;
  read(view: DataView, at: number, little: boolean): number;
}

const TYPES: Readonly<Record<string, ElementType>> = {
  b1: { bytes: 1, read: (v, at) => v.getUint8(at) },
  u1: { bytes: 1, read: (v, at) => v.getUint8(at) },
  i1: { bytes: 1, read: (v, at) => v.getInt8(at) },
  u2: { bytes: 2, read: (v, at, little) => v.getUint16(at, little) },
  i2: { bytes: 2, read: (v, at, little) => v.getInt16(at, little) },
  u4: { bytes: 4, read: (v, at, little) => v.getUint32(at, little) },
  i4: { bytes: 4, read: (v, at, little) => v.getInt32(at, little) },
  u8: { bytes: 8, read: (v, at, little) => Number(v.getBigUint64(at, little)) },
  i8: { bytes: 8, read: (v, at, little) => Number(v.getBigInt64(at, little)) },
  f2: { bytes: 2, read: (v, at, little) => half(v.getUint16(at, little)) },
  f4: { bytes: 4, read: (v, at, little) => v.getFloat32(at, little) },
  f8: { bytes: 8, read: (v, at, little) => v.getFloat64(at, little) },
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const HEADER =
  /^\{\s*'descr':\s*'([<>|=])([a-z]\d+)',\s*'fortran_order':\s*(True|False),\s*'shape':\s*\(([\d,\s]*)\),?\s*\}\s*$/;

/**
 * Reads an .npy file (versions 1 to 3): numbers and booleans, never objects.
 * @param file Name for messages.
 * @throws BadFileError if it is cut short, too long, or of a type that is not numbers.
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  if (bytes.length < 12 || MAGIC.some((b, i) => bytes[i] !== b)) {
    throw new BadFileError(file, undefined, 'is not an .npy file.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const headerLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = new TextDecoder('latin1').decode(bytes.subarray(start, start + headerLength));
  const match = HEADER.exec(header);
  const type = match && Object.hasOwn(TYPES, match[2]!) ? TYPES[match[2]!] : undefined;
  if (!match || !type) {
    throw new BadFileError(
      file,
      undefined,
      `holds no plain array of numbers (header ${JSON.stringify(header.slice(0, 80))}).`,
    );
  }
  const shape = match[4]!.split(',').flatMap((s) => (s.trim() === '' ? [] : [Number(s)]));
  const count = shape.reduce((a, b) => a * b, 1);
  const offset = start + headerLength;
  if (offset + count * type.bytes !== bytes.length) {
    throw new BadFileError(
      file,
      undefined,
      `has ${bytes.length - offset} bytes of data, expected ${count * type.bytes} for shape [${shape.join(', ')}].`,
    );
  }
  const little = match[1] !== '>';
  const data = allocate(match[2]!, count);
  const strides = match[3] === 'True' ? fortranStrides(shape) : undefined;
  for (let i = 0; i < count; i++) {
    const from = strides ? fortranIndex(i, shape, strides) : i;
    data[i] = type.read(view, offset + from * type.bytes, little);
  }
  return { shape, data };
}

/** A number of IEEE 754 binary16 from its bits. */
function half(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function allocate(code: string, count: number): Float64Array | Float32Array | Uint8Array {
  if (code === 'u1' || code === 'b1') return new Uint8Array(count);
  return code === 'f4' ? new Float32Array(count) : new Float64Array(count);
}

function fortranStrides(shape: readonly number[]): number[] {
  let step = 1;
  return shape.map((n) => {
    const stride = step;
    step *= n;
    return stride;
  });
}

/** Where element i in C order lies in Fortran order. */
function fortranIndex(i: number, shape: readonly number[], strides: readonly number[]): number {
  let from = 0;
  let rest = i;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    from += (rest % shape[axis]!) * strides[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return from;
}
