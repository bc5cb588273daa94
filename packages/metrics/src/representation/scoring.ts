import { checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import type { Pair } from './table';

/** Options of scores that fit on a part of the rows and are measured on the rest. */
export interface HoldOutOptions {
  /** Share of the rows that the score is measured on. Default .3. */
  readonly testShare?: number;
  /** Decides which rows. Default seed 0. */
  readonly rng?: Rng;
  readonly seed?: number;
}

/** @throws RangeError if a part would be empty. */
export function holdOut(
  pair: Pair,
  options: HoldOutOptions,
  caller: string,
): { readonly train: Pair; readonly test: Pair } {
  const { testShare = 0.3, seed = 0, rng: given = seed } = options;
  checkNumber(testShare, 'testShare', caller);
  const rng = createRng(given);
  const n = pair.latents[0]!.length;
  const count = Math.round(testShare * n);
  if (!(count >= 1 && count < n)) {
    throw new RangeError(`${caller}: testShare ${testShare} of ${n} rows leaves one part empty.`);
  }
  const order = rng.split('hold-out').permutation(n);
  return {
    train: pickRows(pair, order.subarray(count)),
    test: pickRows(pair, order.subarray(0, count)),
  };
}

/** The given rows of both tables. */
export function pickRows({ latents, labels }: Pair, rows: Int32Array): Pair {
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row]!);
  return { latents: latents.map(pick), labels: labels.map(pick) };
}

/** R² = 1 − Σ(prediction − target)² / Σ(target − mean)²; 0 for a constant target. */
export function r2Score(predicted: Float64Array, wanted: Float64Array): number {
  // In units near 1: squares of 1e200 and of 1e-200 leave float64.
  const unit = unitOf(wanted);
  const [prediction, target] = [predicted, wanted].map((column) => column.map((v) => v * unit)) as [
    Float64Array,
    Float64Array,
  ];
  const mean = target.reduce((sum, v) => sum + v, 0) / target.length;
  let error = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    error += (prediction[i]! - target[i]!) ** 2;
    total += (target[i]! - mean) ** 2;
  }
  return total === 0 ? 0 : 1 - error / total;
}

/** The power of two that brings a column's largest value near 1; 1 for a column of zeros. */
export function unitOf(column: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]!));
  // 2^±1000 at most, so that the factor itself is a number.
  return largest === 0 ? 1 : 2 ** -Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
}

/** Share of equal entries. */
export function accuracy(prediction: Float64Array, target: Float64Array): number {
  let right = 0;
  for (let i = 0; i < target.length; i++) if (prediction[i] === target[i]) right++;
  return right / target.length;
}

/** Mean; NaN of nothing. */
export function average(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
