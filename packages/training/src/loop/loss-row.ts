import * as tf from '@tensorflow/tfjs';
import type { Loss } from '../trainable';

/** Loss values on the engine, [terms], and their names. */
export interface LossRow {
  readonly names: readonly string[];
  readonly row: tf.Tensor1D;
}

/** One row of several; takes them over. */
export function joinRows(rows: readonly LossRow[]): LossRow {
  if (rows.length === 1) return rows[0]!;
  const row = tf.concat1d(rows.map((part) => part.row));
  tf.dispose(rows.map((part) => part.row));
  return { names: rows.flatMap((part) => part.names), row };
}

/** The values of a loss as one tensor [terms], the total first, and their names. */
export function lossRow(loss: Loss): LossRow {
  const names = ['total', ...Object.keys(loss.terms).filter((name) => name !== 'total')];
  const values = names.map((name) => (name === 'total' ? loss.total : loss.terms[name]!));
  values.forEach((value, i) => {
    if (value.rank !== 0) {
      throw new TypeError(
        `The model's loss "${names[i]}" must be a scalar, got shape [${value.shape.join(', ')}].`,
      );
    }
  });
  return { names, row: tf.stack(values) as tf.Tensor1D };
}
