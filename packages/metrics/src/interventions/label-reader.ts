import type { Dataset } from '@causal/datasets';
import { show } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';
import type { Annotator } from './annotator';
import { checkData } from './dataset-oracle';

/** Reads labels off images: an {@link Annotator}, or anything else that can. */
export type LabelReader = Pick<Annotator, 'read'> & Partial<Pick<Annotator, 'r2'>>;

/** @throws TypeError if the reader says that it reads other concepts than the data set's. */
export function checkReader(caller: string, reader: LabelReader, data: Dataset): void {
  checkData(caller, data);
  if (typeof (reader as Partial<LabelReader> | null | undefined)?.read !== 'function') {
    throw new TypeError(
      `${caller}: expected an annotator with read(images), got ${show(reader)}; trainAnnotator makes one.`,
    );
  }
  if (!reader.r2) return;
  const expected = data.concepts.map(({ name }) => name).join(', ');
  const found = Object.keys(reader.r2).join(', ');
  if (found === expected) return;
  throw new TypeError(
    `${caller}: the annotator reads [${found}], but '${data.name}' has [${expected}].`,
  );
}

/**
 * What the reader reads, row by row.
 * @throws RangeError unless that is a finite number for each image and concept.
 */
export async function readLabels(
  caller: string,
  reader: LabelReader,
  images: tf.Tensor4D,
  concepts: number,
  what: string,
): Promise<Float32Array> {
  const read = reader.read(images);
  try {
    const [n] = images.shape;
    if (read.shape.join() !== `${n},${concepts}`) {
      throw new RangeError(
        `${caller}: expected the annotator to read [${n}, ${concepts}] off ${what}, ` +
          `got [${read.shape.join(', ')}].`,
      );
    }
    const values = (await read.data()) as Float32Array;
    const bad = values.find((v) => !Number.isFinite(v));
    if (bad !== undefined) {
      throw new RangeError(`${caller}: the annotator read ${bad} off ${what}.`);
    }
    return values;
  } finally {
    read.dispose();
  }
}
