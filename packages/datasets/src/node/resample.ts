/** Weights of the input positions first[i], first[i] + 1, … of each output position i. */
export interface Taps {
  /** Weights an output position has; those beyond its neighbourhood are 0. */
  readonly count: number;
  readonly first: Int32Array;
  /** `count` for each output position, summing to 1. */
  readonly weights: Float64Array;
}

/** Cuts a square out of RGB (or grey, or RGBA) bytes and resizes it, always in the same way. */
export class SquareResampler {
  readonly #crop: number;
  readonly #size: number;
  readonly #taps: Taps;
  /** One row of the square, its columns not yet resized. */
  readonly #line: Float64Array;

  /** From crop × crop to size × size pixels. */
  constructor(crop: number, size: number) {
    this.#crop = crop;
    this.#size = size;
    this.#taps = triangleTaps(crop, size);
    this.#line = new Float64Array(crop * 3);
  }

  /**
   * RGB bytes of the square that is amid the picture. Transparent parts become white.
   * @param channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
   */
  resize(source: Uint8Array, width: number, height: number, channels: number): Uint8Array {
    const crop = this.#crop;
    const size = this.#size;
    const { count, first, weights } = this.#taps;
    const left = Math.floor((width - crop) / 2);
    const top = Math.floor((height - crop) / 2);
    const rgb = flatten(source, channels);
    const line = this.#line;
    const out = new Uint8Array(size * size * 3);
    for (let y = 0; y < size; y++) {
      line.fill(0);
      for (let k = 0; k < count; k++) {
        const weight = weights[y * count + k]!;
        const from = ((top + first[y]! + k) * width + left) * 3;
        for (let i = 0; i < line.length; i++) line[i] = line[i]! + weight * rgb[from + i]!;
      }
      for (let x = 0; x < size; x++) {
        let r = 0.5;
        let g = 0.5;
        let b = 0.5;
        let p = first[x]! * 3;
        for (let k = x * count; k < (x + 1) * count; k++, p += 3) {
          const weight = weights[k]!;
          r += weight * line[p]!;
          g += weight * line[p + 1]!;
          b += weight * line[p + 2]!;
        }
        const q = (y * size + x) * 3;
        out[q] = r;
        out[q + 1] = g;
        out[q + 2] = b;
      }
    }
    return out;
  }
}

/**
 * Weights of a triangle as wide as two output pixels, or two input pixels when enlarging:
 * bilinear with anti-aliasing, the way of the libraries that published protocols use.
 */
export function triangleTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const count = Math.min(from, 2 * Math.ceil(reach) + 1);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * count);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * ratio;
    first[i] = Math.min(from - count, Math.max(0, Math.floor(centre - reach + 0.5)));
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const weight = Math.max(0, 1 - Math.abs(first[i]! + k + 0.5 - centre) / reach);
      weights[i * count + k] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) weights[i * count + k]! /= sum;
  }
  return { count, first, weights };
}

/** RGB bytes of grey (1), grey and alpha (2), RGB (3) or RGB and alpha (4), on white. */
export function flatten(source: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return source;
  const count = source.length / channels;
  const alphaAt = channels % 2 === 0 ? channels - 1 : -1;
  const out = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const alpha = alphaAt < 0 ? 1 : source[i * channels + alphaAt]! / 255;
    for (let c = 0; c < 3; c++) {
      const value = source[i * channels + (channels < 3 ? 0 : c)]!;
      out[i * 3 + c] = value * alpha + 255 * (1 - alpha) + 0.5;
    }
  }
  return out;
}
