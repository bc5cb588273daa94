import { checkFlag, checkNumber, show } from '@causal/options';
import {
  characteristicMatrix,
  type CharacteristicMatrix,
  checkMicOptions,
  type MicOptions,
} from './characteristic';

/** Every statistic of the maximal information family, from one characteristic matrix. */
export interface MicStatistics {
  /** Maximal information coefficient, 0 … 1: strength of any relationship. */
  readonly mic: number;
  /** Total information coefficient, divided by the number of grid shapes: 0 … 1. */
  readonly tic: number;
  /** Maximum asymmetry score, ≤ mic: departure from monotonicity. */
  readonly mas: number;
  /** Maximum edge value, ≤ mic: closeness to a function. */
  readonly mev: number;
  /** Minimum cell number, log₂ of the cells of the smallest grid that attains the mic: complexity. */
  readonly mcn: number;
}

/** Calls `visit` for each grid shape (a bins along x, b along y) that the bound allows. */
function eachShape(
  matrix: CharacteristicMatrix,
  visit: (score: number, a: number, b: number) => void,
): void {
  for (let a = 2; a < matrix.values.length; a++) {
    for (let b = 2; b < matrix.values[a]!.length; b++) visit(matrix.values[a]![b]!, a, b);
  }
}

/** MIC: the largest entry. */
function micOf(matrix: CharacteristicMatrix): number {
  let largest = 0;
  eachShape(matrix, (score) => (largest = Math.max(largest, score)));
  return Math.min(1, largest);
}

/** TIC: the sum of the entries, or, `normalized` (default), their mean. */
function ticOf(matrix: CharacteristicMatrix, normalized = true): number {
  let sum = 0;
  let shapes = 0;
  eachShape(matrix, (score) => {
    sum += score;
    shapes++;
  });
  return normalized ? sum / shapes : sum;
}

/** MAS: the largest difference between an entry and its mirror (SOM, section 4). */
function masOf(matrix: CharacteristicMatrix): number {
  let largest = 0;
  eachShape(matrix, (score, a, b) => {
    largest = Math.max(largest, Math.abs(score - (matrix.values[b]?.[a] ?? 0)));
  });
  return largest;
}

/** MEV: the largest entry with two bins along one axis (SOM, section 4). */
function mevOf(matrix: CharacteristicMatrix): number {
  let largest = 0;
  eachShape(matrix, (score, a, b) => {
    if (a === 2 || b === 2) largest = Math.max(largest, score);
  });
  return Math.min(1, largest);
}

/**
 * MCN(ε): log₂ of the cells of the smallest grid whose score reaches (1 − ε)·MIC (SOM, section 4).
 * Ties between grids are decided with a slack of 1e-9, so that rounding does not move the result.
 */
function mcnOf(matrix: CharacteristicMatrix, epsilon = 0): number {
  const wanted = (1 - epsilon) * micOf(matrix) - 1e-9;
  let cells = Infinity;
  eachShape(matrix, (score, a, b) => {
    if (score >= wanted) cells = Math.min(cells, a * b);
  });
  return Math.log2(cells);
}

/**
 * GMIC(p): the generalised (power) mean with exponent p, over all grid shapes, of the best score
 * among shapes with no more cells, C*_{a,b} = max_{a'b' ≤ ab} M_{a',b'} (Luedtke & Tran, "The
 * generalized mean information coefficient", 2013). p → ∞ is the MIC, p = 0 the geometric mean.
 */
function gmicOf(matrix: CharacteristicMatrix, p = -1): number {
  if (p === Infinity) return micOf(matrix);
  const bestWith = new Float64Array(Math.floor(matrix.cells) + 1);
  eachShape(matrix, (score, a, b) => {
    bestWith[a * b] = Math.max(bestWith[a * b]!, score);
  });
  for (let cells = 1; cells < bestWith.length; cells++) {
    bestWith[cells] = Math.max(bestWith[cells]!, bestWith[cells - 1]!);
  }
  let sum = 0;
  let shapes = 0;
  eachShape(matrix, (_, a, b) => {
    const value = bestWith[a * b]!;
    sum += p === 0 ? Math.log(value) : value ** p;
    shapes++;
  });
  if (p === -Infinity || (p <= 0 && bestWith[4] === 0)) return bestWith[4]!;
  return p === 0 ? Math.exp(sum / shapes) : (sum / shapes) ** (1 / p);
}

/** All statistics at once, for the price of one. */
export function micStatistics(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: MicOptions = {},
): MicStatistics {
  checkMicOptions(options, 'micStatistics');
  return statisticsOf(characteristicMatrix(x, y, options));
}

/** All statistics of a characteristic matrix. */
export function statisticsOf(matrix: CharacteristicMatrix): MicStatistics {
  return {
    mic: micOf(matrix),
    tic: ticOf(matrix),
    mas: masOf(matrix),
    mev: mevOf(matrix),
    mcn: mcnOf(matrix),
  };
}

/**
 * Maximal information coefficient of two variables: 0 for independent, 1 for any noiseless function.
 * Unchanged by strictly increasing or decreasing maps of either variable up to how equal bins fall
 * on ties.
 * @param x Finite numbers, one a point; at least 2.
 * @param y Finite numbers, as many.
 * @throws RangeError on different lengths, values that are not finite, or options out of range.
 * @see Reshef et al., Science 334:1518 (2011); for `estimator: 'e'` Reshef et al., JMLR 17(211) (2016).
 */
export function mic(x: ArrayLike<number>, y: ArrayLike<number>, options: MicOptions = {}): number {
  checkMicOptions(options, 'mic');
  return micOf(characteristicMatrix(x, y, options));
}

export interface TicOptions extends MicOptions {
  /** Divide by the number of grid shapes, so that the result is in 0 … 1. Default true. */
  readonly normalized?: boolean;
}

/**
 * Total information coefficient: the sum (or mean) of the characteristic matrix, a powerful statistic
 * for testing independence.
 * @see Reshef et al., JMLR 17(211) (2016), section 5.
 */
export function tic(x: ArrayLike<number>, y: ArrayLike<number>, options: TicOptions = {}): number {
  checkMicOptions(options, 'tic', ['normalized']);
  if (options.normalized !== undefined) checkFlag(options.normalized, 'normalized', 'tic');
  return ticOf(characteristicMatrix(x, y, options), options.normalized ?? true);
}

/** Maximum asymmetry score: how far a relationship is from monotone; at most the MIC. */
export function mas(x: ArrayLike<number>, y: ArrayLike<number>, options: MicOptions = {}): number {
  checkMicOptions(options, 'mas');
  return masOf(characteristicMatrix(x, y, options));
}

/** Maximum edge value: how close a relationship is to being a function; at most the MIC. */
export function mev(x: ArrayLike<number>, y: ArrayLike<number>, options: MicOptions = {}): number {
  checkMicOptions(options, 'mev');
  return mevOf(characteristicMatrix(x, y, options));
}

export interface McnOptions extends MicOptions {
  /** Slack ε in [0, 1]: a grid counts when it reaches (1 − ε)·MIC. Default 0. */
  readonly epsilon?: number;
}

/** Minimum cell number: log₂ of the cells that a relationship needs to show its MIC. */
export function mcn(x: ArrayLike<number>, y: ArrayLike<number>, options: McnOptions = {}): number {
  checkMicOptions(options, 'mcn', ['epsilon']);
  checkNumber(options.epsilon ?? 0, 'epsilon', 'mcn', { least: 0, most: 1 });
  return mcnOf(characteristicMatrix(x, y, options), options.epsilon ?? 0);
}

/** ±Infinity are powers too: the smallest and the largest. */
function checkPower(p: unknown): void {
  if (typeof p === 'number' && !Number.isNaN(p)) return;
  throw new RangeError(`gmic: \`p\` must be a number, got ${show(p)}.`);
}

export interface GmicOptions extends MicOptions {
  /** Exponent of the power mean. Default −1. */
  readonly p?: number;
}

/** Generalised mean information coefficient (Luedtke & Tran 2013); p → ∞ gives the MIC. */
export function gmic(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: GmicOptions = {},
): number {
  checkMicOptions(options, 'gmic', ['p']);
  checkPower(options.p ?? -1);
  return gmicOf(characteristicMatrix(x, y, options), options.p ?? -1);
}
