/** For each output position: first input position, and weights that sum to 1. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** Cuts a square out of RGB (or grey, or RGBA) bytes and resizes it, always in the same way. */
export class SquareResampler {
  readonly #crop: number;
  readonly #size: number;
  readonly #taps: Taps;
  readonly #rows: Float64Array;

  /** From crop × crop to size × size pixels. */
  constructor(crop: number, size: number) {
    this.#crop = crop;
    this.#size = size;
    this.#taps = triangleTaps(crop, size);
    this.#rows = new Float64Array(crop * size * 3);
  }

  /**
   * RGB bytes of the square that is amid the picture. Transparent parts become white.
   * @param channels 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha.
   */
  resize(source: Uint8Array, width: number, height: number, channels: number): Uint8Array {
    const crop = this.#crop;
    const size = this.#size;
    const { first, weights } = this.#taps;
    const left = Math.floor((width - crop) / 2);
    const top = Math.floor((height - crop) / 2);
    const rgb = flatten(source, channels);
    const rows = this.#rows;
    for (let y = 0; y < crop; y++) {
      const line = ((top + y) * width + left) * 3;
      for (let x = 0; x < size; x++) {
        const w = weights[x]!;
        let p = line + first[x]! * 3;
        let r = 0;
        let g = 0;
        let b = 0;
        for (let k = 0; k < w.length; k++, p += 3) {
          r += w[k]! * rgb[p]!;
          g += w[k]! * rgb[p + 1]!;
          b += w[k]! * rgb[p + 2]!;
        }
        const q = (y * size + x) * 3;
        rows[q] = r;
        rows[q + 1] = g;
        rows[q + 2] = b;
      }
    }
    const out = new Uint8Array(size * size * 3);
    for (let y = 0; y < size; y++) {
      const w = weights[y]!;
      for (let x = 0; x < size * 3; x++) {
        let sum = 0.5;
        let p = first[y]! * size * 3 + x;
        for (let k = 0; k < w.length; k++, p += size * 3) sum += w[k]! * rows[p]!;
        out[y * size * 3 + x] = sum;
      }
    }
    return out;
  }
}

/**
 * Weights of a triangle as wide as two output pixels, or two input pixels when enlarging:
 * bilinear with anti-aliasing, the way of the libraries that published protocols use.
 */
function triangleTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const reach = Math.max(1, ratio);
  const first = new Int32Array(to);
  const weights = Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * ratio;
    const start = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    first[i] = start;
    const taps = Float64Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs((start + k + 0.5 - centre) / reach)),
    );
    const sum = taps.reduce((a, b) => a + b);
    return taps.map((t) => t / sum);
  });
  return { first, weights };
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
