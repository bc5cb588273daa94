import { checkFlag, checkKeys, checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { differentiable, type ValueAndGradients } from './differentiable';
import { checkCount, checkSamePoints, checkSample } from './inputs';
import { PositionSorter } from './sort';
import { RunningSum } from './tiles';

export interface SlicedWassersteinOptions {
  /** Directions, [count, p], one a row, used as they are. Without them, `count` random ones. */
  readonly projections?: tf.Tensor2D;
  /** How many uniformly random unit directions to draw. Default 128. */
  readonly count?: number;
  /** Order of the distance, ≥ 1. Default 2. */
  readonly p?: number;
  /** Take the p-th root of the mean (default, as POT does), or not. */
  readonly root?: boolean;
  /** Generator of the directions. */
  readonly rng?: Rng;
  /** Seed of the directions where no `rng` is given. Default 0: the same directions every time. */
  readonly seed?: number | string;
}

/** Directions uniform on the unit sphere: [count, p]. */
export function randomProjections(count: number, p: number, rng: Rng): tf.Tensor2D {
  checkCount(count, 'count', 'randomProjections');
  checkCount(p, 'p', 'randomProjections');
  const values = rng.normals(count * p);
  for (let row = 0; row < count; row++) {
    let norm = 0;
    for (let c = 0; c < p; c++) norm += values[row * p + c]! ** 2;
    const scale = 1 / Math.sqrt(norm);
    for (let c = 0; c < p; c++) values[row * p + c]! *= scale;
  }
  return tf.tensor2d(values, [count, p]);
}

/**
 * Sliced Wasserstein distance (Bonneel et al. 2015): (mean over directions θ of W_p^p(θ·x, θ·y))^(1/p),
 * each one-dimensional distance exact, with gradients to both samples. O(n log n) for each
 * direction, memory O(n). The samples may differ in size.
 *
 * Sorts on the host, so the projected samples are read back: not for WebGPU.
 *
 * @param x Sample [n, p].
 * @param y Sample [m, p].
 */
export function slicedWasserstein(
  x: tf.Tensor2D,
  y: tf.Tensor2D,
  options: SlicedWassersteinOptions = {},
): tf.Scalar {
  const caller = 'slicedWasserstein';
  checkKeys(options, ['projections', 'count', 'p', 'root', 'rng', 'seed'], caller);
  checkSample(x, 'x', caller);
  checkSample(y, 'y', caller);
  checkSamePoints(x, y, caller);
  const { projections, count = 128, p = 2, root = true, rng, seed = 0 } = options;
  checkNumber(p, 'p', caller, { least: 1 });
  checkCount(count, 'count', caller);
  checkFlag(root, 'root', caller);
  createRng(rng ?? seed); // refuses what is neither before anything is drawn
  const dimension = x.shape[1];
  if (projections !== undefined) {
    checkSample(projections, 'projections', caller);
    if (projections.shape[1] !== dimension) {
      throw new RangeError(
        `${caller}: projections must be [count, ${dimension}], one direction a row, got [${projections.shape.join(', ')}].`,
      );
    }
  }
  return differentiable([x, y], (inputs, wantsGradients) => {
    const directions =
      projections ?? randomProjections(count, dimension, rng ?? createRng(seed).split('sliced'));
    return sliced(inputs as tf.Tensor2D[], directions, p, root, wantsGradients);
  });
}

/** Projected numbers held at a time. */
const CHUNK = 1 << 22;

function sliced(
  samples: readonly tf.Tensor2D[],
  directions: tf.Tensor2D,
  p: number,
  root: boolean,
  wantsGradients: boolean,
): ValueAndGradients {
  const [n, m] = samples.map((sample) => sample.shape[0]) as [number, number];
  const [count, dimension] = directions.shape;
  // The same shift of both changes nothing and saves digits far from the origin.
  const centre = tf.mean(samples[0]!, 0, true);
  // Coordinates by rows: each direction's projections then lie side by side for the sort.
  const [x, y] = samples.map((sample) => tf.transpose(tf.sub(sample, centre))) as [
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const transport = new LineTransport(n, m, p);
  const sums = [new RunningSum<tf.Tensor2D>(), new RunningSum<tf.Tensor2D>()] as const;
  const size = Math.max(1, Math.floor(CHUNK / Math.max(n, m)));
  let total = 0;
  for (let start = 0; start < count; start += size) {
    const width = Math.min(size, count - start);
    const theta = tf.slice2d(directions, [start, 0], [width, dimension]);
    const [px, py] = [tf.matMul(theta, x), tf.matMul(theta, y)];
    const [vx, vy] = [px.dataSync<'float32'>(), py.dataSync<'float32'>()];
    tf.dispose([px, py]);
    const gx = wantsGradients ? new Float32Array(vx.length) : undefined;
    const gy = wantsGradients ? new Float32Array(vy.length) : undefined;
    for (let c = 0; c < width; c++) total += transport.cost(vx, vy, c, gx, gy);
    [gx, gy].forEach((g, v) => {
      if (g === undefined) return;
      sums[v]!.add(
        tf.tidy(() => {
          const back = tf.tensor2d(g, [width, g.length / width]);
          return tf.matMul(tf.transpose(theta) as tf.Tensor2D, back);
        }),
      );
    });
    theta.dispose();
  }
  const power = total / count;
  const value = root ? power ** (1 / p) : power;
  // ∂v/∂power; at 0 the root has no derivative: 0, the subgradient.
  const outer = root ? (power > 0 ? value / (p * power) : 0) : 1;
  return {
    value: tf.scalar(value),
    ...(wantsGradients
      ? { gradients: sums.map((sum) => tf.mul(tf.transpose(sum.take()), outer / count)) }
      : {}),
  };
}

/** Optimal transport on a line between n and m equal masses, in float64 beyond the input. */
class LineTransport {
  readonly #orders: readonly [Int32Array, Int32Array];
  readonly #sorters: readonly [PositionSorter, PositionSorter];

  constructor(
    readonly n: number,
    readonly m: number,
    readonly p: number,
  ) {
    this.#orders = [new Int32Array(n), new Int32Array(m)];
    this.#sorters = [new PositionSorter(n), new PositionSorter(m)];
  }

  /** W_p^p between rows `c` of two row-major arrays; writes gradients in the same places. */
  cost(
    x: Float32Array,
    y: Float32Array,
    c: number,
    gx: Float32Array | undefined,
    gy: Float32Array | undefined,
  ): number {
    const { n, m, p } = this;
    const [ox, oy] = this.#orders;
    this.#sorters[0].sort(x, c * n, ox);
    this.#sorters[1].sort(y, c * m, oy);
    let sum = 0;
    let i = 0;
    let j = 0;
    // Mass left at the current points, counted in units of 1/(n·m) so that it stays whole.
    let leftX = m;
    let leftY = n;
    while (i < n && j < m) {
      const mass = leftX < leftY ? leftX : leftY;
      const atX = c * n + ox[i]!;
      const atY = c * m + oy[j]!;
      const difference = x[atX]! - y[atY]!;
      const distance = Math.abs(difference);
      sum += mass * (p === 2 ? difference * difference : p === 1 ? distance : distance ** p);
      if (gx !== undefined && gy !== undefined && difference !== 0) {
        const slope = p === 2 ? 2 * difference : Math.sign(difference) * p * distance ** (p - 1);
        const pull = (mass * slope) / (n * m);
        gx[atX]! += pull;
        gy[atY]! -= pull;
      }
      leftX -= mass;
      leftY -= mass;
      if (leftX === 0) {
        i++;
        leftX = m;
      }
      if (leftY === 0) {
        j++;
        leftY = n;
      }
    }
    return sum / (n * m);
  }
}
