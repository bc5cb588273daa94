/** More than any squared distance in a picture, and far from overflow when added to. */
const FAR = 2 ** 28;

/**
 * Squared Euclidean distance of each pixel that is set to the nearest one that is not, exactly
 * (Felzenszwalb & Huttenlocher 2012: along the columns, then the lower envelope of parabolas along
 * the rows). What lies outside the picture counts for nothing.
 * @param binary 1 where set, row by row; sides of at most 8,192.
 * @returns 0 where not set; 2²⁸ everywhere if all is set.
 */
export function squaredDistance(binary: Uint8Array, width: number, height: number): Int32Array {
  const distance = new Int32Array(width * height);
  const far = 2 * (width + height);
  const run = new Int32Array(width).fill(far);
  // Down: how far the nearest unset pixel above is.
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) distance[i] = run[x] = binary[i] ? run[x]! + 1 : 0;
  }
  // Up: the one below may be nearer.
  run.fill(far);
  for (let y = height - 1, i = width * height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--, i--) {
      if (!binary[i]) run[x] = 0;
      else {
        const below = run[x]! + 1;
        run[x] = below;
        const d = below < distance[i]! ? below : distance[i]!;
        distance[i] = d >= far ? FAR : d * d;
      }
    }
  }
  const envelope = new Envelope(width);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    // The unset pixels on both sides of a stretch of set ones bound all distances within it.
    for (let x = 0; x < width; x++) {
      if (!binary[row + x]) continue;
      let end = x;
      while (end < width && binary[row + end]) end++;
      envelope.lower(distance, row, Math.max(0, x - 1), Math.min(width - 1, end));
      x = end;
    }
  }
  return distance;
}

/** Room for the lower envelope of one row's parabolas. */
class Envelope {
  readonly #f: Int32Array;
  readonly #apex: Int32Array;
  readonly #from: Float64Array;

  constructor(width: number) {
    this.#f = new Int32Array(width);
    this.#apex = new Int32Array(width);
    this.#from = new Float64Array(width + 1);
  }

  /** values[row + q] = min over p of (q − p)² + values[row + p], for p and q in [first, last]. */
  lower(values: Int32Array, row: number, first: number, last: number): void {
    const [f, apex, from] = [this.#f, this.#apex, this.#from];
    let k = -1;
    for (let q = first; q <= last; q++) {
      const value = values[row + q]!;
      f[q] = value;
      if (value === FAR) continue;
      let start = -Infinity;
      while (k >= 0) {
        const p = apex[k]!;
        start = (value + q * q - f[p]! - p * p) / (2 * (q - p));
        if (start > from[k]!) break;
        k--;
      }
      apex[++k] = q;
      from[k] = k === 0 ? -Infinity : start;
    }
    if (k < 0) return;
    from[k + 1] = Infinity;
    for (let q = first, j = 0; q <= last; q++) {
      while (from[j + 1]! < q) j++;
      const d = q - apex[j]!;
      values[row + q] = d * d + f[apex[j]!]!;
    }
  }
}
