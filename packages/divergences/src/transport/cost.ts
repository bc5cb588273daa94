import * as tf from '@tensorflow/tfjs';
import { distances, pullLeft } from '../distances';

/** ‖x−y‖² or ‖x−y‖. */
export type TransportCost = 'squared-euclidean' | 'euclidean';

/** Points with a potential at each: [n, p] and [n, 1]. */
export interface Side {
  readonly points: tf.Tensor2D;
  readonly potential: tf.Tensor2D;
}

/**
 * (fᵢ + gⱼ − Cᵢⱼ)/ε between rows of two sides. For the squared cost this is a single product,
 * [2x, f − ‖x‖², 1]·[y, 1, g − ‖y‖²]ᵀ/ε: the cost matrix itself is never formed.
 */
export function exponents(a: Side, b: Side, epsilon: number, cost: TransportCost): tf.Tensor2D {
  return tf.tidy(() => {
    if (cost === 'euclidean') {
      const c = tf.sqrt(distances(a.points, b.points, 'squared-euclidean'));
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
): tf.Tensor2D {
  return tf.tidy(() => {
    if (cost === 'squared-euclidean') return pullLeft(plan, a, b, cost);
    const t = distances(a, b, 'squared-euclidean');
    // d√t = dt/2√t; equal points pull nowhere.
    const slope = tf.where(tf.greater(t, 0), tf.div(0.5, tf.sqrt(t)), tf.zerosLike(t));
    return pullLeft(tf.mul(plan, slope) as tf.Tensor2D, a, b, 'squared-euclidean');
  });
}
