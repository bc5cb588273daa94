import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { drawDigit } from '../../morpho-mnist/draw-digit';
import { shapeOf, shapeThickness } from '../../morpho-mnist/shape';
import { crc32 } from '../../picture/crc32';
import type { Plan } from './plan';

const PIXELS = 784;
/** Bytes of one picture: its digit's own thickness (float64), then its grey levels. */
const RECORD = 8 + PIXELS;
/** Count and checksum. */
const HEADER = 8;

/** Pictures that are made, one record after another. */
export class Prepared {
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  static empty(count: number): Prepared {
    return new Prepared(new Uint8Array(count * RECORD));
  }

  get count(): number {
    return this.bytes.length / RECORD;
  }

  /** Measured thickness of MNIST's own digit. */
  thickness(index: number): number {
    return this.#view.getFloat64(index * RECORD, true);
  }

  /** 784 grey levels. */
  picture(index: number): Uint8Array {
    return this.bytes.subarray(index * RECORD + 8, (index + 1) * RECORD);
  }

  set(index: number, thickness: number, picture: Uint8Array): void {
    this.#view.setFloat64(index * RECORD, thickness, true);
    this.bytes.set(picture, index * RECORD + 8);
  }

  /** Puts a part at its place among all. */
  place(part: Prepared, from: number): void {
    this.bytes.set(part.bytes, from * RECORD);
  }
}

/** Makes the plan's pictures from `from` up to `to`. */
export function preparePart(plan: Plan, from: number, to: number): Prepared {
  const part = Prepared.empty(to - from);
  for (let index = from; index < to; index++) {
    const shape = shapeOf(plan.original(index));
    if (!shape) continue;
    const thickness = shapeThickness(shape);
    part.set(index - from, thickness, drawDigit(shape, thickness, plan.pictures[index]!));
  }
  return part;
}

/** Written beside and renamed, so that a file is whole or not there. */
export function writePrepared(file: string, { bytes, count }: Prepared): void {
  const header = new DataView(new ArrayBuffer(HEADER));
  header.setUint32(0, count);
  header.setUint32(4, crc32(bytes));
  const beside = `${file}.${process.pid}.tmp`;
  writeFileSync(beside, Buffer.concat([new Uint8Array(header.buffer), bytes]));
  renameSync(beside, file);
}

/** What a file holds; undefined where there is none, or it is damaged or another's. */
export function readPrepared(file: string, count: number): Prepared | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  if (bytes.length !== HEADER + count * RECORD) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const records = bytes.subarray(HEADER);
  const whole = header.getUint32(0) === count && header.getUint32(4) === crc32(records);
  return whole ? new Prepared(records) : undefined;
}
