import * as tf from '@tensorflow/tfjs';
import type { Batch, Dataset } from '../dataset';
import type { Columns } from './least-squares';

const BATCH = 64;
/** Pictures are looked at as so many blocks across and down. */
const BLOCKS = 16;
/** Less than one pixel by one step of a byte in the largest block. */
const SAME = 1e-7;

/** Mean values of the blocks of training pictures, those that vary at all, and the rows that could be read. */
export async function readParts(
  data: Dataset,
  rows: readonly number[],
  signal: AbortSignal | undefined,
): Promise<{ parts: Columns; used: number[] }> {
  const [height, width, channels] = data.imageShape;
  const across = Math.min(BLOCKS, width);
  const down = Math.min(BLOCKS, height);
  const parts = Array.from(
    { length: down * across * channels },
    () => new Float64Array(rows.length),
  );
  const used: number[] = [];
  for (let from = 0; from < rows.length; from += BATCH) {
    signal?.throwIfAborted();
    for (const { batch, wanted } of await read(data, rows.slice(from, from + BATCH))) {
      const pixels = batch.images.dataSync();
      tf.dispose(Object.values(batch));
      wanted.forEach((row, k) => {
        for (let i = 0; i < height * width * channels; i++) {
          const y = Math.floor(i / (width * channels));
          const x = Math.floor(i / channels) % width;
          const block = Math.floor((y * down) / height) * across + Math.floor((x * across) / width);
          parts[block * channels + (i % channels)]![used.length]! +=
            pixels[k * height * width * channels + i]!;
        }
        used.push(row);
      });
    }
  }
  const size = (height / down) * (width / across);
  const varying = parts
    .map((part) => part.slice(0, used.length).map((v) => v / size))
    .filter((part) => part.some((v) => Math.abs(v - part[0]!) > SAME));
  return { parts: varying, used };
}

/** Batches of the rows; where some files are skipped, one a row that can be read. */
async function read(
  data: Dataset,
  rows: readonly number[],
): Promise<{ batch: Batch; wanted: readonly number[] }[]> {
  const batch = await data.batch('train', rows);
  if (batch.images.shape[0] === rows.length) return [{ batch, wanted: rows }];
  tf.dispose(Object.values(batch));
  const single: { batch: Batch; wanted: readonly number[] }[] = [];
  for (const row of rows) {
    try {
      single.push({ batch: await data.batch('train', [row]), wanted: [row] });
    } catch {
      // The data set was told to skip such files, and says by `badFiles` which they are.
      continue;
    }
  }
  return single;
}
