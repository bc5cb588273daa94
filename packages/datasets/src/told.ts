import type { Rng } from '@causal/random';
import { show } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import type { Batch, Concept, Matrix, Split } from './dataset';
import type { ToldOptions } from './generated-options';

/** What a reader of a split is told about its rows. */
export interface Told {
  readonly labels: Matrix;
  readonly labelled?: Float32Array;
  readonly weights?: Float32Array;
}

/** The exact labels as they are told: measured with noise, some withheld, rows weighted. */
export function tell(
  exact: Matrix,
  concepts: readonly Concept[],
  options: ToldOptions & { readonly labelNoise?: number },
  split: Split,
  rng: Rng,
): Told {
  const { labelNoise = 0, labelled = 1, weights } = options;
  let labels = exact;
  if (labelNoise > 0) {
    const noise = rng.split('noise');
    const scale = concepts.map(({ range }) => labelNoise * (range[1] - range[0]));
    labels = labels.map((row) => row.map((v, c) => v + scale[c]! * noise.normal()));
  }
  let mask: Float32Array | undefined;
  if (labelled < 1) {
    mask = new Float32Array(exact.length).fill(1);
    if (split === 'train') {
      mask.fill(0);
      const order = rng.split('labelled').permutation(exact.length);
      for (const row of order.subarray(0, Math.round(labelled * exact.length))) mask[row] = 1;
    }
    labels = labels.map((row, k) => (mask![k] === 1 ? row : row.map(() => NaN)));
  }
  return {
    labels,
    ...(mask && { labelled: mask }),
    ...(weights && { weights: Float32Array.from(exact, (row, k) => weigh(weights, row, k)) }),
  };
}

/** The rows' `labelled` and `weights` as a batch carries them. */
export function toldOf(
  { labelled, weights }: Told,
  rows: ArrayLike<number>,
): Pick<Batch, 'labelled' | 'weights'> {
  const pick = (values: Float32Array): tf.Tensor1D =>
    tf.tensor1d(Float32Array.from(rows, (row) => values[row]!));
  return {
    ...(labelled && { labelled: pick(labelled) }),
    ...(weights && { weights: pick(weights) }),
  };
}

function weigh(
  weights: NonNullable<ToldOptions['weights']>,
  row: readonly number[],
  k: number,
): number {
  const weight = weights(row);
  if (typeof weight === 'number' && weight >= 0 && weight < Infinity) return weight;
  throw new RangeError(`weights: row ${k} got ${show(weight)}, expected a finite number ≥ 0.`);
}
