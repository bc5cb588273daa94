import type { Matrix } from '@causal/graph';
import { checkChoice, checkKeys, checkNumber, OptionsError, show } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { checkWork } from './checks';
import { readTable } from './data/table';
import { Pacer, type LongWork } from './progress';

const CALLER = 'edgeStability';

export interface EdgeStabilityOptions extends LongWork {
  /** Data sets that are drawn; default 50. */
  readonly samples?: number;
  /**
   * `'subsamples'` (default): part of the rows, each once. `'bootstrap'`: as many rows as there are, with
   * replacement (Efron 1979); copies of a row are its nearest neighbours, and columns of few rows lose
   * their rare values.
   */
  readonly resampling?: 'subsamples' | 'bootstrap';
  /**
   * Part of the rows in a subsample, below 1; default .632, as many different rows as the bootstrap draws,
   * but at least 20 rows where there are more.
   */
  readonly share?: number;
  readonly seed?: number;
  readonly rng?: Rng;
}

/** Draws of one sample until every column varies in it. */
const MOST_DRAWS = 1000;
/** What every learner here takes. */
const FEWEST_ROWS = 20;

/**
 * How often each edge returns when part of the rows is drawn anew (Meinshausen & Bühlmann 2010; with
 * replacement Friedman, Goldszmidt & Wyner 1999). A draw in which a column is constant, as where
 * all rows with a rare value are missing, is drawn again: it says nothing about the column's edges.
 * @param x observations [n, d], n > d.
 * @param learn any learner: `(x, work) => dagma(x, work)`; `work` has the `signal`, so that cancelling
 * ends the learner too.
 * @returns `frequency[i][j]` in [0, 1].
 * @throws TypeError or RangeError for bad observations or options; what `learn` throws.
 */
export async function edgeStability(
  x: Matrix | tf.Tensor2D,
  learn: (x: Matrix, work: LongWork) => Promise<{ readonly adjacency: Matrix }>,
  options: EdgeStabilityOptions = {},
): Promise<number[][]> {
  checkKeys(
    options,
    ['samples', 'resampling', 'share', 'seed', 'rng', 'signal', 'onProgress'],
    CALLER,
  );
  checkWork(options, CALLER);
  if (typeof learn !== 'function') {
    throw new OptionsError(CALLER, [
      `\`learn\` must be a function such as (x) => dagma(x), got ${show(learn)}.`,
    ]);
  }
  const { columns, rows } = readTable(x, { caller: CALLER });
  const samples = checkNumber(options.samples ?? 50, 'samples', CALLER, {
    least: 1,
    integer: true,
  });
  const resampling = checkChoice(
    options.resampling ?? 'subsamples',
    ['subsamples', 'bootstrap'],
    'resampling',
    CALLER,
  );
  const size = subsampleSize(rows, columns.length, options.share);
  const rng = createRng(options.rng ?? options.seed ?? 0);
  const pacer = new Pacer(options);
  const work = options.signal ? { signal: options.signal } : {};
  const times = columns.map(() => columns.map(() => 0));
  for (let sample = 0; sample < samples; sample++) {
    const draw = rng.split(`sample ${sample}`);
    const drawn = varied(columns, () =>
      resampling === 'bootstrap'
        ? Int32Array.from({ length: rows }, () => draw.int(rows))
        : Int32Array.from(draw.permutation(rows).subarray(0, size)).sort(),
    );
    const found = await learn(
      Array.from(drawn, (row) => columns.map((column) => column[row]!)),
      work,
    );
    count(found, times);
    await pacer.report(sample + 1, samples, resampling);
  }
  return times.map((row) => row.map((v) => v / samples));
}

function subsampleSize(rows: number, d: number, share: number | undefined): number {
  if (share !== undefined) {
    return Math.max(
      2,
      Math.round(rows * checkNumber(share, 'share', CALLER, { above: 0, below: 1 })),
    );
  }
  const wanted = Math.max(Math.round(0.632 * rows), FEWEST_ROWS, d + 1);
  return Math.min(wanted, Math.max(rows - 1, 2));
}

function varied(columns: readonly Float64Array[], draw: () => Int32Array): Int32Array {
  for (let tries = 0; tries < MOST_DRAWS; tries++) {
    const drawn = draw();
    const varies = columns.every((column) =>
      drawn.some((row) => column[row] !== column[drawn[0]!]),
    );
    if (varies) return drawn;
  }
  throw new RangeError(
    `${CALLER}: in ${MOST_DRAWS} draws a column was constant each time. A value stands in too few rows for so small a part of them; raise \`share\` or leave the column out.`,
  );
}

/** Adds 1 for each edge of a learner's result. */
function count(found: { readonly adjacency: Matrix }, times: number[][]): void {
  const adjacency: unknown = (found as typeof found | undefined)?.adjacency;
  const d = times.length;
  const square =
    Array.isArray(adjacency) &&
    adjacency.length === d &&
    adjacency.every((row) => Array.isArray(row) && row.length === d);
  if (!square) {
    throw new OptionsError(CALLER, [
      `\`learn\` must give { adjacency } of ${d} × ${d}, got ${show(found)}.`,
    ]);
  }
  (adjacency as Matrix).forEach((row, i) => row.forEach((v, j) => v && times[i]![j]!++));
}
