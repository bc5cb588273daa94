import * as tf from '@tensorflow/tfjs';
import type { Mode } from './part';

/**
 * Inverted dropout (Srivastava et al. 2014) with a mask from our own generator: the same on every
 * engine and after a resume. Outside training, or with rate 0, the input itself.
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, { training, rng }: Mode): T {
  if (!training || rate === 0) return x;
  if (rng === undefined) throw new TypeError('dropout: training needs an rng.');
  const keep = 1 - rate;
  const mask = rng.uniforms(x.size);
  for (let i = 0; i < mask.length; i++) mask[i] = mask[i]! < keep ? 1 / keep : 0;
  return x.mul(tf.tensor(mask, x.shape)) as T;
}
