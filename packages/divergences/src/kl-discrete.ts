import { checkFlag, checkKeys } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { batchWeight, LARGEST, notNegative } from './batch';
import { differentiable } from './differentiable';
import { checkDistributions, type Distribution } from './distributions';
import { checkSameShape } from './inputs';

/** float32's smallest normal number: what a probability of 0 counts as where it is divided by. */
const SMALLEST = 1.2e-38;

/** Not NaN where x is; tf.maximum does not promise that on every engine. */
const atLeast = (x: tf.Tensor, low: number): tf.Tensor => tf.clipByValue(x, low, LARGEST);

/** log(p/q), as log1p((p − q)/q) where they are near: a KL is small there and needs its digits. */
function logRatio(p: tf.Tensor, q: tf.Tensor): tf.Tensor {
  const base = atLeast(q, SMALLEST);
  const off = tf.div(tf.sub(p, q), base);
  const near = tf.log1p(tf.clipByValue(off, -0.5, 0.5));
  const far = tf.log(tf.div(atLeast(p, SMALLEST), base));
  return tf.where(tf.less(tf.abs(off), 0.5), near, far);
}

/** log((1 − p)/(1 − q)) = log1p((q − p)/(1 − q)): 1 − p would lose a small p. */
function logRatioOfRest(p: tf.Tensor, q: tf.Tensor): tf.Tensor {
  const off = tf.div(tf.sub(q, p), atLeast(tf.sub(1, q), SMALLEST));
  return tf.log1p(atLeast(off, 2 ** -24 - 1));
}

export interface DiscreteOptions {
  /**
   * Whether to read back if the arguments are probabilities: entries in [0, 1], of categories also
   * rows that sum to 1 (to 1e-3, what float32 and half precision leave), and to throw if they are
   * not. Default true, but for webgpu, which cannot be read at once. Without it the formula is
   * evaluated on whatever comes: not a divergence, and possibly any number.
   */
  readonly check?: boolean;
}

/** What the three functions begin with. Gives the check, to be run where no tape records it. */
function prepare(
  pair: readonly [tf.Tensor, tf.Tensor],
  names: readonly [string, string],
  kind: Distribution,
  options: DiscreteOptions,
  caller: string,
): () => void {
  checkKeys(options, ['check'], caller);
  const { check = tf.getBackend() !== 'webgpu' } = options;
  checkFlag(check, 'check', caller);
  checkSameShape(pair, names, caller);
  return () => {
    if (check) checkDistributions(pair, names, kind, caller);
  };
}

/**
 * KL between Bernoulli variables of the given probabilities, summed over all axes but the first and
 * averaged over the first, with gradients to both. Exact in float32 for every p₂ strictly between 0
 * and 1; where the true value is infinite (p₂ is 0 or 1 and p₁ is not) p₂ counts as 1.2e-38 away
 * from there, so that value (at most 88 nats) and gradients stay finite.
 *
 * @param probability1 p₁ in [0, 1], [batch, …] or [p].
 * @param probability2 p₂ in [0, 1], same shape.
 * @throws TypeError if an argument is no float32 tensor, RangeError if the shapes differ or an
 * argument holds no probabilities (see {@link DiscreteOptions}). NaN stays NaN.
 */
export function klBernoulli(
  probability1: tf.Tensor,
  probability2: tf.Tensor,
  options: DiscreteOptions = {},
): tf.Scalar {
  const names = ['probability1', 'probability2'] as const;
  const given = [probability1, probability2] as const;
  const check = prepare(given, names, 'bernoulli', options, 'klBernoulli');
  return differentiable(given, (inputs, wantsGradients) => {
    check();
    const [p, q] = inputs as [tf.Tensor, tf.Tensor];
    const weight = batchWeight(p);
    const [yes, no] = [logRatio(p, q), logRatioOfRest(p, q)];
    const terms = tf.add(tf.mul(p, yes), tf.mul(tf.sub(1, p), no));
    const value = notNegative(tf.mul(tf.sum(terms), weight) as tf.Scalar);
    if (!wantsGradients) return { value };
    const byQ = tf.div(tf.div(tf.sub(q, p), atLeast(q, SMALLEST)), atLeast(tf.sub(1, q), SMALLEST));
    return { value, gradients: [tf.mul(tf.sub(yes, no), weight), tf.mul(byQ, weight)] };
  });
}

/**
 * KL between categorical variables, Σ p₁ log(p₁/p₂), averaged over the first axis, with gradients to
 * both. Exact in float32 for every p₂ > 0; where the true value is infinite (p₂ = 0 < p₁) p₂ counts
 * as 1.2e-38, so that value (at most 88 nats) and gradients stay finite.
 *
 * @param probabilities1 [batch, categories] or [categories], each row summing to 1.
 * @param probabilities2 Same shape.
 * @throws TypeError if an argument is no float32 tensor, RangeError if the shapes differ or an
 * argument holds no probabilities (see {@link DiscreteOptions}). NaN stays NaN.
 */
export function klCategorical(
  probabilities1: tf.Tensor,
  probabilities2: tf.Tensor,
  options: DiscreteOptions = {},
): tf.Scalar {
  const names = ['probabilities1', 'probabilities2'] as const;
  const given = [probabilities1, probabilities2] as const;
  const check = prepare(given, names, 'categorical', options, 'klCategorical');
  return differentiable(given, (inputs, wantsGradients) => {
    check();
    const [p, q] = inputs as [tf.Tensor, tf.Tensor];
    const weight = batchWeight(p);
    const logs = logRatio(p, q);
    const value = notNegative(tf.mul(tf.sum(tf.mul(p, logs)), weight) as tf.Scalar);
    if (!wantsGradients) return { value };
    const byQ = tf.div(p, atLeast(q, SMALLEST));
    return { value, gradients: [tf.mul(tf.add(logs, 1), weight), tf.mul(byQ, -weight)] };
  });
}

/**
 * Total variation distance ½ Σ |p₁ − p₂| between categorical variables, averaged over the first
 * axis; between 0 and 1. The gradient of equal probabilities is 0.
 *
 * @param probabilities1 [batch, categories] or [categories], each row summing to 1.
 * @param probabilities2 Same shape.
 * @throws TypeError if an argument is no float32 tensor, RangeError if the shapes differ or an
 * argument holds no probabilities (see {@link DiscreteOptions}). NaN stays NaN.
 */
export function totalVariation(
  probabilities1: tf.Tensor,
  probabilities2: tf.Tensor,
  options: DiscreteOptions = {},
): tf.Scalar {
  const names = ['probabilities1', 'probabilities2'] as const;
  const given = [probabilities1, probabilities2] as const;
  const check = prepare(given, names, 'categorical', options, 'totalVariation');
  return differentiable(given, (inputs, wantsGradients) => {
    check();
    const difference = tf.sub(inputs[0]!, inputs[1]!);
    const weight = batchWeight(difference) / 2;
    const value = tf.mul(tf.sum(tf.abs(difference)), weight) as tf.Scalar;
    if (!wantsGradients) return { value };
    // Not the tape's: tf.abs has the slope −1 at 0.
    const side = tf.sign(difference);
    return { value, gradients: [tf.mul(side, weight), tf.mul(side, -weight)] };
  });
}
