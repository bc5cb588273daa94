import type { Dataset } from '@causal/datasets';
import { checkKeys, checkNumber, show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

/** What a model needs to know of its data before it sees any. */
export type ModelSource = Pick<Dataset, 'concepts' | 'imageShape'>;

/** Pictures encoded or decoded at once: bounds memory on large inputs. */
const CHUNK = 64;

/** Results of `body` on rows in chunks. */
export function chunked<T>(n: number, body: (row: number, size: number) => T): T[] {
  const results: T[] = [];
  for (let row = 0; row < n; row += CHUNK) results.push(body(row, Math.min(CHUNK, n - row)));
  return results;
}

/** @throws TypeError unless `source` can say what its pictures are. */
export function checkSource(source: ModelSource, caller: string): void {
  const shape = source?.imageShape as readonly number[] | undefined;
  if (
    !Array.isArray(source?.concepts) ||
    shape?.length !== 3 ||
    !shape.every((side) => Number.isInteger(side) && side > 0)
  ) {
    throw new TypeError(
      `${caller}: expected a data set, or an object with its concepts and imageShape [height, width, channels], got ${show(source)}.`,
    );
  }
}

/** @throws unless the tensor is a batch of pictures of this shape. */
export function checkImages(
  images: tf.Tensor4D,
  imageShape: readonly number[],
  caller: string,
): void {
  if (!(images instanceof tf.Tensor)) {
    const promised = typeof (images as { then?: unknown } | undefined)?.then === 'function';
    throw new TypeError(
      `${caller}: expected pictures [n, ${imageShape.join(', ')}] as a tensor, got ${promised ? 'a promise: await the batch first' : show(images)}.`,
    );
  }
  if (images.rank !== 4 || images.shape.slice(1).join() !== imageShape.join()) {
    throw new RangeError(
      `${caller}: pictures have shape [${images.shape.join(', ')}], this model takes [n, ${imageShape.join(', ')}].`,
    );
  }
}

/** Warnings to the console, each once. */
export function warnOnce(): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    // eslint-disable-next-line no-console -- the default of `onWarning`
    console.warn(message);
  };
}

/** The generator of a sample, its arguments checked. */
export function sampleRng(
  n: number,
  options: { rng?: Rng; seed?: number },
  caller: string,
  known: readonly string[],
): Rng {
  checkNumber(n, 'n', caller, { least: 1, integer: true });
  checkKeys(options, known, caller);
  return options.rng ?? createRng(options.seed ?? 0);
}
