import { checkKeys, checkNumber } from '@causal/options';
import { createRng, type Rng } from '@causal/random';

/** A statistic with a confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface IntervalOptions {
  /** Resamples. Default 100. */
  readonly samples?: number;
  /** Coverage that the interval aims at. Default .95. */
  readonly level?: number;
  readonly rng?: Rng;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Names of {@link IntervalOptions}. */
export const INTERVAL_KEYS = ['samples', 'level', 'rng', 'seed', 'signal', 'onProgress'] as const;

/** Milliseconds of work before other work of the thread (such as a cancelling click) gets a turn. */
const LONGEST_STRETCH = 50;

/**
 * Statistics of rows with confidence intervals from the half-sample bootstrap: each resample is a
 * random half of the rows, drawn *without* replacement. A statistic of n/2 of n rows varies about its
 * own mean as much as the statistic of all rows varies about the truth (σ²/(n/2) − σ²/n = σ²/n), and
 * no row occurs twice: duplicates would be ties to MIC and would sit on both sides of a hold-out.
 * The interval is the value plus the quantiles of those deviations; a bias is not corrected.
 *
 * @param n Rows.
 * @param statistics From row indices to as many numbers on every call.
 * @see Shao & Tu, "The Jackknife and Bootstrap" (1995), on the delete-d jackknife.
 */
export async function intervals(
  n: number,
  statistics: (rows: Int32Array) => readonly number[],
  options: IntervalOptions = {},
): Promise<Interval[]> {
  checkKeys(options, INTERVAL_KEYS, 'intervals');
  const { samples = 100, level = 0.95, seed = 0, rng: given = seed } = options;
  checkNumber(n, 'n', 'intervals', { integer: true, least: 2 });
  checkNumber(samples, 'samples', 'intervals', { integer: true, least: 2 });
  checkNumber(level, 'level', 'intervals', { above: 0, below: 1 });
  const rng = createRng(given);
  const half = n >> 1;
  const stream = rng.split('half-samples');
  const drawn: (readonly number[])[] = [];
  let paused = performance.now();
  for (let sample = 1; sample <= samples; sample++) {
    options.signal?.throwIfAborted();
    drawn.push(statistics(stream.permutation(n).subarray(0, half)));
    options.onProgress?.({ done: sample, total: samples });
    if (performance.now() - paused > LONGEST_STRETCH) {
      await new Promise((resolve) => setTimeout(resolve));
      paused = performance.now();
    }
  }
  const tail = (1 - level) / 2;
  return statistics(Int32Array.from({ length: n }, (_, i) => i)).map((value, s) => {
    // A half may lack a rare value, and with it a score (NaN): the others tell the spread.
    const values = Float64Array.from(drawn, (sample) => sample[s]!)
      .filter((v) => !Number.isNaN(v))
      .sort();
    const count = values.length;
    if (count === 0) return { value, low: NaN, high: NaN };
    const mean = values.reduce((a, b) => a + b, 0) / count;
    const at = (p: number): number => {
      const place = p * (count - 1);
      const low = Math.floor(place);
      const next = values[Math.min(low + 1, count - 1)]!;
      return value + values[low]! + (place - low) * (next - values[low]!) - mean;
    };
    return { value, low: at(tail), high: at(1 - tail) };
  });
}
