import type { ParentSetScore } from './local-score';
import { nearestNeighbourScore, type ScoreSettings } from './nearest-neighbours';

/** Quantile bins of a continuous cause of a discrete variable. */
const BINS = 5;

interface Coded {
  readonly discrete: boolean;
  readonly levels: number;
  /** Level or bin of each row. */
  readonly code: Int32Array;
}

/**
 * For tables with discrete columns, in nats per row: a discrete variable by the multinomial
 * likelihood of its table given its causes (continuous ones in five quantile bins), a continuous one
 * with discrete causes by a Gaussian for each combination of them, both with the BIC's ½·ln n for
 * each parameter (Schwarz 1978; Heckerman, Geiger & Chickering 1995); a continuous one with
 * continuous causes as {@link nearestNeighbourScore}. Among binary variables that finds the graph up
 * to the directions that no data tell.
 * @param columns standardised, rows in random order.
 */
export function mixedScore(
  columns: readonly Float64Array[],
  settings: ScoreSettings,
): ParentSetScore {
  const n = columns[0]!.length;
  const coded = columns.map((column, j) => encode(column, settings.discrete[j]!));
  const nearest = nearestNeighbourScore(columns, settings);
  const perParameter = Math.log(n) / (2 * n);
  return (parents, children) => {
    const { cell, cells } = cross(
      parents.map((p) => coded[p]!),
      n,
    );
    const allDiscrete = parents.every((p) => coded[p]!.discrete);
    const smooth = allDiscrete ? [] : nearest(parents, children);
    return children.map((child, c) => {
      const { discrete, levels, code } = coded[child]!;
      if (discrete) {
        return {
          cost: tableEntropy(cell, cells, code, levels) + perParameter * cells * (levels - 1),
        };
      }
      if (!allDiscrete) return smooth[c]!;
      const variance = Math.max(varianceWithin(cell, cells, columns[child]!), settings.floor);
      return { cost: 0.5 * Math.log(variance) + perParameter * cells };
    });
  };
}

function encode(column: Float64Array, discrete: boolean): Coded {
  if (discrete) {
    const values = [...new Set(column)].sort((a, b) => a - b);
    const code = Int32Array.from(column, (v) => values.indexOf(v));
    return { discrete: true, levels: values.length, code };
  }
  const sorted = Float64Array.from(column).sort();
  const cuts = Array.from(
    { length: BINS - 1 },
    (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / BINS)]!,
  );
  const code = Int32Array.from(column, (v) => cuts.filter((cut) => v >= cut).length);
  return { discrete: false, levels: BINS, code };
}

/** Every combination of levels as one number. */
function cross(parents: readonly Coded[], n: number): { cell: Int32Array; cells: number } {
  const cell = new Int32Array(n);
  let cells = 1;
  for (const { code, levels } of parents) {
    for (let i = 0; i < n; i++) cell[i] = cell[i]! * levels + code[i]!;
    cells *= levels;
  }
  return { cell, cells };
}

/** Mean −ln of the share that each row's level has in its cell. */
function tableEntropy(cell: Int32Array, cells: number, code: Int32Array, levels: number): number {
  const counts = new Float64Array(cells * levels);
  const totals = new Float64Array(cells);
  cell.forEach((c, i) => {
    counts[c * levels + code[i]!]!++;
    totals[c]!++;
  });
  let sum = 0;
  counts.forEach((count, at) => {
    if (count > 0) sum -= count * Math.log(count / totals[Math.floor(at / levels)]!);
  });
  return sum / cell.length;
}

/** Mean square of what the mean of its cell leaves of a column. */
function varianceWithin(cell: Int32Array, cells: number, column: Float64Array): number {
  const sums = new Float64Array(cells);
  const squares = new Float64Array(cells);
  const totals = new Float64Array(cells);
  cell.forEach((c, i) => {
    sums[c]! += column[i]!;
    squares[c]! += column[i]! ** 2;
    totals[c]!++;
  });
  let rest = 0;
  totals.forEach((total, c) => {
    if (total > 0) rest += squares[c]! - sums[c]! ** 2 / total;
  });
  return rest / column.length;
}
