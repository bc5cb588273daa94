import { checkNumber, show } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';

const describe = (x: unknown): string => {
  const tensor = x as Partial<tf.Tensor> | null | undefined;
  return Array.isArray(tensor?.shape)
    ? `shape [${tensor.shape.join(', ')}] of ${tensor.dtype}`
    : show(x);
};

/** Throws unless `x` is a float sample [n, p] with n ≥ `atLeast` and p ≥ 1. */
export function checkSample(x: tf.Tensor2D, name: string, caller: string, atLeast = 1): void {
  const shape = (x as tf.Tensor2D | undefined)?.shape as readonly number[] | undefined;
  if (shape === undefined || shape.length !== 2 || x.dtype !== 'float32') {
    throw new TypeError(
      `${caller}: ${name} must be a float32 tensor [n, p] (one row a point), got ${describe(x)}.`,
    );
  }
  if (shape[0]! < atLeast || shape[1]! < 1) {
    throw new RangeError(
      `${caller}: ${name} must have at least ${atLeast} row${atLeast === 1 ? '' : 's'} and one column, got shape [${shape.join(', ')}].`,
    );
  }
}

/** Throws unless x and y are samples of points in the same space. */
export function checkSamePoints(x: tf.Tensor2D, y: tf.Tensor2D, caller: string): void {
  if (x.shape[1] !== y.shape[1]) {
    throw new RangeError(
      `${caller}: x and y must have the same number of columns, got ${x.shape[1]} and ${y.shape[1]}.`,
    );
  }
}

/** Throws unless x and y are paired: the same number of rows. */
export function checkPaired(x: tf.Tensor2D, y: tf.Tensor2D, caller: string): void {
  if (x.shape[0] !== y.shape[0]) {
    throw new RangeError(
      `${caller}: x and y are observed together and must have as many rows, got ${x.shape[0]} and ${y.shape[0]}.`,
    );
  }
}

/** Throws unless `x` is a float tensor. */
export function checkFloat(x: tf.Tensor, name: string, caller: string): void {
  const dtype = (x as tf.Tensor | undefined)?.dtype;
  if (dtype !== 'float32' || !Array.isArray(x.shape)) {
    throw new TypeError(`${caller}: ${name} must be a float32 tensor, got ${describe(x)}.`);
  }
}

/** Throws unless a and b are float tensors of the same shape. */
export function checkSameShape(
  [a, b]: readonly [tf.Tensor, tf.Tensor],
  [nameA, nameB]: readonly [string, string],
  caller: string,
): void {
  checkFloat(a, nameA, caller);
  checkFloat(b, nameB, caller);
  if (a.rank !== b.rank || a.shape.some((size, i) => size !== b.shape[i])) {
    throw new RangeError(
      `${caller}: ${nameA} and ${nameB} must have the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}].`,
    );
  }
}

/** Throws unless `value` is a finite number > 0. */
export const checkPositive = (value: unknown, name: string, caller: string): number =>
  checkNumber(value, name, caller, { above: 0 });

/** Throws unless `value` is an integer ≥ 1. */
export const checkCount = (value: unknown, name: string, caller: string): number =>
  checkNumber(value, name, caller, { integer: true, least: 1 });
