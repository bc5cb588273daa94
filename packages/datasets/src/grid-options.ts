import { checkChoice, checkNumber } from '@causal/options';
import type { Rng } from '@causal/random';
import type { Split } from './dataset';
import { checkFlag } from './arguments';
import { checkGenerated, type GeneratedOptions } from './generated-options';
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
  const { framing = 'tight', limit = 1 } = options;
  checkChoice(framing, ['tight', 'released'], 'framing', caller);
  checkNumber(limit, 'limit', caller, { least: 1, most: 1e9, integer: true });
  for (const name of ['continuous', 'varyBackground', 'varyBall'] as const) {
    checkFlag(options[name], name, caller);
  }
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
  const more = ', or use { continuous: true }';
  const sizes = resolveSizes(caller, options, defaults, total, continuous ? '' : more);
  if (!continuous) return dealRows(grid, sizes, rng.split('split'));
  return eachSplit((split) => {
    const stream = rng.split(`parameters/${split}`);
    return Array.from({ length: sizes[split] }, () => draw(stream));
  });
}
