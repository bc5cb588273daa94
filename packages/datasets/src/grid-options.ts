import type { Rng } from '@causal/random';
import type { Split } from './dataset';
import { checkGenerated, checkOneOf, type GeneratedOptions } from './generated-options';
import { checkInteger } from './options';
import type { Framing } from './raster/figure';
import { dealRows, eachSplit, resolveSizes } from './splits';

/** What the two data sets with a released grid, pendulum and flow, take. */
export interface GridOptions extends GeneratedOptions {
  /** `'tight'` (default) fills the picture; `'released'` has the released data's white margins. */
  readonly framing?: Framing;
  /** Use only this many images, drawn by the seed, split in the default proportion. */
  readonly limit?: number;
  /** Draw the parameters uniformly from their ranges, not from the released grid. Default false. */
  readonly continuous?: boolean;
  /** Nuisance: a grey background of random shade for each image. Default false (white). */
  readonly varyBackground?: boolean;
  /** Nuisance: a ball of random colour for each image. Default false (firebrick). */
  readonly varyBall?: boolean;
}

/** @throws TypeError for an unknown option, RangeError for a value out of range. */
export function checkGrid(caller: string, options: GridOptions): void {
  checkGenerated(caller, options, ['framing', 'limit', 'continuous', 'varyBackground', 'varyBall']);
  checkOneOf(`${caller}: framing`, options.framing ?? 'tight', ['tight', 'released']);
  if (options.limit !== undefined) checkInteger(`${caller}: limit`, options.limit, 1, 1e9);
}

/**
 * The causes of each split's images: rows of the grid, none in two splits, or drawn at will.
 * @param releasedTrain How many of the grid's images the released data trains on.
 */
export function dealCauses<T>(
  caller: string,
  options: GridOptions,
  grid: readonly T[],
  releasedTrain: number,
  draw: (rng: Rng) => T,
  rng: Rng,
): Record<Split, T[]> {
  const { continuous = false, limit = Infinity } = options;
  const total = continuous ? limit : Math.min(limit, grid.length);
  const base = Math.min(total, grid.length);
  const train = Math.round((releasedTrain * base) / grid.length);
  const defaults = { train, validation: 0, test: base - train };
  const sizes = resolveSizes(caller, options, defaults, total);
  if (!continuous) return dealRows(grid, sizes, rng.split('split'));
  return eachSplit((split) => {
    const stream = rng.split(`parameters/${split}`);
    return Array.from({ length: sizes[split] }, () => draw(stream));
  });
}
