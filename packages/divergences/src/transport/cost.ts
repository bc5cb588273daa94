import * as tf from '@tensorflow/tfjs';
import { distances, pullLeft } from '../distances';
import { offDiagonalMask } from '../tiles';

/** ‖x−y‖² or ‖x−y‖. */
export type TransportCost = 'squared-euclidean' | 'euclidean';

/**
 * ‖x−y‖². The root would make 3e-4 of the 1e-7 that float32 leaves on the diagonal of a symmetric
 * matrix, just where a plan from a sample to itself has its mass: `diagonal` clears it.
 */
function squaredDistances(a: tf.Tensor2D, b: tf.Tensor2D, diagonal: boolean): tf.Tensor2D {
  const t = distances(a, b, 'squared-euclidean');
  return diagonal ? (tf.mul(t, offDiagonalMask(a.shape[0])) as tf.Tensor2D) : t;
}

/** Points with a potential at each: [n, p] and [n, 1]. */
export interface Side {
  readonly points: tf.Tensor2D;
  readonly potential: tf.Tensor2D;
}

/**
 * (fᵢ + gⱼ − Cᵢⱼ)/ε between rows of two sides. For the squared cost this is a single product,
 * [2x, f − ‖x‖², 1]·[y, 1, g − ‖y‖²]ᵀ/ε: the cost matrix itself is never formed.
 * `diagonal`: both sides are the same rows of the same points.
 */
export function exponents(
  a: Side,
  b: Side,
  epsilon: number,
  cost: TransportCost,
  diagonal = false,
): tf.Tensor2D {
  return tf.tidy(() => {
    if (cost === 'euclidean') {
      const c = tf.sqrt(squaredDistances(a.points, b.points, diagonal));
      const potentials = tf.add(a.potential, tf.transpose(b.potential));
      return tf.mul(tf.sub(potentials, c), 1 / epsilon) as tf.Tensor2D;
    }
    const reduced = ({ points, potential }: Side) =>
      tf.mul(tf.sub(potential, tf.sum(tf.square(points), 1, true)), 1 / epsilon);
    const left = tf.concat(
      [tf.mul(a.points, 2 / epsilon), reduced(a), tf.onesLike(a.potential)] as tf.Tensor2D[],
      1,
    );
    const right = tf.concat([b.points, tf.onesLike(b.potential), reduced(b)] as tf.Tensor2D[], 1);
    return tf.matMul(left, tf.transpose(right) as tf.Tensor2D);
  });
}

/** Σⱼ Pᵢⱼ ∂C(xᵢ, yⱼ)/∂xᵢ. */
export function pullCost(
  plan: tf.Tensor2D,
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  cost: TransportCost,
  diagonal = false,
): tf.Tensor2D {
  return tf.tidy(() => {
    if (cost === 'squared-euclidean') return pullLeft(plan, a, b, cost);
    const t = squaredDistances(a, b, diagonal);
    // d√t = dt/2√t; equal points pull nowhere.
    const slope = tf.where(tf.greater(t, 0), tf.div(0.5, tf.sqrt(t)), tf.zerosLike(t));
    return pullLeft(tf.mul(plan, slope) as tf.Tensor2D, a, b, 'squared-euclidean');
  });
}
