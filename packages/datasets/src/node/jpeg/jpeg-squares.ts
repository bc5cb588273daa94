import { BitSource, type Plane, readPlanes } from './coefficients';
import { readFrame } from './frame';
import { planeTaps } from './plane-taps';
import { type PlacedTaps, PlaneResizer } from './plane-resizer';

/** Planes are filled up to whole units of a scan, of at most this many pixels. */
const LARGEST_UNIT = 16;
const PLANES = [0, 1, 2] as const;

/**
 * JPEG files of one size to small squares: the square amid the picture, resized with anti-aliasing
 * as {@link SquareResampler} does. Resizing is linear, so brightness and colour differences are
 * resized as they are in the file, and only the small picture is turned to RGB: several times less
 * work than to unpack the picture first, and less rounding.
 */
export class JpegSquares {
  readonly #width: number;
  readonly #height: number;
  readonly #rows: readonly [number, number];
  readonly #resizer: PlaneResizer;
  readonly #full: PlacedTaps;
  readonly #halved: PlacedTaps;
  /** Addresses of room for a picture's planes, a row, and the resized planes. */
  readonly #planes: readonly number[];
  readonly #line: number;
  readonly #small: readonly number[];
  readonly #room: readonly Float32Array[];
  readonly #resized: readonly Float32Array[];
  readonly #source = new BitSource();

  /** @param size Width and height of the squares. */
  constructor([width, height]: readonly [number, number], crop: number, size: number) {
    this.#width = width;
    this.#height = height;
    const left = Math.floor((width - crop) / 2);
    const top = Math.floor((height - crop) / 2);
    this.#rows = [top, top + crop];
    const across = planeTaps(width, left, crop, size);
    const down = planeTaps(height, top, crop, size);
    const resizer = new PlaneResizer(size);
    this.#resizer = resizer;
    this.#full = { across: resizer.place(across.full), down: resizer.place(down.full) };
    this.#halved = { across: resizer.place(across.halved), down: resizer.place(down.halved) };
    const stride = Math.ceil(width / LARGEST_UNIT) * LARGEST_UNIT;
    const length = stride * Math.ceil(height / LARGEST_UNIT) * LARGEST_UNIT;
    this.#line = resizer.room(stride);
    this.#planes = PLANES.map(() => resizer.room(length));
    this.#small = PLANES.map(() => resizer.room(size * size));
    this.#room = this.#planes.map((address) => resizer.floats(address, length));
    this.#resized = this.#small.map((address) => resizer.floats(address, size * size));
  }

  /**
   * @param file A whole JPEG file.
   * @param out Where the RGB bytes go, size · size · 3 of them.
   * @returns false if the file is not of the usual kind and size or not in order to the last bit:
   * another decoder can say what is wrong with it, if anything is.
   */
  decode(file: Uint8Array, out: Uint8Array): boolean {
    const frame = readFrame(file);
    if (frame?.width !== this.#width || frame.height !== this.#height) return false;
    const planes = readPlanes(file, frame, this.#rows, this.#source, this.#room);
    if (!planes) return false;
    planes.forEach((plane, c) => this.#resize(plane, c));
    const rounded = new Uint8ClampedArray(out.buffer, out.byteOffset, out.length);
    const [y, cb, cr] = this.#resized;
    if (planes.length === 3) toRgb(y!, cb!, cr!, rounded);
    else for (let i = 0; i < rounded.length; i++) rounded[i] = y![Math.floor(i / 3)]!;
    return true;
  }

  #resize({ width, stride }: Plane, c: number): void {
    const taps = width === this.#width ? this.#full : this.#halved;
    this.#resizer.resize(this.#planes[c]!, stride, taps, this.#line, this.#small[c]!);
  }
}

/** As JFIF says (ITU-T T.871, clause 7). */
function toRgb(y: Float32Array, cb: Float32Array, cr: Float32Array, out: Uint8ClampedArray): void {
  for (let i = 0, p = 0; i < y.length; i++, p += 3) {
    const b = cb[i]! - 128;
    const r = cr[i]! - 128;
    out[p] = y[i]! + 1.402 * r;
    out[p + 1] = y[i]! - 0.344136286201022 * b - 0.714136286201022 * r;
    out[p + 2] = y[i]! + 1.772 * b;
  }
}
