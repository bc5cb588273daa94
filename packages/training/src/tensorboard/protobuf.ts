// The wire format of protocol buffers, as far as TensorBoard's events need it.

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128); // not `& 127`: a step may be larger than 2³¹
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

const key = (field: number, wireType: number): number[] => varint(field * 8 + wireType);

/** A field of type int64 (value ≥ 0) or enum. */
export const intField = (field: number, value: number): Uint8Array =>
  Uint8Array.from([...key(field, 0), ...varint(value)]);

export function doubleField(field: number, value: number): Uint8Array {
  return join([Uint8Array.from(key(field, 1)), new Uint8Array(Float64Array.of(value).buffer)]);
}

export function floatField(field: number, value: number): Uint8Array {
  return join([Uint8Array.from(key(field, 5)), new Uint8Array(Float32Array.of(value).buffer)]);
}

/** A field of type bytes, string, or a message already encoded. */
export function bytesField(field: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return join([Uint8Array.from([...key(field, 2), ...varint(bytes.length)]), bytes]);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
