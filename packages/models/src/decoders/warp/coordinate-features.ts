import * as tf from '@tensorflow/tfjs';

/**
 * Fourier features of coordinates: [c, sin fc, cos fc] for f = 1, 2, 4, …, as one tensor
 * [rows, (1 + 2·octaves)·m]. Only sin c and cos c are computed; the octaves follow by doubling
 * (sin 2a = 2 sin a cos a, cos 2a = 1 − 2 sin² a), which saves most of the costliest operation.
 */
export function coordinateFeatures(c: tf.Tensor2D, octaves: number): tf.Tensor2D {
  const features: tf.Tensor2D[] = [c];
  let sine = c.sin() as tf.Tensor2D;
  let cosine = c.cos() as tf.Tensor2D;
  features.push(sine, cosine);
  for (let octave = 1; octave < octaves; octave++) {
    const twice = sine.add(sine) as tf.Tensor2D;
    const next = twice.mul(cosine) as tf.Tensor2D;
    cosine = tf.sub(1, twice.mul(sine)) as tf.Tensor2D;
    sine = next;
    features.push(sine, cosine);
  }
  return tf.concat(features, 1);
}
