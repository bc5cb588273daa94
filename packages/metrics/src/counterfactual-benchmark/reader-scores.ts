import type { Concept, Dataset, Matrix } from '@causal/datasets';
import type * as tf from '@tensorflow/tfjs';
import type { ConceptReaders, ReaderScore } from './readers';

const CHUNK = 128;

/** Sums of how far readings are from labels, by concept. */
export class ReadingErrors {
  readonly #n: number[];
  readonly #absolute: number[];
  readonly #squared: number[];
  readonly #right: number[];
  readonly #sum: number[];
  readonly #sumSquares: number[];

  constructor(readonly concepts: readonly Concept[]) {
    const zeros = (): number[] => concepts.map(() => 0);
    [this.#n, this.#absolute, this.#squared] = [zeros(), zeros(), zeros()];
    [this.#right, this.#sum, this.#sumSquares] = [zeros(), zeros(), zeros()];
  }

  add(read: ArrayLike<number>, labels: Matrix): void {
    const d = this.concepts.length;
    labels.forEach((row, i) =>
      row.forEach((label, c) => {
        const error = read[i * d + c]! - label;
        this.#n[c]!++;
        this.#absolute[c]! += Math.abs(error);
        this.#squared[c]! += error * error;
        this.#right[c]! += Number(Math.round(read[i * d + c]!) === Math.round(label));
        this.#sum[c]! += label;
        this.#sumSquares[c]! += label * label;
      }),
    );
  }

  /** By concept: mean absolute error of continuous ones, share read right of others. */
  errors(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.scores()).map(([name, { mae, accuracy }]) => [name, mae ?? accuracy!]),
    );
  }

  scores(): Record<string, ReaderScore> {
    return Object.fromEntries(
      this.concepts.map(({ name, kind }, c) => {
        const n = this.#n[c]!;
        if (kind !== 'continuous') return [name, { accuracy: this.#right[c]! / n }];
        const spread = this.#sumSquares[c]! - this.#sum[c]! ** 2 / n;
        return [name, { mae: this.#absolute[c]! / n, r2: 1 - this.#squared[c]! / spread }];
      }),
    );
  }
}

/** What readers read, row by row; checked. */
export async function readAll(
  caller: string,
  readers: ConceptReaders,
  images: tf.Tensor4D,
  labels: Matrix,
): Promise<Float32Array> {
  const read = readers.read(images, labels);
  try {
    if (read.shape.join() !== `${labels.length},${labels[0]!.length}`) {
      throw new RangeError(
        `${caller}: expected readers to give [${labels.length}, ${labels[0]!.length}], ` +
          `got [${read.shape.join(', ')}].`,
      );
    }
    const values = (await read.data()) as Float32Array;
    if (values.every(Number.isFinite)) return values;
    throw new RangeError(`${caller}: the readers gave a number that is not finite.`);
  } finally {
    read.dispose();
  }
}

/** How well readers read test pictures. */
export async function scoresOf(
  readers: ConceptReaders,
  data: Dataset,
  rows: readonly number[],
): Promise<Record<string, ReaderScore>> {
  const errors = new ReadingErrors(data.concepts);
  const all = data.labels('test');
  for (let from = 0; from < rows.length; from += CHUNK) {
    const chunk = rows.slice(from, from + CHUNK);
    const labels = chunk.map((row) => all[row]!);
    const batch = await data.batch('test', chunk);
    try {
      errors.add(await readAll('trainReaders', readers, batch.images, labels), labels);
    } finally {
      for (const tensor of Object.values(batch) as tf.Tensor[]) tensor.dispose();
    }
  }
  return errors.scores();
}
