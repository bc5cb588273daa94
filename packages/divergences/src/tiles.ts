import * as tf from '@tensorflow/tfjs';

/** A run of rows of a sample. */
export interface Block {
  readonly index: number;
  readonly start: number;
  readonly size: number;
}

/**
 * Rows and columns of a tile. A tile's few temporary arrays (4 MiB each) stay in the cache and
 * bound the memory, whatever n and m are.
 */
export const TILE = 1024;

/** Up to this many rows the whole matrix is one tile: its handful of operations cost least. */
export const DENSE_ROWS = 2048;

/** Cuts n rows into blocks of at most `size`. */
export function blocksOf(n: number, size: number): Block[] {
  const count = Math.ceil(n / size);
  return Array.from({ length: count }, (_, index) => {
    const start = index * size;
    return { index, start, size: Math.min(size, n - start) };
  });
}

export const rowsOf = (points: tf.Tensor2D, { start, size }: Block): tf.Tensor2D =>
  tf.slice2d(points, [start, 0], [size, points.shape[1]]);

/** Ones with a zero diagonal. */
export function offDiagonalMask(n: number): tf.Tensor2D {
  const mask = new Float32Array(n * n).fill(1);
  for (let i = 0; i < n; i++) mask[i * (n + 1)] = 0;
  return tf.tensor2d(mask, [n, n]);
}

/** Ones, with zeros on the diagonal of the whole matrix where this tile is on it. */
export const maskOf = (i: Block, j: Block): tf.Tensor2D | undefined =>
  i.index === j.index ? offDiagonalMask(i.size) : undefined;

/** Sums tensors that come one by one, holding only the sum. */
export class RunningSum<T extends tf.Tensor> {
  #sum: T | undefined;

  /** Adds `term` and disposes it. */
  add(term: T): void {
    if (this.#sum === undefined) {
      this.#sum = term;
      return;
    }
    const previous = this.#sum;
    this.#sum = tf.add(previous, term) as T;
    previous.dispose();
    term.dispose();
  }

  /** The sum so far, which now belongs to the caller. */
  take(): T {
    const sum = this.#sum;
    if (sum === undefined) throw new Error('RunningSum: nothing was added.');
    this.#sum = undefined;
    return sum;
  }
}

/** Rows of blocks, in order, as one matrix; the parts are disposed. */
export function joinRows(parts: tf.Tensor2D[]): tf.Tensor2D {
  if (parts.length === 1) return parts[0]!;
  const joined = tf.concat(parts, 0);
  tf.dispose(parts);
  return joined;
}
