import { normalVariable, type Parameters } from '@causal/nn';
import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

/** Small, so that training starts from the picture's own frame. */
const START = 0.01;

/**
 * The frame that nuisance moves: p′ = p + A(ε)·[p, 1], an affine map of places, linear in the free
 * latents and without a bias, so that ε = 0 is the picture's own frame.
 */
export class Frame {
  readonly #weight: tf.Variable;

  /** @param free Free latents, r. */
  constructor(rng: Rng, free: number) {
    this.#weight = normalVariable(rng, [free, 6], START);
  }

  /**
   * @param places [n, P, 2] in [−1, 1].
   * @param free ε [n, r].
   * @returns p′ [n, P, 2].
   */
  apply(places: tf.Tensor3D, free: tf.Tensor2D): tf.Tensor3D {
    const n = free.shape[0];
    // Rows x, y and 1 of the affine map, columns x′ and y′.
    const map = free.matMul(this.#weight as tf.Tensor2D).reshape([n, 3, 2]) as tf.Tensor3D;
    const [linear, shift] = tf.split(map, [2, 1], 1) as [tf.Tensor3D, tf.Tensor3D];
    return places.add(tf.matMul(places, linear)).add(shift) as tf.Tensor3D;
  }

  parameters(): Parameters {
    return { weight: this.#weight };
  }
}
