/** The little of protobuf's wire format that ONNX models of a few nodes need. */
type Bytes = number[];

function varint(value: number): Bytes {
  // Negative numbers are 64-bit two's complement: ten bytes.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: Bytes = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return bytes;
}

/** A field holding a whole number. */
export const integer = (field: number, value: number): Bytes => [
  ...varint(field * 8),
  ...varint(value),
];

/** A field holding a message or packed bytes. */
export const message = (field: number, ...parts: Bytes[]): Bytes => {
  const body = parts.flat();
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
};

/** A field holding text. */
export const text = (field: number, value: string): Bytes =>
  message(field, [...new TextEncoder().encode(value)]);
