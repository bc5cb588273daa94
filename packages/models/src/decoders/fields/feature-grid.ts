import { normalVariable, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { fused } from './fused';

const START = 0.1;
/** The grid spans [−REACH, REACH]: canonical places may lie somewhat outside the picture. */
const REACH = 1.2;
/** The fused kernels read channels by fours. */
const LANES = 4;

/** A square grid of learned features, read between its cells bilinearly. */
export class FeatureGrid {
  readonly #side: number;
  readonly #cells: tf.Variable;

  constructor(rng: Rng, side: number, channels: number) {
    this.#side = side;
    this.#cells = normalVariable(rng, [side * side, channels], START);
  }

  /**
   * @param places [rows, 2] as (x, y); outside the grid its edge is read.
   * @returns [rows, channels].
   */
  apply(places: tf.Tensor2D): tf.Tensor2D {
    const side = this.#side;
    const read = tf.customGrad((cells, at, save) => {
      (save as tf.GradSaveFunc)([cells as tf.Tensor, at as tf.Tensor]);
      return {
        value: readGrid(cells as tf.Tensor2D, at as tf.Tensor2D, side),
        gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
          gridGradients(dy as tf.Tensor2D, saved[0] as tf.Tensor2D, saved[1] as tf.Tensor2D, side),
      };
    });
    return read(this.#cells, places) as tf.Tensor2D;
  }

  parameters(): Parameters {
    return { cells: this.#cells };
  }
}

interface Corners {
  /** Index of each place's upper left cell [rows]. */
  readonly first: tf.Tensor1D;
  /** Share of the right and of the lower cells [rows, 1]. */
  readonly fx: tf.Tensor2D;
  readonly fy: tf.Tensor2D;
  /** 1 where the place is inside the grid along x and y [rows, 2]. */
  readonly inside: tf.Tensor2D;
}

function corners(places: tf.Tensor2D, side: number): Corners {
  const last = side - 1;
  const free = places.mul(last / (2 * REACH)).add(last / 2);
  const at = free.clipByValue(0, last);
  const low = at.floor().minimum(last - 1);
  const [fx, fy] = tf.split(at.sub(low), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  const first = low
    .matMul(tf.tensor2d([1, side], [2, 1]))
    .flatten()
    .toInt() as tf.Tensor1D;
  return { first, fx, fy, inside: at.equal(free).cast('float32') as tf.Tensor2D };
}

const steps = (side: number): readonly number[] => [0, 1, side, side + 1];

function readGrid(cells: tf.Tensor2D, places: tf.Tensor2D, side: number): tf.Tensor2D {
  const whole = cells.shape[1] % LANES === 0;
  const made = whole && fused('GridRead', { cells, places }, { side, reach: REACH });
  if (made) return made[0] as tf.Tensor2D;
  return tf.tidy(() => {
    const { first, fx, fy } = corners(places, side);
    const [a, b, c, d] = steps(side).map((step) =>
      tf.gather(cells, first.add(tf.scalar(step, 'int32')) as tf.Tensor1D),
    ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const top = a.add(b.sub(a).mul(fx));
    const bottom = c.add(d.sub(c).mul(fx));
    return top.add(bottom.sub(top).mul(fy)) as tf.Tensor2D;
  });
}

function gridGradients(
  dy: tf.Tensor2D,
  cells: tf.Tensor2D,
  places: tf.Tensor2D,
  side: number,
): [tf.Tensor, tf.Tensor] {
  const whole = cells.shape[1] % LANES === 0;
  const made = whole && fused('GridReadGrad', { cells, places, dy }, { side, reach: REACH });
  if (made) return made as [tf.Tensor, tf.Tensor];
  const { first, fx, fy, inside } = corners(places, side);
  const indices = steps(side).map((step) => first.add(tf.scalar(step, 'int32')) as tf.Tensor1D);
  const right = dy.mul(fx);
  const left = dy.sub(right);
  const shares = [left.sub(left.mul(fy)), right.sub(right.mul(fy)), left.mul(fy), right.mul(fy)];
  const toCells = tf.unsortedSegmentSum(
    tf.concat(shares as tf.Tensor2D[], 0),
    tf.concat(indices, 0),
    side * side,
  );
  const [a, b, c, d] = indices.map((index) => tf.gather(cells, index)) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const between = (low: tf.Tensor, high: tf.Tensor, share: tf.Tensor): tf.Tensor =>
    low.add(high.sub(low).mul(share));
  const alongX = between(b.sub(a), d.sub(c), fy).mul(dy).sum(1, true);
  const alongY = between(c.sub(a), d.sub(b), fx).mul(dy).sum(1, true);
  const toPlaces = tf
    .concat([alongX, alongY] as tf.Tensor2D[], 1)
    .mul(inside)
    .mul((side - 1) / (2 * REACH));
  return [toCells, toPlaces];
}
