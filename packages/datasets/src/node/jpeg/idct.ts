const half = (k: number): number => COSINES[k]! / 2;
/** cos(kπ/16): constants, since Math.cos may differ in its last bit between JavaScript engines. */
const COSINES = [
  1, 0.9807852804032304, 0.9238795325112867, 0.8314696123025452, 0.7071067811865476,
  0.5555702330196022, 0.3826834323650898, 0.19509032201612825,
] as const; // prettier-ignore
const C1 = half(1);
const C2 = half(2);
const C3 = half(3);
const C4 = half(4);
const C5 = half(5);
const C6 = half(6);
const C7 = half(7);

/**
 * The inverse cosine transform of an 8×8 block (ITU-T T.81, A.3.3), levels shifted by 128 and held
 * to 0 … 255 but not rounded; one axis after the other, each split into even and odd frequencies.
 * @param block 64 coefficients row by row; is overwritten.
 */
export function inverseCosine(
  block: Float64Array,
  out: Float32Array,
  start: number,
  stride: number,
): void {
  for (let x = 0; x < 8; x++) {
    const dc = block[x]! * C4;
    const x1 = block[x + 8]!;
    const x2 = block[x + 16]!;
    const x3 = block[x + 24]!;
    const x4 = block[x + 32]!;
    const x5 = block[x + 40]!;
    const x6 = block[x + 48]!;
    const x7 = block[x + 56]!;
    if (x1 === 0 && x2 === 0 && x3 === 0 && x4 === 0 && x5 === 0 && x6 === 0 && x7 === 0) {
      for (let i = x; i < 64; i += 8) block[i] = dc;
      continue;
    }
    const a = dc + x4 * C4;
    const b = dc - x4 * C4;
    const c = x2 * C2 + x6 * C6;
    const d = x2 * C6 - x6 * C2;
    const o0 = x1 * C1 + x3 * C3 + x5 * C5 + x7 * C7;
    const o1 = x1 * C3 - x3 * C7 - x5 * C1 - x7 * C5;
    const o2 = x1 * C5 - x3 * C1 + x5 * C7 + x7 * C3;
    const o3 = x1 * C7 - x3 * C5 + x5 * C3 - x7 * C1;
    block[x] = a + c + o0;
    block[x + 8] = b + d + o1;
    block[x + 16] = b - d + o2;
    block[x + 24] = a - c + o3;
    block[x + 32] = a - c - o3;
    block[x + 40] = b - d - o2;
    block[x + 48] = b + d - o1;
    block[x + 56] = a + c - o0;
  }
  let at = start;
  for (let y = 0; y < 64; y += 8, at += stride) {
    const dc = block[y]! * C4 + 128;
    const x1 = block[y + 1]!;
    const x2 = block[y + 2]!;
    const x3 = block[y + 3]!;
    const x4 = block[y + 4]!;
    const x5 = block[y + 5]!;
    const x6 = block[y + 6]!;
    const x7 = block[y + 7]!;
    const a = dc + x4 * C4;
    const b = dc - x4 * C4;
    const c = x2 * C2 + x6 * C6;
    const d = x2 * C6 - x6 * C2;
    const o0 = x1 * C1 + x3 * C3 + x5 * C5 + x7 * C7;
    const o1 = x1 * C3 - x3 * C7 - x5 * C1 - x7 * C5;
    const o2 = x1 * C5 - x3 * C1 + x5 * C7 + x7 * C3;
    const o3 = x1 * C7 - x3 * C5 + x5 * C3 - x7 * C1;
    out[at] = held(a + c + o0);
    out[at + 1] = held(b + d + o1);
    out[at + 2] = held(b - d + o2);
    out[at + 3] = held(a - c + o3);
    out[at + 4] = held(a - c - o3);
    out[at + 5] = held(b - d - o2);
    out[at + 6] = held(b + d - o1);
    out[at + 7] = held(a + c - o0);
  }
}

/** {@link inverseCosine} of a block whose frequencies are all below 4: a third of the work. */
export function smoothBlock(
  block: Float64Array,
  out: Float32Array,
  start: number,
  stride: number,
): void {
  for (let x = 0; x < 4; x++) {
    const dc = block[x]! * C4;
    const x1 = block[x + 8]!;
    const x2 = block[x + 16]!;
    const x3 = block[x + 24]!;
    const c = x2 * C2;
    const d = x2 * C6;
    const o0 = x1 * C1 + x3 * C3;
    const o1 = x1 * C3 - x3 * C7;
    const o2 = x1 * C5 - x3 * C1;
    const o3 = x1 * C7 - x3 * C5;
    block[x] = dc + c + o0;
    block[x + 8] = dc + d + o1;
    block[x + 16] = dc - d + o2;
    block[x + 24] = dc - c + o3;
    block[x + 32] = dc - c - o3;
    block[x + 40] = dc - d - o2;
    block[x + 48] = dc + d - o1;
    block[x + 56] = dc + c - o0;
  }
  let at = start;
  for (let y = 0; y < 64; y += 8, at += stride) {
    const dc = block[y]! * C4 + 128;
    const x1 = block[y + 1]!;
    const x2 = block[y + 2]!;
    const x3 = block[y + 3]!;
    const c = x2 * C2;
    const d = x2 * C6;
    const o0 = x1 * C1 + x3 * C3;
    const o1 = x1 * C3 - x3 * C7;
    const o2 = x1 * C5 - x3 * C1;
    const o3 = x1 * C7 - x3 * C5;
    out[at] = held(dc + c + o0);
    out[at + 1] = held(dc + d + o1);
    out[at + 2] = held(dc - d + o2);
    out[at + 3] = held(dc - c + o3);
    out[at + 4] = held(dc - c - o3);
    out[at + 5] = held(dc - d - o2);
    out[at + 6] = held(dc + d - o1);
    out[at + 7] = held(dc + c - o0);
  }
}

/** {@link inverseCosine} of a block that has but its first coefficient. */
export function flatBlock(dc: number, out: Float32Array, start: number, stride: number): void {
  const value = held(dc / 8 + 128);
  for (let y = 0, at = start; y < 8; y++, at += stride) {
    for (let x = 0; x < 8; x++) out[at + x] = value;
  }
}

function held(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
