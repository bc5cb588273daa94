import type * as tf from '@tensorflow/tfjs';
import { checkHostTensor, toHostSync, type HostDType, type HostTensor } from './host-tensor';

const NAME_IN_FILE: Record<HostDType, string> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

const isTensor = (value: HostTensor | tf.Tensor): value is tf.Tensor =>
  typeof (value as tf.Tensor).dataSync === 'function';

/**
 * Writes named tensors as the bytes of a safetensors file
 * (https://github.com/huggingface/safetensors#format): eight bytes of header length, a JSON header,
 * the values, little-endian. The same tensors and metadata give the same bytes whatever the order
 * of the keys.
 *
 * @param tensors By name: host tensors `{ dtype, shape, data }` or tfjs tensors (read at once and
 *   left alone), of float32, int32 or bool.
 * @param metadata Texts by name.
 * @throws TypeError, RangeError naming the tensor at fault.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, HostTensor | tf.Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors).map(([name, value]) => {
    if (name === '__metadata__') {
      throw new TypeError('A tensor cannot be named "__metadata__": safetensors keeps that name.');
    }
    const tensor = isTensor(value) ? toHostSync(name, value) : value;
    checkHostTensor(name, tensor);
    return { name, tensor };
  });
  // Wide types first, as the reference writer does: every tensor then starts aligned.
  entries.sort(
    (a, b) =>
      b.tensor.data.BYTES_PER_ELEMENT - a.tensor.data.BYTES_PER_ELEMENT ||
      (a.name < b.name ? -1 : 1),
  );

  const header: [string, unknown][] = [];
  const texts = Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, text] of texts) {
    if (typeof text !== 'string') {
      throw new TypeError(
        `Metadata "${key}" must be a text (safetensors allows no other), got ${typeof text}.`,
      );
    }
  }
  if (texts.length > 0) header.push(['__metadata__', Object.fromEntries(texts)]);
  let offset = 0;
  for (const { name, tensor } of entries) {
    const end = offset + tensor.data.byteLength;
    header.push([
      name,
      { dtype: NAME_IN_FILE[tensor.dtype], shape: tensor.shape, data_offsets: [offset, end] },
    ]);
    offset = end;
  }

  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.fill(0x20, 8, 8 + headerLength);
  bytes.set(json, 8);
  let at = 8 + headerLength;
  for (const { tensor } of entries) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
