import * as tf from '@tensorflow/tfjs';
import { batchWeight, LARGEST, notNegative, saturate } from './batch';
import { differentiable } from './differentiable';
import { checkFloat, checkSameShape } from './inputs';

/**
 * KL(N(μ₁, diag exp v₁) ‖ N(μ₂, diag exp v₂)) = ½ Σ [exp(v₁ − v₂) − 1 − (v₁ − v₂) + (μ₁ − μ₂)² exp(−v₂)],
 * with gradients to all four.
 *
 * Never Infinity: nothing on the way leaves float32 where the result does not, and a result beyond
 * it, or an entry of a gradient, is ±3.4e38. So a step that went astray (a log-variance of 200) still
 * gets a number to go back by, without reading one back to the host. NaN stays NaN.
 *
 * @param mean1 μ₁, [batch, …] (summed over all axes but the first, averaged over the first) or [p].
 * @param logVariance1 v₁ = log σ₁², same shape.
 * @param mean2 μ₂, broadcast to that shape; default 0.
 * @param logVariance2 v₂, broadcast to that shape; default 0, which is N(0, I).
 * @returns Scalar in nats.
 * @throws If an argument is no float32 tensor or the shapes do not fit.
 */
export function klDiagonalGaussian(
  mean1: tf.Tensor,
  logVariance1: tf.Tensor,
  mean2?: tf.Tensor,
  logVariance2?: tf.Tensor,
): tf.Scalar {
  const caller = 'klDiagonalGaussian';
  checkSameShape([mean1, logVariance1], ['mean1', 'logVariance1'], caller);
  if (mean2 !== undefined) checkBroadcast(mean2, mean1, 'mean2', caller);
  if (logVariance2 !== undefined) checkBroadcast(logVariance2, mean1, 'logVariance2', caller);
  const given = [mean1, logVariance1, mean2, logVariance2].filter((x) => x !== undefined);
  return differentiable(given, (inputs, wantsGradients) => {
    const [m1, v1, ...rest] = inputs as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    const m2 = mean2 === undefined ? undefined : rest[0]!;
    const v2 = logVariance2 === undefined ? undefined : rest[rest.length - 1]!;
    const weight = batchWeight(m1) / 2;
    const spread = exponential(v2 === undefined ? v1 : tf.sub(v1, v2), weight);
    const shift = distance(m2 === undefined ? m1 : tf.sub(m1, m2), v2, weight);
    const value = notNegative(tf.sum(tf.add(spread.excess, shift.squared)) as tf.Scalar);
    if (!wantsGradients) return { value };
    const byMean = shift.slope();
    const byLogVariance = spread.slope;
    return {
      value,
      gradients: [
        saturate(byMean),
        saturate(byLogVariance),
        ...(m2 ? [sumTo(tf.neg(byMean), m2.shape)] : []),
        ...(v2 ? [sumTo(tf.neg(tf.add(byLogVariance, shift.squared)), v2.shape)] : []),
      ],
    };
  });
}

function checkBroadcast(x: tf.Tensor, to: tf.Tensor, name: string, caller: string): void {
  checkFloat(x, name, caller);
  const fits =
    x.rank <= to.rank &&
    x.shape.every((size, i) => size === 1 || size === to.shape[to.rank - x.rank + i]);
  if (!fits) {
    throw new RangeError(
      `${caller}: ${name} must broadcast to mean1's shape [${to.shape.join(', ')}], got [${x.shape.join(', ')}].`,
    );
  }
}

/** exp of more than this is not float32's any more, of less than its negative not normal. */
const LARGEST_EXPONENT = 87;

/** From here on exp(r) − 1 has no digits to lose. */
const LARGE = 20;

/** weight·(eʳ − 1 − r), and its derivative weight·(eʳ − 1). */
function exponential(r: tf.Tensor, weight: number): { excess: tf.Tensor; slope: tf.Tensor } {
  // expm1: near the prior exp(r) − 1 − r is a difference of nearly equal numbers.
  const near = tf.mul(tf.expm1(tf.clipByValue(r, -LARGEST, LARGE)), weight);
  // (exp(r/2)·√weight)²: exp(r) alone may leave float32 where the product with the weight does not.
  const half = tf.exp(tf.clipByValue(tf.mul(r, 0.5), 0, LARGEST_EXPONENT));
  const far = tf.square(tf.mul(half, Math.sqrt(weight)));
  const slope = tf.where(tf.greater(r, LARGE), far, near);
  return { excess: tf.sub(slope, tf.mul(saturate(r), weight)), slope };
}

/** u² = weight·d²·exp(−v) as a square of products that leave float32 no sooner than it does. */
function distance(
  difference: tf.Tensor,
  v: tf.Tensor | undefined,
  weight: number,
): { squared: tf.Tensor; slope: () => tf.Tensor } {
  const root = Math.sqrt(weight);
  // Twice exp(−v/4), which is finite for every v that matters, where exp(−v/2) is not.
  const quarter =
    v && tf.exp(tf.clipByValue(tf.mul(v, -0.25), -LARGEST_EXPONENT, LARGEST_EXPONENT));
  const scaled = (x: tf.Tensor): tf.Tensor => {
    const weighted = tf.mul(x, root);
    return saturate(quarter ? tf.mul(tf.mul(weighted, quarter), quarter) : weighted);
  };
  const u = scaled(saturate(difference));
  return { squared: tf.square(u), slope: () => scaled(tf.mul(u, 2)) };
}

/** Sums a gradient over what was broadcast, without Infinity − Infinity on the way. */
function sumTo(gradient: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const added = gradient.rank - shape.length;
  const axes = gradient.shape.flatMap((_, i) =>
    i < added || (shape[i - added] === 1 && gradient.shape[i] !== 1) ? [i] : [],
  );
  const bounded = saturate(gradient, (LARGEST * Math.max(1, size)) / Math.max(1, gradient.size));
  return tf.reshape(tf.sum(bounded, axes), [...shape]);
}
