import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Feed } from '../data-source';
import type { LossContext, Trainable } from '../trainable';
import { meanOfRows } from './loss-log';
import { lossRow } from './loss-row';
import { yieldToEvents } from './yield';

/**
 * Mean of every loss term over all batches. The draws are the same at every call, so that values of
 * different steps can be compared.
 */
export async function validate<B>(
  model: Trainable<B>,
  feed: Feed<B>,
  rng: Rng,
  context: Omit<LossContext, 'rng' | 'training'>,
): Promise<Record<string, number>> {
  let names: readonly string[] = [];
  const rows: number[][] = [];
  for await (const batch of feed.batches(rng.split('order'), 0)) {
    const row = tf.tidy(() => {
      const batchRng = rng.split('batch').split(rows.length);
      const named = lossRow(model.loss(batch, { ...context, training: false, rng: batchRng }));
      names = named.names;
      return named.row;
    });
    tf.dispose(batch as tf.TensorContainer);
    rows.push(await row.array());
    row.dispose();
    await yieldToEvents();
  }
  if (rows.length === 0) throw new Error('fit: the validation data gave no batches.');
  return meanOfRows(names, rows);
}
