import * as tf from '@tensorflow/tfjs';

/** SiLU, x·σ(x) (Elfwing et al. 2018), with its gradient σ + y·(1 − σ) in few passes. */
export function silu<T extends tf.Tensor>(x: T): T {
  return tf.customGrad((input, save) => {
    const gate = tf.sigmoid(input as tf.Tensor);
    const y = tf.mul(input as tf.Tensor, gate);
    (save as tf.GradSaveFunc)([gate, y]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [s, out] = saved as [tf.Tensor, tf.Tensor];
        return dy.mul(s.add(out.sub(out.mul(s))));
      },
    };
  })(x) as T;
}
