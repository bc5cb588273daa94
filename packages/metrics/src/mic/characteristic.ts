import { checkChoice, checkKeys, checkNumber } from '@causal/options';
import { countLogs, optimizeAxis } from './optimize-axis';
import { rowsOfPoints, superclumps } from './partitions';
import { rankPoints, type Ranked } from './ranked';

/** How the characteristic matrix is estimated; the defaults are those of the papers. */
export interface MicOptions {
  /**
   * `'approx'` (default): ApproxMaxMI, the heuristic of Reshef et al., Science 334 (2011).
   * `'e'`: the consistent estimator from the equicharacteristic matrix, Reshef et al., JMLR 17 (2016).
   */
  readonly estimator?: 'approx' | 'e';
  /**
   * Bound B on a grid's number of cells: B = max(n^alpha, 4) for alpha in (0, 1], B = min(alpha, n)
   * for alpha ≥ 4. Default .6.
   */
  readonly alpha?: number;
  /** Superclumps per column of the search: more is finer and slower. Default 15. */
  readonly c?: number;
}

/** Normalised mutual information of the best grid of each shape. */
export interface CharacteristicMatrix {
  /** Bound on the number of cells. */
  readonly cells: number;
  /** values[a][b]: the score in [0, 1] of a bins along x and b along y; a, b ≥ 2 and a·b ≤ cells. */
  readonly values: readonly (readonly number[])[];
}

/** Refuses options that are none, minepy's names with a hint. */
export function checkMicOptions(
  options: object,
  caller: string,
  others: readonly string[] = [],
): void {
  checkKeys(options, ['estimator', 'alpha', 'c', ...others], caller, {
    est: 'estimator',
    clumps: 'c',
    norm: 'normalized',
    eps: 'epsilon',
  });
}

function cellBound(n: number, alpha: number): number {
  checkNumber(alpha, 'alpha', 'mic');
  if (alpha > 0 && alpha <= 1) return Math.max(n ** alpha, 4);
  if (alpha >= 4) return Math.min(alpha, n);
  throw new RangeError(`mic: alpha must be in (0, 1] or at least 4, got ${alpha}.`);
}

/**
 * The characteristic matrix of two variables that are ranked already (so that a matrix of pairs
 * sorts each variable once).
 */
export function characteristicOfRanked(
  x: Ranked,
  y: Ranked,
  options: MicOptions = {},
): CharacteristicMatrix {
  const { estimator = 'approx', alpha = 0.6, c = 15 } = options;
  if (x.n !== y.n) {
    throw new RangeError(`mic: x and y must have the same length, got ${x.n} and ${y.n}.`);
  }
  checkNumber(c, 'c', 'mic', { above: 0 });
  checkChoice(estimator, ['approx', 'e'], 'estimator', 'mic');
  const { n } = x;
  const cells = cellBound(n, alpha);
  const most = Math.max(2, Math.floor(cells / 2));
  const logs = countLogs(n);
  const values: number[][] = [];
  for (let a = 0; a <= most; a++)
    values.push(new Array<number>(Math.floor(cells / Math.max(a, 2)) + 1).fill(0));

  /**
   * Cuts `fixed` into `bins` equal bins, searches the other variable's borders for every number of
   * columns up to `columns`, and gives each score. Where ties leave fewer bins than asked, the
   * score is normalised by the bins that there are.
   */
  const search = (
    free: Ranked,
    fixed: Ranked,
    bins: number,
    columns: number,
    put: (columns: number, score: number) => void,
  ): void => {
    const { row, rows } = rowsOfPoints(fixed, bins);
    const starts = superclumps(free, row, Math.max(1, Math.floor(c * Math.floor(cells / bins))));
    const information = optimizeAxis(free, row, rows, starts, columns, logs);
    if (rows < 2) return;
    for (let l = 2; l <= columns; l++) put(l, information[l]! / Math.log(Math.min(l, rows)));
  };
  const take = (a: number, b: number, score: number): void => {
    if (score > values[a]![b]!) values[a]![b] = score;
  };

  for (let bins = 2; bins <= most; bins++) {
    const columns = Math.floor(cells / bins);
    if (estimator === 'approx') {
      search(x, y, bins, columns, (l, score) => take(l, bins, score));
      search(y, x, bins, columns, (l, score) => take(bins, l, score));
    } else {
      // The axis with more bins is cut equally, the one with fewer is optimised, and on the diagonal
      // y is (JMLR 2016, definition of I^[*]); so the estimate is not symmetric in x and y.
      const fewer = Math.min(columns, bins);
      search(x, y, bins, Math.min(columns, bins - 1), (l, score) => take(l, bins, score));
      search(y, x, bins, fewer, (l, score) => take(bins, l, score));
    }
  }
  return { cells, values };
}

/**
 * The characteristic matrix of two variables, from which all statistics of the family are read.
 * @param x Finite numbers, one a point.
 * @param y Finite numbers, as many.
 */
export function characteristicMatrix(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: MicOptions = {},
): CharacteristicMatrix {
  checkMicOptions(options, 'characteristicMatrix', ['normalized', 'epsilon', 'p']);
  return characteristicOfRanked(rankPoints(x, 'mic: x'), rankPoints(y, 'mic: y'), options);
}
