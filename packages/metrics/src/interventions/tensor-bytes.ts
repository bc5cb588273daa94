import type * as tf from '@tensorflow/tfjs';

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/**
 * Float32 tensors as safetensors bytes: an 8-byte little-endian header length, a JSON header, and the
 * numbers.
 */
export async function packTensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Float32Array[] = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(tensors)) {
    const values = (await tensor.data()) as Float32Array;
    header[name] = {
      dtype: 'F32',
      shape: tensor.shape,
      data_offsets: [offset, (offset += values.byteLength)],
    } satisfies Entry;
    parts.push(values);
  }
  let text = JSON.stringify(header);
  text += ' '.repeat(-new TextEncoder().encode(text).length & 7); // numbers start on 8 bytes
  const head = new TextEncoder().encode(text);
  const bytes = new Uint8Array(8 + head.length + offset);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const values of parts) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/**
 * Reads what {@link packTensors} wrote (any safetensors file of float32 tensors).
 * @throws TypeError if the bytes are cut off or not in that format.
 */
export function unpackTensors(bytes: Uint8Array): {
  readonly tensors: Readonly<Record<string, HostTensor>>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? Infinity : Number(view.getBigUint64(0, true));
  if (8 + length > bytes.length) {
    throw new TypeError('Expected safetensors bytes; these are cut off or something else.');
  }
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    unknown
  >;
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors: Record<string, HostTensor> = {};
  for (const [name, entry] of Object.entries(entries as Record<string, Entry>)) {
    const [from, to] = entry.data_offsets;
    const size = entry.shape.reduce((a, b) => a * b, 1);
    const start = 8 + length + from;
    if (entry.dtype !== 'F32' || to - from !== 4 * size || start + 4 * size > bytes.length) {
      throw new TypeError(`Tensor ${name}: expected ${size} float32 numbers, got other bytes.`);
    }
    const values = new Float32Array(size);
    for (let i = 0; i < size; i++) values[i] = view.getFloat32(start + 4 * i, true);
    tensors[name] = { shape: entry.shape, values };
  }
  return { tensors, metadata: metadata as Record<string, string> };
}
