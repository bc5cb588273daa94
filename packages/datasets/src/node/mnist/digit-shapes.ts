import type { Runs } from '../../morpho-mnist/runs';
import { shapeOf } from '../../morpho-mnist/shape';
import type { Plan } from './plan';

/** Shapes that are kept, in bytes; the oldest goes first. */
const MOST_BYTES = 2 ** 26;

/** The enlarged shapes of MNIST's own digits, kept while they are in use. */
export class DigitShapes {
  readonly #kept = new Map<number, Runs | undefined>();
  #bytes = 0;

  constructor(readonly plan: Plan) {}

  /** undefined for a picture without a shape. */
  get(index: number): Runs | undefined {
    if (this.#kept.has(index)) return this.#kept.get(index);
    const shape = shapeOf(this.plan.original(index));
    this.#kept.set(index, shape);
    this.#bytes += bytesOf(shape);
    for (const [oldest, its] of this.#kept) {
      if (this.#bytes <= MOST_BYTES) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytesOf(its);
    }
    return shape;
  }
}

const bytesOf = (shape: Runs | undefined): number =>
  shape ? shape.rows.byteLength + shape.ends.byteLength : 0;
