import * as tf from '@tensorflow/tfjs';

/** Numbers that {@link positionFeatures} gives for a place. */
export const positionSize = (octaves: number): number => 2 + 4 * octaves;

/**
 * What all fields see of a place: [p, sin(p·π/2·2ᵏ), cos(p·π/2·2ᵏ), k = 0 … octaves − 1].
 *
 * Only the first octave's sine and cosine are computed; the others follow by doubling (sin 2a =
 * 2 sin a cos a, cos 2a = 1 − 2 sin² a).
 * @param places [rows, 2], about in [−1, 1].
 * @returns [rows, 2 + 4·octaves].
 */
export function positionFeatures(places: tf.Tensor2D, octaves: number): tf.Tensor2D {
  if (octaves === 0) return places;
  const angle = places.mul(Math.PI / 2);
  let sine = angle.sin();
  let cosine = angle.cos();
  const features: tf.Tensor[] = [places, sine, cosine];
  for (let octave = 1; octave < octaves; octave++) {
    const twice = sine.add(sine);
    const next = twice.mul(cosine);
    cosine = tf.sub(1, twice.mul(sine));
    sine = next;
    features.push(sine, cosine);
  }
  return tf.concat(features as tf.Tensor2D[], 1);
}
