import { BadFileError } from './bad-file';
import { refusePointer } from './read-file';

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
/** What types that are no numbers are, by their letter. */
const OTHER_TYPES: ReadonlyMap<string, string> = new Map([
  ['O', 'Python objects, which are never unpickled'],
  ['U', 'text'],
  ['S', 'text'],
  ['a', 'text'],
  ['c', 'complex numbers'],
  ['M', 'dates'],
  ['m', 'durations'],
  ['V', 'raw bytes'],
]);

/** Whether bytes begin as an .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((b, i) => bytes[i] === b);
}

/**
 * Reads an .npy file (versions 1 to 3): numbers and booleans, never objects.
 * @param file Name for messages.
 * @throws BadFileError if it is cut short, too long, or of a type that is not numbers.
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const fail = (problem: string): never => {
    throw new BadFileError(file, undefined, problem);
  };
  refusePointer(bytes, file);
  if (!isNpy(bytes)) {
    const zip = bytes[0] === 0x50 && bytes[1] === 0x4b;
    fail(
      bytes.length === 0
        ? 'is empty (0 bytes).'
        : zip
          ? 'is an archive, not an .npy file: of an .npz give the path alone, npz(path).'
          : 'is not an .npy file.',
    );
  }
  const version = bytes[6]!;
  if (version > 3 || version < 1) fail(`is of version ${version} of .npy, expected 1 to 3.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version >= 2 ? 12 : 10;
  if (bytes.length < start) fail('is cut short within its header.');
  const headerLength = version >= 2 ? view.getUint32(8, true) : view.getUint16(8, true);
  const offset = start + headerLength;
  if (bytes.length < offset) fail('is cut short within its header.');
  const header = new TextDecoder().decode(bytes.subarray(start, offset));
  const { little, code, fortran, shape } = parseHeader(header, fail);
  const type = TYPES[code]!;
  const count = shape.reduce((a, b) => a * b, 1);
  if (offset + count * type.bytes !== bytes.length) {
    fail(
      `has ${bytes.length - offset} bytes of data, expected ${count * type.bytes} for shape [${shape.join(', ')}].`,
    );
  }
  const data = allocate(code, count);
  if (data instanceof Uint8Array && !fortran) {
    data.set(bytes.subarray(offset));
    return { shape, data };
  }
  const strides = fortran ? fortranStrides(shape) : undefined;
  for (let i = 0; i < count; i++) {
    const from = strides ? fortranIndex(i, shape, strides) : i;
    data[i] = type.read(view, offset + from * type.bytes, little);
  }
  return { shape, data };
}

interface Header {
  readonly little: boolean;
  /** Kind and bytes of a number, a key of {@link TYPES}. */
  readonly code: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/** A Python dictionary of three keys, in any order and with either quotes, as NumPy reads it. */
function parseHeader(header: string, fail: (problem: string) => never): Header {
  const valueOf = (key: string, pattern: string): RegExpExecArray =>
    new RegExp(`(['"])${key}\\1\\s*:\\s*${pattern}`).exec(header) ??
    fail(`has a header without a readable '${key}': ${JSON.stringify(header.slice(0, 80))}.`);
  if (/['"]descr['"]\s*:\s*\[/.test(header)) {
    fail('holds records with named fields, not a plain array of numbers.');
  }
  const descr = valueOf('descr', `(['"])(.*?)\\2`)[3]!;
  const fortran = valueOf('fortran_order', '(True|False)')[2] === 'True';
  // 6L is how Python 2 wrote a long integer.
  const sizes = valueOf('shape', '\\(([\\d\\s,lL]*)\\)')[2]!.split(',');
  const [, order = '', letter = '', size = ''] = /^([<>|=]?)([A-Za-z?])(.*)$/.exec(descr) ?? [];
  const code = letter === '?' ? 'b1' : `${letter}${size}`;
  if (!Object.hasOwn(TYPES, code)) {
    const what = OTHER_TYPES.get(letter) ?? 'numbers of a type that is not read';
    fail(
      `holds ${what} ('${descr}'), expected integers, floats of 2, 4 or 8 bytes or booleans: save it by array.astype('float32').`,
    );
  }
  return {
    little: order !== '>',
    code,
    fortran,
    shape: sizes.flatMap((s) => (s.trim() === '' ? [] : [Number(s.replace(/[lL]\s*$/, ''))])),
  };
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
