/** 0 … 255 as float32 in [0, 1]. */
const UNIT = Float32Array.from({ length: 256 }, (_, i) => i / 255);

/** Bytes as numbers in [0, 1], written at `offset` of `out`. */
export function toUnit(bytes: Uint8Array, out: Float32Array, offset: number): void {
  const unit = UNIT;
  for (let i = 0; i < bytes.length; i++) out[offset + i] = unit[bytes[i]!]!;
}
