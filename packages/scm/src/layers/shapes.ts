import type { Matrix } from '@causal/graph';
import { checkFlag, checkKeys } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';

/** What tfjs itself writes into the configuration of every layer, and gives back when it loads one. */
const TFJS = [
  'name',
  'trainable',
  'dtype',
  'batchInputShape',
  'batchSize',
  'inputShape',
  'inputDType',
  'updatable',
  'weights',
  'customObjects',
  'fastWeightInitDuringBuild',
];

/** The options of a layer: its own, and those of every layer of tfjs. */
export function checkLayerArgs(args: object, own: readonly string[], caller: string): void {
  checkKeys(args, [...own, ...TFJS], caller);
  const { trainable } = args as { trainable?: unknown };
  if (trainable !== undefined) checkFlag(trainable, 'trainable', caller);
}

/** d of an input shape [batch, d] or [batch, d, k]. */
export function conceptCount(inputShape: tf.Shape, operation: string): number {
  const d = inputShape[1];
  if ((inputShape.length !== 2 && inputShape.length !== 3) || typeof d !== 'number') {
    throw new RangeError(
      `${operation}: expected an input [batch, d] or [batch, d, k], got [${inputShape.join(', ')}].`,
    );
  }
  return d;
}

/** A copy of a d×d matrix, or one filled with a number where none was given. */
export function checkedMatrix(
  matrix: Matrix | undefined,
  d: number,
  what: string,
  fill: number,
): number[][] {
  if (matrix === undefined) return Array.from({ length: d }, () => Array<number>(d).fill(fill));
  if (matrix.length !== d || matrix.some((row) => row.length !== d)) {
    throw new RangeError(`${what} must be ${d}×${d}, got ${matrix.length}×${matrix[0]?.length}.`);
  }
  return matrix.map((row) => [...row]);
}
