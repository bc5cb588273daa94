import * as tf from '@tensorflow/tfjs';
import { OptionsError, show } from '@causal/options';
import { isTensor } from '../data/table';
import { checkFinite, type Square } from '../numeric/square';
import type { FlatPenalty } from './penalty';

/** Smallest normal float32: below it some engines (GPUs) flush to zero. */
const SMALLEST_FLOAT32 = 2 ** -126;
const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/**
 * The number of rows of a square matrix.
 * @throws TypeError for anything else.
 */
export function checkSquareTensor(w: tf.Tensor2D, name: string): number {
  if (!isTensor(w)) {
    throw new OptionsError(name, [
      `expected a square Tensor2D, got ${show(w)}; for plain matrices see host.${name}.`,
    ]);
  }
  if (w.rank !== 2 || w.shape[0] !== w.shape[1] || w.shape[0] === 0) {
    throw new TypeError(`${name}: expected a square matrix, got shape [${w.shape.join(', ')}].`);
  }
  return w.shape[0];
}

/**
 * Joins a float64 penalty to the tape: the forward pass computes value and gradient on the host,
 * the backward pass multiplies the stored gradient. A positive value stays positive: where it is
 * below float32 it is given as the smallest normal float32.
 * @throws TypeError unless `w` is a square matrix, RangeError for non-finite entries or a value
 * beyond float32.
 */
export function onTape(
  w: tf.Tensor2D,
  name: string,
  penalty: (w: Square) => FlatPenalty,
): tf.Scalar {
  const size = checkSquareTensor(w, name);
  const joined = tf.customGrad((x, save) => {
    const square = { size, values: Float64Array.from((x as tf.Tensor2D).dataSync()) };
    const { value, gradient } = penalty(checkFinite(square, name));
    const slope = Float32Array.from(gradient);
    if (value > LARGEST_FLOAT32 || !slope.every(Number.isFinite)) {
      throw new RangeError(
        `${name}: the value ${value.toExponential(3)} or its gradient is beyond float32. Scale W down, or use host.${name} in float64.`,
      );
    }
    const shown = value > 0 ? Math.max(value, SMALLEST_FLOAT32) : value;
    (save as tf.GradSaveFunc)([tf.tensor2d(slope, [size, size])]);
    return {
      value: tf.scalar(shown),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, dy),
    };
  });
  return joined(w) as tf.Scalar;
}
