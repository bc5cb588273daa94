import type { Batch, BatchesOptions, Dataset, Split } from '@causal/datasets';

/**
 * A data set whose training rows are drawn with replacement, row i in proportion to weights[i]. The
 * same generator gives the same batches, and an epoch goes on at any batch.
 */
export function weighted(data: Dataset, weights: Float32Array): Dataset {
  const cumulative = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, i) => (cumulative[i] = sum += weight));
  const count = data.size('train');
  async function* drawn({
    batchSize,
    rng,
    from = 0,
    signal,
  }: BatchesOptions): AsyncIterable<Batch> {
    for (let b = from; b < Math.floor(count / batchSize); b++) {
      signal?.throwIfAborted();
      const own = rng.split('weighted-rows').split(b);
      const rows = Int32Array.from({ length: batchSize }, () =>
        firstAbove(cumulative, own.uniform() * sum),
      );
      yield await data.batch('train', rows);
    }
  }
  return {
    ...whole(data),
    batches: (split: Split, options: BatchesOptions) =>
      split === 'train' ? drawn(options) : data.batches(split, options),
  };
}

/** The data set's members as own properties: its methods may live on a prototype. */
function whole(data: Dataset): Dataset {
  return {
    name: data.name,
    concepts: data.concepts,
    graph: data.graph,
    imageShape: data.imageShape,
    size: (split) => data.size(split),
    labels: (split) => data.labels(split),
    batch: (split, rows) => data.batch(split, rows),
    batches: (split, options) => data.batches(split, options),
  };
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
