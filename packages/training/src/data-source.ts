import type { Rng } from '@causal/random';

export interface SourceOptions {
  /** Rows in a batch. */
  readonly batchSize: number;
  /** Decides the order of this epoch. */
  readonly rng: Rng;
  /** Batches of the epoch to leave out, so that an interrupted one goes on where it stopped. */
  readonly from: number;
}

/** Batches, one after the other. */
export type Batches<B> = AsyncIterable<B> | Iterable<B>;

/** One stream of batches for each epoch. The loop disposes every batch it takes. */
export interface BatchSource<B> {
  /** Batches in an epoch. Needed where the length of a run is given in epochs. */
  readonly batchesPerEpoch?: number | ((batchSize: number) => number);
  batches(options: SourceOptions): Batches<B>;
}

/** A data set with splits, such as those of @causal/datasets. */
export interface SplitSource<B> {
  /** Rows of a split. */
  size(split: 'train' | 'validation' | 'test'): number;
  batches(split: 'train' | 'validation' | 'test', options: SourceOptions): Batches<B>;
}

export type DataSource<B> = BatchSource<B> | SplitSource<B>;

/** What the loop reads: one split, whatever the source looked like. */
export interface Feed<B> {
  readonly batchesPerEpoch: number | undefined;
  batches(rng: Rng, from: number): Batches<B>;
}

const hasSplits = <B>(data: DataSource<B>): data is SplitSource<B> =>
  typeof (data as SplitSource<B>).size === 'function';

/**
 * The batches of a split (of a source without splits: all it gives).
 * @throws RangeError where there is not one whole batch.
 */
export function feedOf<B>(
  data: DataSource<B>,
  split: 'train' | 'validation',
  batchSize: number,
): Feed<B> {
  if (typeof data?.batches !== 'function') {
    throw new TypeError(
      'fit(model, data): data must have batches(split, { batchSize, rng, from }) and size(split), ' +
        'as a Dataset has, or batches({ batchSize, rng, from }).',
    );
  }
  if (hasSplits(data)) {
    const rows = data.size(split);
    // The last batch of training data is left out where it is not full; of validation data it is not.
    const count = split === 'train' ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
    if (count < 1) {
      throw new RangeError(
        `fit: the ${split} split has ${rows} rows, fewer than one batch of ${batchSize}: ` +
          'lower batchSize or give more data.',
      );
    }
    return {
      batchesPerEpoch: count,
      batches: (rng, from) => data.batches(split, { batchSize, rng, from }),
    };
  }
  const declared = data.batchesPerEpoch;
  const count = typeof declared === 'function' ? declared.call(data, batchSize) : declared;
  if (count !== undefined && !(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(
      `fit: data.batchesPerEpoch must be a whole number ≥ 1, got ${count} for batchSize ${batchSize}.`,
    );
  }
  return { batchesPerEpoch: count, batches: (rng, from) => data.batches({ batchSize, rng, from }) };
}
