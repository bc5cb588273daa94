import * as tf from '@tensorflow/tfjs';
import type { BoundKernel } from './bandwidth';
import type { ValueAndGradients } from './differentiable';
import { standardise } from './distances';
import { profileOf } from './gram';
import type { Profile } from './kernels';
import { joinRows, RunningSum } from './tiles';

type Evaluate = (samples: readonly tf.Tensor2D[]) => ValueAndGradients;

/**
 * Block estimator (Zaremba et al. 2013): the samples cut into `count` consecutive parts, MMD² of
 * each (unbiased), averaged. O(n²/count).
 */
export function averageOfParts(
  [x, y]: readonly tf.Tensor2D[],
  count: number,
  wantsGradients: boolean,
  evaluate: Evaluate,
): ValueAndGradients {
  const cut = (rows: number, part: number) => Math.floor((rows * part) / count);
  const slice = (sample: tf.Tensor2D, part: number) => {
    const start = cut(sample.shape[0], part);
    return tf.slice2d(
      sample,
      [start, 0],
      [cut(sample.shape[0], part + 1) - start, sample.shape[1]],
    );
  };
  const total = new RunningSum<tf.Scalar>();
  const gradients: [tf.Tensor2D[], tf.Tensor2D[]] = [[], []];
  for (let part = 0; part < count; part++) {
    const [value, gx, gy] = tf.tidy(() => {
      const result = evaluate([slice(x!, part), slice(y!, part)]);
      return [result.value, ...(result.gradients ?? [])];
    }) as [tf.Scalar, tf.Tensor2D?, tf.Tensor2D?];
    total.add(value);
    if (gx !== undefined) gradients[0].push(gx);
    if (gy !== undefined) gradients[1].push(gy);
  }
  const value = tf.div(total.take(), count) as tf.Scalar;
  if (!wantsGradients) return { value };
  return { value, gradients: gradients.map((parts) => tf.div(joinRows(parts), count)) };
}

/**
 * Linear-time estimator (Gretton et al. 2012, lemma 14): the mean over consecutive pairs of rows of
 * k(x, x′) + k(y, y′) − k(x, y′) − k(x′, y). A last odd row is not looked at.
 */
export function linearTimeMmd(
  samples: readonly tf.Tensor2D[],
  bound: BoundKernel,
  wantsGradients: boolean,
): ValueAndGradients {
  const n = samples[0]!.shape[0];
  const pairs = Math.floor(n / 2);
  const halves = standardise(samples, bound.unit).map((z) => {
    const p = z.shape[1];
    const paired = tf.reshape(tf.slice2d(z, [0, 0], [2 * pairs, p]), [pairs, 2 * p]);
    return tf.split(paired, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  });
  const [[x, x2], [y, y2]] = halves as [[tf.Tensor2D, tf.Tensor2D], [tf.Tensor2D, tf.Tensor2D]];
  const terms = [
    pairTerm(x, x2, 1 / pairs, bound, wantsGradients),
    pairTerm(y, y2, 1 / pairs, bound, wantsGradients),
    pairTerm(x, y2, -1 / pairs, bound, wantsGradients),
    pairTerm(x2, y, -1 / pairs, bound, wantsGradients),
  ] as const;
  const value = tf.addN(terms.map((term) => term.value));
  if (!wantsGradients) return { value };
  const [xx, yy, xy, yx] = terms.map((term) => term.left!) as [
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const join = (first: tf.Tensor2D, second: tf.Tensor2D): tf.Tensor => {
    const p = first.shape[1];
    const rows = tf.reshape(tf.concat([first, second], 1), [2 * pairs, p]) as tf.Tensor2D;
    return tf.div(
      tf.pad(rows, [
        [0, n - 2 * pairs],
        [0, 0],
      ]),
      bound.unit,
    );
  };
  // What pulls one end of a pair pushes the other.
  return {
    value,
    gradients: [join(tf.add(xx, xy), tf.sub(yx, xx)), join(tf.sub(yy, yx), tf.neg(tf.add(yy, xy)))],
  };
}

function pairTerm(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  weight: number,
  bound: BoundKernel,
  wantsGradients: boolean,
): { value: tf.Scalar; left?: tf.Tensor2D } {
  const difference = tf.sub(a, b);
  const manhattan = bound.kernel.metric === 'manhattan';
  const t = tf.sum(manhattan ? tf.abs(difference) : tf.square(difference), 1, true) as tf.Tensor2D;
  const { value, slope } = profileOf(t, bound, wantsGradients);
  const sum = tf.mul(tf.sum(value), weight) as tf.Scalar;
  if (!wantsGradients) return { value: sum };
  const direction = manhattan ? tf.sign(difference) : tf.mul(difference, 2);
  const pull = tf.mul(slope as Required<Profile>['slope'], weight);
  return { value: sum, left: tf.mul(direction, pull) as tf.Tensor2D };
}
