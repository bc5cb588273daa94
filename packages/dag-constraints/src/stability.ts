import type { Matrix } from '@causal/graph';
import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { readTable } from './data/table';
import { checkKeys, checkNumber } from '@causal/options';
import { Pacer, type LongWork } from './progress';

export interface EdgeStabilityOptions extends LongWork {
  /** Resampled data sets; default 50. */
  readonly samples?: number;
  readonly seed?: number;
  readonly rng?: Rng;
}

/**
 * How often each edge returns when the rows are drawn anew with replacement (Efron 1979; Friedman,
 * Goldszmidt & Wyner 1999).
 * @param x observations [n, d]
 * @param learn any learner: `(x) => dagma(x)`.
 * @returns `frequency[i][j]` in [0, 1].
 */
export async function edgeStability(
  x: Matrix | tf.Tensor2D,
  learn: (x: Matrix) => Promise<{ readonly adjacency: Matrix }>,
  options: EdgeStabilityOptions = {},
): Promise<number[][]> {
  checkKeys(options, ['samples', 'seed', 'rng', 'signal', 'onProgress'], 'edgeStability');
  const { columns, rows } = readTable(x, { caller: 'edgeStability' });
  const samples = checkNumber(options.samples ?? 50, 'samples', 'edgeStability', {
    least: 1,
    integer: true,
  });
  const rng = createRng(options.rng ?? options.seed ?? 0);
  const pacer = new Pacer(options);
  const frequency = columns.map(() => columns.map(() => 0));
  for (let sample = 0; sample < samples; sample++) {
    const draw = rng.split(`sample ${sample}`);
    const resampled = Array.from({ length: rows }, () => {
      const row = draw.int(rows);
      return columns.map((column) => column[row]!);
    });
    const { adjacency } = await learn(resampled);
    adjacency.forEach((row, i) => row.forEach((v, j) => v && (frequency[i]![j]! += 1 / samples)));
    await pacer.report(sample + 1, samples, 'bootstrap');
  }
  return frequency;
}
