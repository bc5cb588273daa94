import * as tf from '@tensorflow/tfjs';
import { sinCos } from './smooth';

/** Numbers that {@link positionFeatures} gives for a place. */
export const positionSize = (octaves: number): number => 2 + 4 * octaves;

/**
 * What all fields see of a place: [p, sin(p·π/2·2ᵏ) for k = 0 … octaves − 1, cosines likewise].
 * @param places [rows, 2], about in [−1, 1].
 * @returns [rows, 2 + 4·octaves].
 */
export function positionFeatures(places: tf.Tensor2D, octaves: number): tf.Tensor2D {
  if (octaves === 0) return places;
  return tf.customGrad((x, save) => {
    const scale = octaveMatrix(octaves);
    const [sine, cosine] = sinCos((x as tf.Tensor2D).matMul(scale)) as [tf.Tensor2D, tf.Tensor2D];
    (save as tf.GradSaveFunc)([sine, cosine]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [s, c] = saved as [tf.Tensor, tf.Tensor];
      const [own, bySine, byCosine] = tf.split(dy, [2, 2 * octaves, 2 * octaves], 1);
      const inner = bySine!.mul(c).sub(byCosine!.mul(s)) as tf.Tensor2D;
      return own!.add(inner.matMul(octaveMatrix(octaves), false, true));
    };
    return { value: tf.concat([x as tf.Tensor2D, sine, cosine], 1), gradFunc };
  })(places) as tf.Tensor2D;
}

/** Places to angles [2, 2·octaves]: x and y times π/2·2ᵏ. */
function octaveMatrix(octaves: number): tf.Tensor2D {
  const values = new Float32Array(4 * octaves);
  for (let k = 0; k < octaves; k++) {
    values[2 * k] = values[2 * octaves + 2 * k + 1] = (Math.PI / 2) * 2 ** k;
  }
  return tf.tensor2d(values, [2, 2 * octaves]);
}
