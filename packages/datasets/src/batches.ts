import type { Rng } from '@causal/random';
import { checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import { checkFlag } from './arguments';
import type { Batch, BatchesOptions, Split } from './dataset';

const KEYS = ['batchSize', 'rng', 'from', 'dropRemainder', 'signal'];

/**
 * Which rows the batches of one epoch have, in an order drawn from `rng`: one permutation drawn at
 * the call, so that a generator saved before the call and `from` bring an epoch back.
 */
export function epochOrders(split: Split, size: number, options: BatchesOptions): Int32Array[] {
  checkKeys(options, KEYS, 'batches');
  const { batchSize, rng, from = 0, dropRemainder = split === 'train' } = options;
  checkNumber(batchSize, 'batchSize', 'batches', { least: 1, integer: true });
  checkNumber(from, 'from', 'batches', { least: 0, integer: true });
  checkFlag(dropRemainder, 'dropRemainder', 'batches');
  if (typeof (rng as Partial<Rng> | undefined)?.permutation !== 'function') {
    throw new OptionsError('batches', [
      `\`rng\` must be a generator such as createRng(1) of @causal/random, got ${show(rng)}.`,
    ]);
  }
  if (dropRemainder && size > 0 && batchSize > size) {
    throw new RangeError(
      `batches: batchSize ${batchSize} is more than the ${size} rows of '${split}', and a batch ` +
        `that is not full is left out. Use a smaller batchSize or { dropRemainder: false }.`,
    );
  }
  const order = rng.permutation(size);
  const end = dropRemainder ? size - (size % batchSize) : size;
  const orders: Int32Array[] = [];
  for (let start = from * batchSize; start < end; start += batchSize) {
    orders.push(order.subarray(start, Math.min(start + batchSize, end)));
  }
  return orders;
}

/** The batches of one epoch, each made when it is asked for. */
export function shuffledBatches(
  split: Split,
  size: number,
  options: BatchesOptions,
  read: (rows: Int32Array) => Batch,
): AsyncIterable<Batch> {
  const orders = epochOrders(split, size, options);
  return {
    async *[Symbol.asyncIterator]() {
      for (const rows of orders) {
        options.signal?.throwIfAborted();
        yield read(rows);
      }
    },
  };
}
