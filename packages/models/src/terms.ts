import type { Loss } from '@causal/training';
import * as tf from '@tensorflow/tfjs';

/** The terms of an objective by name, computed when they are asked for. */
export type Terms = Readonly<Record<string, () => tf.Scalar>>;

/**
 * Σ weight · term: the only place that weighs. Terms of weight 0 are not computed.
 * @throws Error where terms and weights do not have the same names: a term without a weight, or a
 *   weight without a term, would be a silent hole in the objective.
 */
export function weighTerms(terms: Terms, weights: Readonly<Record<string, number>>): Loss {
  const missing = Object.keys(terms).filter((name) => weights[name] === undefined);
  const unused = Object.keys(weights).filter((name) => terms[name] === undefined);
  if (missing.length > 0 || unused.length > 0) {
    throw new Error(
      `Terms without a weight: ${missing.join(', ') || 'none'}; weights without a term: ${unused.join(', ') || 'none'}.`,
    );
  }
  const negative = Object.entries(weights).filter(([, weight]) => !(weight >= 0));
  if (negative.length > 0) {
    throw new RangeError(
      `Weights must be ≥ 0, got ${negative.map(([name, weight]) => `${name}: ${weight}`).join(', ')}.`,
    );
  }
  const values: Record<string, tf.Scalar> = {};
  for (const [name, term] of Object.entries(terms)) {
    if (weights[name]! > 0) values[name] = term();
  }
  const weighed = Object.entries(values).map(([name, value]) => value.mul(weights[name]!));
  if (weighed.length === 0)
    throw new RangeError('Every weight is 0: there is nothing to minimise.');
  return { total: tf.addN(weighed) as tf.Scalar, terms: values };
}
