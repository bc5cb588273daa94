import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../dataset';

/**
 * Batches in order, up to `ahead` of them being read while one is in use. A reader that stops
 * early leaves nothing behind: what was read ahead is disposed.
 * @param read undefined for a batch none of whose files could be used.
 */
export function prefetched(
  orders: readonly Int32Array[],
  ahead: number,
  read: (rows: Int32Array) => Promise<Batch | undefined>,
  signal?: AbortSignal,
): AsyncIterable<Batch> {
  return {
    async *[Symbol.asyncIterator]() {
      const running: Promise<Batch | undefined>[] = [];
      let next = 0;
      const start = (): void => {
        while (next < orders.length && running.length <= ahead) {
          const reading = read(orders[next++]!);
          // A failure is thrown when its turn comes, not before.
          reading.catch(() => undefined);
          running.push(reading);
        }
      };
      try {
        for (start(); running.length > 0;) {
          signal?.throwIfAborted();
          const batch = await running.shift()!;
          start();
          if (batch) yield batch;
        }
      } finally {
        for (const rest of await Promise.allSettled(running)) {
          if (rest.status === 'fulfilled' && rest.value) tf.dispose(Object.values(rest.value));
        }
      }
    },
  };
}
