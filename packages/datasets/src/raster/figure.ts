import { Canvas, type Colour, type PixelBox } from './canvas';
import { type Cap, ellipse, stroke } from './shapes';

/**
 * What a picture shows of a drawing:
 * - `'tight'`: the drawing's window alone, filling the picture; shapes lie where they lie.
 * - `'released'`: as in the released data sets, a whole one-inch figure with the default axes box
 *   of the plotting library that drew them and white margins; level and upright lines are moved
 *   to whole pixels, as it does.
 */
export type Framing = 'tight' | 'released';

/** Left, right, bottom, top of what is drawn, in the drawing's own units (y points up). */
export type Window = readonly [number, number, number, number];

/** The axes box in a released figure, as fractions of it. */
const AXES = { left: 0.125, bottom: 0.11, width: 0.775, height: 0.77 };
const POINTS_PER_INCH = 72;

/** Draws in window units (lines in points) onto a square canvas. */
export class Figure {
  readonly canvas: Canvas;
  /** Pixels a point (1/72 of a released figure's side). */
  readonly point: number;
  readonly #snap: boolean;
  readonly #clip: PixelBox;
  readonly #scaleX: number;
  readonly #scaleY: number;
  readonly #originX: number;
  readonly #originY: number;

  constructor(size: number, framing: Framing, [left, right, bottom, top]: Window) {
    this.canvas = new Canvas(size, size);
    const released = framing === 'released';
    const width = released ? AXES.width * size : size;
    const height = released ? AXES.height * size : size;
    const x0 = released ? AXES.left * size : 0;
    const y0 = released ? (1 - AXES.bottom) * size : size;
    this.point = released
      ? size / POINTS_PER_INCH
      : size / (0.5 * (AXES.width + AXES.height)) / POINTS_PER_INCH;
    this.#snap = released;
    this.#clip = [x0, y0 - height, x0 + width, y0].map((v) =>
      Math.floor(v + 0.5),
    ) as unknown as PixelBox;
    this.#scaleX = width / (right - left);
    this.#scaleY = height / (top - bottom);
    this.#originX = x0 - left * this.#scaleX;
    this.#originY = y0 + bottom * this.#scaleY;
  }

  /** Starts a new picture. */
  clear(background: Colour): void {
    this.canvas.clear(background);
    this.canvas.clip(this.#clip);
  }

  /** A filled circle with an outline one point wide of the same colour, as the originals have. */
  disc(x: number, y: number, radius: number, colour: Colour): void {
    const rim = this.point / 2;
    const cx = this.#originX + x * this.#scaleX;
    const cy = this.#originY - y * this.#scaleY;
    this.canvas.fill(
      ellipse(cx, cy, radius * this.#scaleX + rim, radius * this.#scaleY + rim),
      colour,
    );
  }

  /** A line through the points x0, y0, x1, y1, …, `points` points wide. */
  line(path: readonly number[], points: number, colour: Colour, cap: Cap = 'butt'): void {
    const width = points * this.point;
    this.canvas.fill(stroke(this.#toPixels(path, width), width, cap), colour);
  }

  /** A filled rectangle with an outline one point wide of the same colour. */
  rectangle(x: number, y: number, width: number, height: number, colour: Colour): void {
    const corners = [x, y, x, y + height, x + width, y + height, x + width, y];
    const [x0, y1, , y0, x1] = this.#toPixels(corners, this.point) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const rim = this.point / 2;
    this.canvas.fill(
      [x0 - rim, y0 - rim, x1 + rim, y0 - rim, x1 + rim, y1 + rim, x0 - rim, y1 + rim],
      colour,
    );
  }

  #toPixels(path: readonly number[], lineWidth: number): number[] {
    const pixels: number[] = [];
    for (let i = 0; i < path.length; i += 2) {
      pixels.push(
        this.#originX + path[i]! * this.#scaleX,
        this.#originY - path[i + 1]! * this.#scaleY,
      );
    }
    if (!this.#snap || !isRectilinear(pixels)) return pixels;
    // Odd widths are centred on a pixel, even ones between two.
    const centre = Math.round(lineWidth) % 2 === 1 ? 0.5 : 0;
    return pixels.map((v) => Math.floor(v + 0.5) + centre);
  }
}

function isRectilinear(pixels: readonly number[]): boolean {
  for (let i = 2; i < pixels.length; i += 2) {
    const dx = Math.abs(pixels[i]! - pixels[i - 2]!);
    const dy = Math.abs(pixels[i + 1]! - pixels[i - 1]!);
    if (dx >= 1e-4 && dy >= 1e-4) return false;
  }
  return true;
}
