/** [red, green, blue] or [red, green, blue, alpha], each in [0, 1]. */
export type Colour = readonly [number, number, number] | readonly [number, number, number, number];

/** A rectangle of whole pixels: left, top, right, bottom (right and bottom exclusive). */
export type PixelBox = readonly [number, number, number, number];

/**
 * An RGB picture that polygons are painted on, each pixel weighted by the exact area of it that
 * the polygon covers (no sampling). Uses only +, −, ×, ÷, √ and comparisons, which IEEE 754 fixes
 * to the last bit, so the same calls give the same bytes in Node and in every browser.
 *
 * Pixel (column c, row r) is the square [c, c + 1] × [r, r + 1]; y points down.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Row by row, three values in [0, 1] a pixel. */
  readonly pixels: Float32Array;
  #clip: PixelBox;
  /** Change of covered area from one column to the next; all zero between two fills. */
  readonly #area: Float64Array;
  readonly #stride: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Float32Array(width * height * 3);
    this.#clip = [0, 0, width, height];
    this.#stride = width + 2;
    this.#area = new Float64Array(this.#stride * height);
  }

  /** Paints everything in one colour and takes the clip away. */
  clear(colour: Colour): void {
    const { pixels } = this;
    const [r, g, b] = colour;
    if (r === g && g === b) pixels.fill(r);
    else {
      for (let i = 0; i < pixels.length; i += 3) {
        pixels[i] = r;
        pixels[i + 1] = g;
        pixels[i + 2] = b;
      }
    }
    this.#clip = [0, 0, this.width, this.height];
  }

  /** From here on only pixels inside the box change. */
  clip(box: PixelBox): void {
    this.#clip = [
      Math.max(0, box[0]),
      Math.max(0, box[1]),
      Math.min(this.width, box[2]),
      Math.min(this.height, box[3]),
    ];
  }

  /**
   * Paints the inside of a closed polygon over what is there.
   * @param points x0, y0, x1, y1, … in pixels; must be finite, may lie anywhere. A polygon that
   * overlaps itself is filled once (coverage is capped at 1).
   */
  fill(points: ArrayLike<number>, colour: Colour): void {
    const [left, top, right, bottom] = this.#clip;
    if (left >= right || top >= bottom) return;
    const bounds = boundsOf(points);
    if (bounds[2] <= left || bounds[0] >= right || bounds[3] <= top || bounds[1] >= bottom) return;
    const outside = bounds[0] < left || bounds[1] < top || bounds[2] > right || bounds[3] > bottom;
    const shape = outside ? clipPolygon(points, this.#clip) : points;
    if (shape.length < 6) return;
    const n = shape.length;
    let x0 = shape[n - 2]!;
    let y0 = shape[n - 1]!;
    for (let i = 0; i < n; i += 2) {
      const x1 = shape[i]!;
      const y1 = shape[i + 1]!;
      if (y0 < y1) this.#edge(x0, y0, x1, y1, 1);
      else if (y1 < y0) this.#edge(x1, y1, x0, y0, -1);
      x0 = x1;
      y0 = y1;
    }
    this.#composite(
      Math.max(left, Math.floor(bounds[0])),
      Math.max(top, Math.floor(bounds[1])),
      Math.min(right, Math.ceil(bounds[2])),
      Math.min(bottom, Math.ceil(bounds[3])),
      colour,
    );
  }

  /** The picture as bytes (0 … 255, rounded), written at `offset` of `out`. */
  toBytes(out: Uint8Array, offset = 0): void {
    const { pixels } = this;
    for (let i = 0; i < pixels.length; i++) out[offset + i] = (pixels[i]! * 255 + 0.5) | 0;
  }

  /** Adds the area right of a downward edge, row by row, then column by column. */
  #edge(x0: number, y0: number, x1: number, y1: number, sign: number): void {
    const slope = (x1 - x0) / (y1 - y0);
    const low = Math.min(x0, x1);
    const high = Math.max(x0, x1);
    const lastRow = Math.min(this.height, Math.ceil(y1));
    let x = x0;
    let y = y0;
    for (let row = Math.floor(y0); row < lastRow; row++) {
      const nextY = Math.min(row + 1, y1);
      // Rounding must not carry x beyond the edge's own ends.
      const nextX = nextY === y1 ? x1 : Math.min(high, Math.max(low, x0 + (nextY - y0) * slope));
      this.#slice(row * this.#stride, x, nextX, (nextY - y) * sign);
      x = nextX;
      y = nextY;
    }
  }

  /** A piece of an edge within one row: `area` is its signed height. */
  #slice(start: number, xa: number, xb: number, area: number): void {
    const low = Math.min(xa, xb);
    const high = Math.max(xa, xb);
    const first = Math.floor(low);
    const sums = this.#area;
    if (high <= first + 1) {
      const beyond = area * (0.5 * (low + high) - first);
      sums[start + first]! += area - beyond;
      sums[start + first + 1]! += beyond;
      return;
    }
    const perColumn = area / (high - low);
    let from = low;
    for (let column = first; from < high; column++) {
      const to = Math.min(high, column + 1);
      const part = perColumn * (to - from);
      const beyond = part * (0.5 * (from + to) - column);
      sums[start + column]! += part - beyond;
      sums[start + column + 1]! += beyond;
      from = to;
    }
  }

  #composite(left: number, top: number, right: number, bottom: number, colour: Colour): void {
    const { pixels } = this;
    const sums = this.#area;
    const [r, g, b, alpha = 1] = colour;
    for (let row = top; row < bottom; row++) {
      const start = row * this.#stride;
      let covered = 0;
      let p = (row * this.width + left) * 3;
      for (let column = left; column < right; column++, p += 3) {
        covered += sums[start + column]!;
        sums[start + column] = 0;
        const weight = Math.min(1, Math.abs(covered)) * alpha;
        if (weight < 1e-9) continue;
        pixels[p] = pixels[p]! + (r - pixels[p]!) * weight;
        pixels[p + 1] = pixels[p + 1]! + (g - pixels[p + 1]!) * weight;
        pixels[p + 2] = pixels[p + 2]! + (b - pixels[p + 2]!) * weight;
      }
      sums[start + right] = 0;
      sums[start + right + 1] = 0;
    }
  }
}

function boundsOf(points: ArrayLike<number>): [number, number, number, number] {
  let x0 = Infinity;
  let y0 = Infinity;
  let x1 = -Infinity;
  let y1 = -Infinity;
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return [x0, y0, x1, y1];
}

/** Sutherland & Hodgman (1974): the polygon cut at the four sides of the box. */
function clipPolygon(points: ArrayLike<number>, [left, top, right, bottom]: PixelBox): number[] {
  let shape = cut(points, 0, left, 1);
  shape = cut(shape, 0, right, -1);
  shape = cut(shape, 1, top, 1);
  return cut(shape, 1, bottom, -1);
}

/** Keeps what lies on the side of `limit` that `sign` points to, on axis 0 (x) or 1 (y). */
function cut(points: ArrayLike<number>, axis: 0 | 1, limit: number, sign: 1 | -1): number[] {
  const out: number[] = [];
  const n = points.length;
  for (let i = 0; i < n; i += 2) {
    const before = i === 0 ? n - 2 : i - 2;
    const a = points[before + axis]!;
    const b = points[i + axis]!;
    const aInside = (a - limit) * sign >= 0;
    const bInside = (b - limit) * sign >= 0;
    if (aInside !== bInside) {
      const t = (limit - a) / (b - a);
      const other = points[before + 1 - axis]! * (1 - t) + points[i + 1 - axis]! * t;
      if (axis === 0) out.push(limit, other);
      else out.push(other, limit);
    }
    if (bInside) out.push(points[i]!, points[i + 1]!);
  }
  return out;
}
