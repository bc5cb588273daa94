import { show } from '@causal/options';
import type { Rng } from '@causal/random';
import type { Split } from './dataset';

/** How many images each split gets: a count (an integer), or a share of all (below 1). */
export interface SplitSizes {
  readonly train?: number;
  readonly validation?: number;
  readonly test?: number;
}

/**
 * The counts of the three splits. What is not asked for gets its default, `train` what is left
 * if that is less.
 * @param total How many images there are to hand out; Infinity where they are drawn at will.
 * @param otherwise What to do besides asking for fewer, for the error.
 * @throws RangeError if more is asked for than there is, naming the numbers.
 */
export function resolveSizes(
  caller: string,
  asked: SplitSizes,
  defaults: Readonly<Record<Split, number>>,
  total: number,
  otherwise = '',
): Record<Split, number> {
  const base = Number.isFinite(total)
    ? total
    : defaults.train + defaults.validation + defaults.test;
  const count = (split: Split): number => {
    const value = asked[split];
    if (value === undefined) return defaults[split];
    if (value > 0 && value < 1) return Math.round(value * base);
    if (Number.isInteger(value) && value >= 0) return value;
    throw new RangeError(
      `${caller}: ${split} must be a count (an integer ≥ 0) or a share between 0 and 1, got ${show(value)}.`,
    );
  };
  const test = count('test');
  const validation = count('validation');
  let train = count('train');
  if (asked.train === undefined) train = Math.max(0, Math.min(train, total - test - validation));
  if (train + validation + test > total) {
    throw new RangeError(
      `${caller}: train ${train} + validation ${validation} + test ${test} is more than the ` +
        `${total} images there are. Ask for fewer${otherwise}.`,
    );
  }
  return { train, validation, test };
}

/**
 * Deals the items out in random order, none twice: test first, then validation, then train, so
 * that the test split of a seed stays the same whatever the size of the others.
 */
export function dealRows<T>(
  items: readonly T[],
  sizes: Readonly<Record<Split, number>>,
  rng: Rng,
): Record<Split, T[]> {
  const order = Array.from(rng.permutation(items.length), (k) => items[k]!);
  const afterTest = sizes.test + sizes.validation;
  return {
    test: order.slice(0, sizes.test),
    validation: order.slice(sizes.test, afterTest),
    train: order.slice(afterTest, afterTest + sizes.train),
  };
}

/** A record with one value for each split. */
export function eachSplit<T>(make: (split: Split) => T): Record<Split, T> {
  return { train: make('train'), validation: make('validation'), test: make('test') };
}

/** @throws RangeError naming the splits there are. */
export function ofSplit<T>(of: Readonly<Record<Split, T>>, split: Split, caller: string): T {
  if (Object.hasOwn(of, split)) return of[split];
  throw new RangeError(
    `${caller}: there is no split '${String(split)}'; there are train, validation and test.`,
  );
}
