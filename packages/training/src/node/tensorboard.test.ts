import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useEngine } from '@causal/testing';
import { PNG } from 'pngjs';
import { fit as train } from '../fit';
import { imageEvent, scalarsEvent } from '../tensorboard/event';
import { tfRecord } from '../tensorboard/record';
import { toyData, toyModel } from '../test-support/toy';
import { tensorBoard } from './tensorboard';

useEngine();

/** CRC-32C bit by bit: the plain reference. */
function slowCrc(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0x82f63b78 : c >>> 1;
  }
  c = ~c >>> 0;
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
}

/** The records of a TFRecord file, each checksum checked. */
function records(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const length = Number(view.getBigUint64(0, true));
    expect(view.getUint32(8, true)).toBe(slowCrc(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(12 + length, true)).toBe(slowCrc(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

/** Any protobuf message → field number → values (nested messages stay bytes). */
function fields(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const message = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    let value: number | Uint8Array;
    if (tag % 8 === 0) value = varint();
    else if (tag % 8 === 1) [value, at] = [view.getFloat64(0, true), at + 8];
    else if (tag % 8 === 5) [value, at] = [view.getFloat32(0, true), at + 4];
    else {
      const length = varint();
      value = bytes.subarray(at, at + length);
      at += length;
    }
    const field = Math.floor(tag / 8);
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

const sub = (
  message: Map<number, (number | Uint8Array)[]>,
  field: number,
): ReturnType<typeof fields> => fields(message.get(field)![0] as Uint8Array);
const text = (value: unknown): string => new TextDecoder().decode(value as Uint8Array);

function scalars(event: ReturnType<typeof fields>): Record<string, number> {
  const values = sub(event, 5)
    .get(1)!
    .map((value) => fields(value as Uint8Array));
  return Object.fromEntries(values.map((v) => [text(v.get(1)![0]), v.get(2)![0] as number]));
}

describe('events', () => {
  it('match bytes written by hand from the wire format', () => {
    expect([...scalarsEvent(1, 300, { a: 2 })]).toEqual([
      ...[0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], // wall_time = 1.0
      ...[0x10, 0xac, 0x02], // step = 300
      ...[0x2a, 10, 0x0a, 8, 0x0a, 1, 0x61, 0x15, 0, 0, 0, 0x40], // summary { value { "a", 2f } }
    ]);
  });

  it('hold steps beyond 32 bits', () => {
    expect(fields(scalarsEvent(0, 2 ** 40 + 5, {})).get(2)).toEqual([2 ** 40 + 5]);
  });

  it('hold pictures with their size', () => {
    const png = PNG.sync.write(new PNG({ width: 5, height: 3 }));
    const [data] = records(tfRecord(imageEvent(7, 2, 'pictures/do', png)));
    const value = sub(sub(fields(data!), 5), 1);
    expect(text(value.get(1)![0])).toBe('pictures/do');
    const image = sub(value, 4);
    expect([image.get(1), image.get(2), image.get(3)]).toEqual([[3], [5], [4]]);
    expect(image.get(4)![0]).toEqual(new Uint8Array(png));
    expect(() => imageEvent(0, 0, 'x', Uint8Array.of(1, 2))).toThrow(/"x": expected .* PNG/);
  });
});

describe('tensorBoard', () => {
  it('writes what the run logs', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causal-tensorboard-'));
    const model = toyModel();
    const png = PNG.sync.write(new PNG({ width: 1, height: 1 }));
    const { history } = await train(model, toyData(), {
      steps: 6,
      batchSize: 16,
      logEvery: 2,
      validateEvery: 6,
      learningRate: { default: 1, head: 0.5 },
      callbacks: [tensorBoard(folder, { images: () => ({ do: png }), imagesEvery: 4 })],
    });
    model.dispose();
    const [name] = await readdir(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.\d{16}\.causal$/);
    const events = records(await readFile(join(folder, name!))).map(fields);
    expect(text(events[0]!.get(3)![0])).toBe('brain.Event:2');
    expect(events.map((event) => event.get(2)![0])).toEqual([0, 2, 4, 4, 6, 6]);
    const last = scalars(events[4]!);
    expect(last['train/mse']).toBeCloseTo(history[2]!.terms['mse']!, 6);
    expect(last['validation/mse']).toBeCloseTo(history[2]!.validation!['mse']!, 6);
    expect(last).toMatchObject({ 'learningRate/default': 1, 'learningRate/head': 0.5 });
    expect(last['stepsPerSecond']).toBeGreaterThan(0);
    await rm(folder, { recursive: true });
  });
});
