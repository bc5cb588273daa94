import * as tf from '@tensorflow/tfjs';

/** Cumulative probabilities [n, levels]: P(value ≤ c). */
const cumulative = (probability: tf.Tensor2D): tf.Tensor2D => tf.cumsum(probability, 1);

/** Index of the first entry where `threshold` [n, 1] is below the cumulative probability. */
function quantile(probability: tf.Tensor2D, threshold: tf.Tensor): tf.Tensor1D {
  // The last level is never compared: rounding must not lead beyond it.
  const levels = probability.shape[1];
  const below = cumulative(probability)
    .slice([0, 0], [-1, levels - 1])
    .lessEqual(threshold);
  return below.cast('float32').sum(1) as tf.Tensor1D;
}

/** Added to each probability where a value has been seen, so that none was impossible. */
const FLOOR = 1e-5;

/** Levels drawn from probabilities [n, levels] by uniform numbers [n]. */
export function drawLevels(probability: tf.Tensor2D, uniforms: tf.Tensor1D): tf.Tensor1D {
  return quantile(probability, uniforms.expandDims(1));
}

/**
 * The counterfactual value of an ordered discrete effect (binary, ordinal) by the monotone coupling:
 * one uniform number U stands behind the row, value = F⁻¹(U). Abduction knows only that U lies between
 * F(c − 1) and F(c) of the value c that was seen; the middle of that interval is taken, so that the
 * answer is the likelier one and the same each time. A value that was all but impossible has no such
 * interval in float32, so every level is given a probability of 1e-5 more.
 *
 * @param before Probabilities of the levels given the causes as seen [n, levels].
 * @param after The same given the causes after do().
 * @param seen Levels seen [n].
 */
export function monotoneCoupling(
  before: tf.Tensor2D,
  after: tf.Tensor2D,
  seen: tf.Tensor1D,
): tf.Tensor1D {
  const own = tf.oneHot(seen.cast('int32'), before.shape[1]).cast('float32');
  const likely = before.add(FLOOR) as tf.Tensor2D;
  const upper = cumulative(likely).mul(own).sum(1, true);
  const middle = upper.sub(likely.mul(own).sum(1, true).mul(0.5));
  return quantile(after.add(FLOOR) as tf.Tensor2D, middle);
}

/**
 * The counterfactual value of an unordered effect by the maximal coupling: a row keeps its category c
 * with probability min(1, p′(c)/p(c)), the largest that both distributions allow. Likelier than not to
 * keep it, it does; else it goes where probability grew most.
 */
export function maximalCoupling(
  before: tf.Tensor2D,
  after: tf.Tensor2D,
  seen: tf.Tensor1D,
): tf.Tensor1D {
  const own = tf.oneHot(seen.cast('int32'), before.shape[1]).cast('float32');
  const was = before.mul(own).sum(1);
  const is = after.mul(own).sum(1);
  const keeps = is.greaterEqual(was.mul(0.5));
  const grown = after.sub(before).mul(tf.sub(1, own)).sub(own).argMax(1).cast('float32');
  return tf.where(keeps, seen, grown) as tf.Tensor1D;
}
