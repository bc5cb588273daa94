import * as tf from '@tensorflow/tfjs';
import type { Metric } from './kernels';

/**
 * Beyond this many length scales coordinates are drawn in: squares of larger numbers would overflow
 * into NaN.
 */
const FAR = 1e15;

/**
 * Points moved to a common centre and measured in `unit`s. Distances do not change by the shift,
 * but ‖x‖² + ‖y‖² − 2x·y cancels far less near the origin.
 */
export function standardise(
  points: readonly tf.Tensor2D[],
  unit: number | tf.Scalar,
): tf.Tensor2D[] {
  const centre = tf.mean(points[0]!, 0, true);
  return points.map((p) => tf.tidy(() => drawnIn(tf.div(tf.sub(p, centre), unit))));
}

/**
 * Coordinates v beyond FAR as ±FAR·(1 + log |v|/FAR), below 1e17: float32 numbers so large that
 * differ stay more than 10⁷ length scales apart, where every kernel is 0, and equal ones equal.
 */
function drawnIn(z: tf.Tensor): tf.Tensor2D {
  const beyond = tf.log(tf.clipByValue(tf.mul(tf.abs(z), 1 / FAR), 1, Infinity));
  const near = tf.clipByValue(z, -FAR, FAR);
  return tf.add(near, tf.mul(tf.mul(tf.sign(z), FAR), beyond)) as tf.Tensor2D;
}

/** All distances (or products) between rows of a [r, p] and rows of b [c, p]: [r, c]. */
export function distances(a: tf.Tensor2D, b: tf.Tensor2D, metric: Metric): tf.Tensor2D {
  if (metric === 'dot') return tf.tidy(() => tf.matMul(a, tf.transpose(b)));
  return metric === 'manhattan' ? sumOverCoordinates(a, b, tf.abs) : squaredEuclidean(a, b);
}

/**
 * ‖a‖² + ‖b‖² − 2a·b as one matrix product [−2a, ‖a‖², 1]·[b, 1, ‖b‖²]ᵀ, which spares two passes
 * over the r×c matrix, clamped at 0. The small operand is transposed here because a product with a
 * transposed flag is far slower on the wasm engine.
 */
function squaredEuclidean(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (a.shape[1] <= FEW) return sumOverCoordinates(a, b, tf.square);
  return tf.tidy(() => {
    const left = tf.concat(
      [tf.mul(a, -2), tf.sum(tf.square(a), 1, true), tf.onesLike(column(a))],
      1,
    );
    const right = tf.concat([b, tf.onesLike(column(b)), tf.sum(tf.square(b), 1, true)], 1);
    return tf.relu(tf.matMul(left as tf.Tensor2D, tf.transpose(right as tf.Tensor2D)));
  });
}

const column = (a: tf.Tensor2D, c = 0): tf.Tensor2D => tf.slice2d(a, [0, c], [a.shape[0], 1]);

/** In so few dimensions differences cost no more than the product, and nothing cancels. */
const FEW = 3;

/** One coordinate at a time: a [r, c, p] array would be p times the size of the answer. */
function sumOverCoordinates(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  of: (difference: tf.Tensor2D) => tf.Tensor2D,
): tf.Tensor2D {
  let sum = coordinateDifference(a, b, 0, of);
  for (let c = 1; c < a.shape[1]; c++) {
    const previous = sum;
    sum = tf.tidy(() => tf.add(previous, coordinateDifference(a, b, c, of)));
    previous.dispose();
  }
  return sum;
}

function coordinateDifference(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  c: number,
  then: (difference: tf.Tensor2D) => tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => then(tf.sub(column(a, c), tf.transpose(column(b, c))) as tf.Tensor2D));
}

/**
 * Σⱼ Gᵢⱼ ∂t(aᵢ, bⱼ)/∂aᵢ for distances t: the gradient by a of Σᵢⱼ F(tᵢⱼ) where G = F′(t). With a
 * symmetric G and a = b, twice this is the whole gradient.
 */
export function pullLeft(
  g: tf.Tensor2D,
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  metric: Metric,
): tf.Tensor2D {
  return tf.tidy(() => {
    if (metric === 'dot') return tf.matMul(g, b);
    if (metric === 'manhattan') {
      const columns = Array.from({ length: a.shape[1] }, (_, c) =>
        tf.tidy(() => tf.sum(tf.mul(coordinateDifference(a, b, c, tf.sign), g), 1, true)),
      );
      return tf.concat(columns, 1) as tf.Tensor2D;
    }
    // 2 (aᵢ Σⱼ Gᵢⱼ − Σⱼ Gᵢⱼ bⱼ), both sums from one product.
    const p = a.shape[1];
    const sums = tf.matMul(g, tf.concat([b, tf.onesLike(column(b))], 1) as tf.Tensor2D);
    const [weighted, total] = tf.split(sums, [p, 1], 1) as [tf.Tensor2D, tf.Tensor2D];
    return tf.mul(tf.sub(tf.mul(a, total), weighted), 2) as tf.Tensor2D;
  });
}

/** The same for b: Σᵢ Gᵢⱼ ∂t(aᵢ, bⱼ)/∂bⱼ. */
export function pullRight(
  g: tf.Tensor2D,
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  metric: Metric,
): tf.Tensor2D {
  return tf.tidy(() => {
    if (metric === 'dot') return tf.transpose(tf.matMul(tf.transpose(a), g));
    if (metric === 'manhattan') {
      const rows = Array.from({ length: a.shape[1] }, (_, c) =>
        tf.tidy(() => tf.neg(tf.sum(tf.mul(coordinateDifference(a, b, c, tf.sign), g), 0, true))),
      );
      return tf.transpose(tf.concat(rows, 0)) as tf.Tensor2D;
    }
    const p = a.shape[1];
    const left = tf.transpose(tf.concat([a, tf.onesLike(column(a))], 1)) as tf.Tensor2D;
    const sums = tf.transpose(tf.matMul(left, g));
    const [weighted, total] = tf.split(sums, [p, 1], 1) as [tf.Tensor2D, tf.Tensor2D];
    return tf.mul(tf.sub(tf.mul(b, total), weighted), 2) as tf.Tensor2D;
  });
}
