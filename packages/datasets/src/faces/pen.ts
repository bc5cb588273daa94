import type { Canvas, Colour } from '../raster/canvas';
import { ellipse, stroke } from '../raster/shapes';
import { sinCos } from '../raster/trigonometry';

/** Where a head is in the picture. */
export interface Pose {
  /** Shift, in head units (1 is half the picture's width). */
  readonly x: number;
  readonly y: number;
  /** Turn in the plane, rad, clockwise. */
  readonly tilt: number;
  readonly scale: number;
}

/** Draws in head units: the origin amid the picture, 1 half its width, y pointing down. */
export class Pen {
  readonly #canvas: Canvas;
  readonly #unit: number;
  readonly #sin: number;
  readonly #cos: number;
  readonly #originX: number;
  readonly #originY: number;

  constructor(canvas: Canvas, pose: Pose) {
    this.#canvas = canvas;
    const half = canvas.width / 2;
    this.#unit = half * pose.scale;
    [this.#sin, this.#cos] = sinCos(pose.tilt);
    this.#originX = half + pose.x * half;
    this.#originY = canvas.height / 2 + pose.y * half;
  }

  /** A filled closed shape. */
  shape(points: ArrayLike<number>, colour: Colour): void {
    this.#canvas.fill(this.#place(points), colour);
  }

  ellipse(x: number, y: number, rx: number, ry: number, colour: Colour): void {
    // Flattened in pixels, where its corners are too short to see.
    const points = ellipse(0, 0, Math.abs(rx) * this.#unit, Math.abs(ry) * this.#unit);
    for (let i = 0; i < points.length; i += 2) {
      points[i] = points[i]! / this.#unit + x;
      points[i + 1] = points[i + 1]! / this.#unit + y;
    }
    this.shape(points, colour);
  }

  /** A line through the points. */
  line(points: ArrayLike<number>, width: number, colour: Colour): void {
    const path = this.#place(points);
    const thick = width * this.#unit;
    this.#canvas.fill(stroke(path, thick, 'butt'), colour);
  }

  #place(points: ArrayLike<number>): Float64Array {
    const out = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const x = points[i]! * this.#unit;
      const y = points[i + 1]! * this.#unit;
      out[i] = this.#originX + x * this.#cos - y * this.#sin;
      out[i + 1] = this.#originY + x * this.#sin + y * this.#cos;
    }
    return out;
  }
}

/** Points on the quadratic Bézier curve from (x0, y0) to (x1, y1) that is drawn to (cx, cy). */
export function curve(
  x0: number,
  y0: number,
  cx: number,
  cy: number,
  x1: number,
  y1: number,
  pieces = 12,
): number[] {
  const points: number[] = [];
  for (let k = 0; k <= pieces; k++) {
    const t = k / pieces;
    const s = 1 - t;
    points.push(s * s * x0 + 2 * s * t * cx + t * t * x1, s * s * y0 + 2 * s * t * cy + t * t * y1);
  }
  return points;
}

/** The points in opposite order. */
export function reversed(points: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = points.length - 2; i >= 0; i -= 2) out.push(points[i]!, points[i + 1]!);
  return out;
}
