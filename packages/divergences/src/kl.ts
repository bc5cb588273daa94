import * as tf from '@tensorflow/tfjs';

/** Sum over all axes but the first, then mean over the first: an expectation over a batch. */
function overBatch(terms: tf.Tensor): tf.Scalar {
  if (terms.rank < 2) return tf.sum(terms) as tf.Scalar;
  return tf.mul(tf.sum(terms), 1 / Math.max(1, terms.shape[0]!)) as tf.Scalar;
}

function checkSameShape(a: tf.Tensor, b: tf.Tensor, names: string, caller: string): void {
  const same = a.rank === b.rank && a.shape.every((size, i) => size === b.shape[i]);
  if (!same) {
    throw new RangeError(
      `${caller}: ${names} must have the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`,
    );
  }
}

/**
 * KL(N(μ₁, diag exp v₁) ‖ N(μ₂, diag exp v₂)) = ½ Σ [exp(v₁ − v₂) − 1 − (v₁ − v₂) + (μ₁ − μ₂)² exp(−v₂)].
 *
 * @param mean1 μ₁, [batch, …] (summed over all axes but the first, averaged over the first) or [p].
 * @param logVariance1 v₁ = log σ₁², same shape.
 * @param mean2 μ₂, broadcast to that shape; default 0.
 * @param logVariance2 v₂, broadcast to that shape; default 0, which is N(0, I).
 * @returns Scalar in nats.
 */
export function klDiagonalGaussian(
  mean1: tf.Tensor,
  logVariance1: tf.Tensor,
  mean2?: tf.Tensor,
  logVariance2?: tf.Tensor,
): tf.Scalar {
  checkSameShape(mean1, logVariance1, 'mean1 and logVariance1', 'klDiagonalGaussian');
  return tf.tidy(() => {
    const ratio = logVariance2 === undefined ? logVariance1 : tf.sub(logVariance1, logVariance2);
    let distance = tf.square(mean2 === undefined ? mean1 : tf.sub(mean1, mean2));
    if (logVariance2 !== undefined) distance = tf.mul(distance, tf.exp(tf.neg(logVariance2)));
    // expm1: near the prior exp(v) − 1 − v is a difference of nearly equal numbers.
    return tf.mul(overBatch(tf.add(tf.sub(tf.expm1(ratio), ratio), distance)), 0.5) as tf.Scalar;
  });
}

const SMALLEST = 1e-7;

/** p·log(p/q), 0 at p = 0, with q kept off 0. */
function relative(p: tf.Tensor, q: tf.Tensor): tf.Tensor {
  return tf.mul(p, tf.sub(tf.log(tf.maximum(p, 1e-30)), tf.log(tf.maximum(q, SMALLEST))));
}

/**
 * KL between Bernoulli variables of the given probabilities, summed over all axes but the first and
 * averaged over the first. Where p₁ > 0 and p₂ = 0 (or the reverse) the true value is infinite: p₂
 * is kept 1e-7 away from 0 and 1.
 *
 * @param probability1 p₁ in [0, 1], [batch, …] or [p].
 * @param probability2 p₂ in [0, 1], same shape.
 */
export function klBernoulli(probability1: tf.Tensor, probability2: tf.Tensor): tf.Scalar {
  checkSameShape(probability1, probability2, 'the probabilities', 'klBernoulli');
  return tf.tidy(() =>
    overBatch(
      tf.add(
        relative(probability1, probability2),
        relative(tf.sub(1, probability1), tf.sub(1, probability2)),
      ),
    ),
  );
}

/**
 * KL between categorical variables, Σ p₁ log(p₁/p₂), averaged over the first axis. p₂ is kept above
 * 1e-7 where the true value would be infinite.
 *
 * @param probabilities1 [batch, categories] or [categories], each row summing to 1.
 * @param probabilities2 Same shape.
 */
export function klCategorical(probabilities1: tf.Tensor, probabilities2: tf.Tensor): tf.Scalar {
  checkSameShape(probabilities1, probabilities2, 'the probabilities', 'klCategorical');
  return tf.tidy(() => overBatch(relative(probabilities1, probabilities2)));
}

/**
 * Total variation distance ½ Σ |p₁ − p₂| between categorical variables, averaged over the first
 * axis; between 0 and 1.
 *
 * @param probabilities1 [batch, categories] or [categories], each row summing to 1.
 * @param probabilities2 Same shape.
 */
export function totalVariation(probabilities1: tf.Tensor, probabilities2: tf.Tensor): tf.Scalar {
  checkSameShape(probabilities1, probabilities2, 'the probabilities', 'totalVariation');
  return tf.tidy(
    () => tf.mul(overBatch(tf.abs(tf.sub(probabilities1, probabilities2))), 0.5) as tf.Scalar,
  );
}
