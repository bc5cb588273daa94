import * as tf from '@tensorflow/tfjs';

/** One probability an entry, or one distribution along the last axis. */
export type Distribution = 'bernoulli' | 'categorical';

/** What a probability may be outside [0, 1] by the rounding of float32. */
const ENTRY = 1e-5;
/** What a row's sum may be off 1. */
const SUM = 1e-3;

/**
 * Throws on what holds no probabilities. Reads three numbers a tensor back; NaN passes, and gives
 * NaN as everywhere.
 */
export function checkDistributions(
  tensors: readonly tf.Tensor[],
  names: readonly string[],
  kind: Distribution,
  caller: string,
): void {
  tensors.forEach((tensor, at) => {
    if (kind === 'categorical' && (tensor.rank < 1 || tensor.shape.at(-1) === 0)) {
      throw new RangeError(
        `${caller}: ${names[at]} must be [batch, categories] or [categories], got [${tensor.shape.join(', ')}].`,
      );
    }
    if (tensor.size === 0) return;
    const [low, high, off] = tf.tidy(() => {
      const sums = kind === 'categorical' ? tf.sum(tensor, -1) : tf.ones([1]);
      const farthest = tf.max(tf.abs(tf.sub(sums, 1)));
      return tf.stack([tf.min(tensor), tf.max(tensor), farthest]).dataSync<'float32'>();
    }) as unknown as [number, number, number];
    if (low < -ENTRY || high > 1 + ENTRY) {
      const came = low < -ENTRY ? low : high;
      throw new RangeError(
        `${caller}: ${names[at]} must hold probabilities in [0, 1], got ${came.toPrecision(3)}. Of logits take tf.sigmoid or tf.softmax first.`,
      );
    }
    if (off > SUM) {
      throw new RangeError(
        `${caller}: each row of ${names[at]} must sum to 1, one is off by ${off.toPrecision(3)}. Divide counts by their sum; of logits take tf.softmax.`,
      );
    }
  });
}
