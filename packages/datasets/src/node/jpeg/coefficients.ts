import type { Component, Frame } from './frame';
import { findCode } from './huffman';
import { flatBlock, inverseCosine, smoothBlock } from './idct';

/** One component as numbers 0 … 255, not rounded, row by row. */
export interface Plane {
  readonly pixels: Float32Array;
  /** Columns with those that fill up the last blocks. */
  readonly stride: number;
  /** Columns that belong to the picture. */
  readonly width: number;
}

/** Place in the block, row by row, of the coefficients in the order of the file. */
const ZIGZAG = Uint8Array.of(
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
  13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52,
  45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
); // prettier-ignore

/** The first in that order that has a frequency of 4. */
const FIRST_WITH_4 = 10;

/** Bits of a scan, one after another. */
export class BitSource {
  #bytes = new Uint8Array(0);
  #end = 0;
  #at = 0;

  /**
   * Takes the scan that goes from `start` to the end mark, which must end the file.
   * @returns false if another mark is within.
   */
  open(file: Uint8Array, start: number): boolean {
    const last = file.length - 2;
    if (last < start || file[last] !== 0xff || file[last + 1] !== 0xd9) return false;
    // Three bytes more, so that looking ahead needs no check.
    if (this.#bytes.length < last - start + 3) this.#bytes = new Uint8Array(last - start + 3);
    const bytes = this.#bytes;
    let n = 0;
    for (let i = start; i < last; i++) {
      const byte = file[i]!;
      bytes[n++] = byte;
      if (byte === 0xff && (++i === last || file[i] !== 0)) return false;
    }
    bytes.fill(0xff, n, n + 3);
    this.#end = n * 8;
    this.#at = 0;
    return true;
  }

  /** Whether no bit too many was read, and none is left but those that fill up the last byte. */
  isUsedUp(): boolean {
    return this.#at <= this.#end && this.#end - this.#at < 8;
  }

  /**
   * Reads the coefficients of one block into `block`, which must hold zeros.
   * @param before The first coefficient, in steps, of the component's block before.
   * @returns The first coefficient, in steps, · 64 + place of the last that is not 0; NaN where
   * the bits mean nothing.
   */
  readBlock(block: Float64Array, { dc, ac, steps }: Component, before: number): number {
    const bytes = this.#bytes;
    let at = this.#at;
    if (at > this.#end) return NaN;
    let found = findCode(dc, peek(bytes, at));
    let size = found & 255;
    if (found === 0 || size > 11) return NaN;
    at += found >> 8;
    const first = before + extend(peek(bytes, at), size);
    if (first < -2048 || first > 2047) return NaN;
    at += size;
    block[0] = first * steps[0]!;
    let last = 0;
    for (let k = 1; k < 64; k++) {
      const next16 = peek(bytes, at);
      found = findCode(ac, next16);
      size = found & 15;
      const run = (found >> 4) & 15;
      const length = found >> 8;
      at += length;
      if (size === 0) {
        if (found === 0) return NaN;
        if (run === 0) break;
        if (run !== 15 || (k += 15) > 63) return NaN;
        continue;
      }
      k += run;
      if (k > 63 || size > 10) return NaN;
      const rest = length + size <= 16 ? (next16 << length) & 0xffff : peek(bytes, at);
      block[ZIGZAG[k]!] = extend(rest, size) * steps[k]!;
      at += size;
      last = k;
    }
    this.#at = at;
    return first * 64 + last;
  }
}

/** The 16 bits from bit number `at` on. */
function peek(bytes: Uint8Array, at: number): number {
  const i = at >> 3;
  const three = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
  return (three >> (8 - (at & 7))) & 0xffff;
}

/** The number that the first `size` of 16 bits stand for (T.81, F.2.2.1). */
function extend(next16: number, size: number): number {
  const bits = next16 >> (16 - size);
  return bits >> (size - 1) === 1 || size === 0 ? bits : bits - (1 << size) + 1;
}

/**
 * The components of a picture.
 * @param rows [first, end) of the picture's rows that are wanted; others are read but not made.
 * @param room Where their pixels go.
 * @returns undefined if the file's coefficients are not all in order, to the last bit.
 */
export function readPlanes(
  file: Uint8Array,
  { width, height, components, scan }: Frame,
  rows: readonly [number, number],
  source: BitSource,
  room: readonly Float32Array[],
): Plane[] | undefined {
  if (!source.open(file, scan)) return undefined;
  const unit = 8 * components[0]!.across;
  const unitsAcross = Math.ceil(width / unit);
  const unitsDown = Math.ceil(height / unit);
  const planes = components.map(({ across }, c) => {
    return {
      pixels: room[c]!,
      stride: unitsAcross * across * 8,
      width: Math.ceil((width * across) / components[0]!.across),
    };
  });
  const before = components.map(() => 0);
  const block = new Float64Array(64);
  for (let v = 0; v < unitsDown; v++) {
    // A row of blocks beyond, since colour differences are mixed with their neighbours.
    const wanted = (v + 1) * unit + 2 > rows[0] && v * unit - 2 < rows[1];
    for (let u = 0; u < unitsAcross; u++) {
      for (let c = 0; c < components.length; c++) {
        const component = components[c]!;
        const { pixels, stride } = planes[c]!;
        const { across } = component;
        for (let k = 0; k < across * across; k++) {
          const read = source.readBlock(block, component, before[c]!);
          if (Number.isNaN(read)) return undefined;
          before[c] = read >> 6;
          const row = (v * across + (k >= across ? 1 : 0)) * 8;
          const start = row * stride + (u * across + (k % across)) * 8;
          const last = read & 63;
          if (wanted) {
            if (last === 0) flatBlock(block[0]!, pixels, start, stride);
            else if (last < FIRST_WITH_4) smoothBlock(block, pixels, start, stride);
            else inverseCosine(block, pixels, start, stride);
          }
          if (last === 0) block[0] = 0;
          else block.fill(0);
        }
      }
    }
  }
  return source.isUsedUp() ? planes : undefined;
}
