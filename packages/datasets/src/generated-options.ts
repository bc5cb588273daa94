import { checkKeys, checkNumber } from '@causal/options';
import { checkFunction } from './arguments';
import type { SplitSizes } from './splits';

/** How the labels are told. */
export interface ToldOptions {
  /**
   * Share of the training rows whose labels are told, 0 to 1; those of the others are NaN and
   * batches carry `labelled`. Default 1.
   */
  readonly labelled?: number;
  /** How much a row with these exact labels counts, at least 0: batches carry `weights`. */
  readonly weights?: (labels: readonly number[]) => number;
}

/** What every drawn data set takes. */
export interface GeneratedOptions extends SplitSizes, ToldOptions {
  /** Width and height in pixels, 8 to 1024. Default 64. */
  readonly size?: number;
  /** Decides everything that is drawn by chance. Default 1. */
  readonly seed?: number;
  /** Most memory, in bytes, for pictures that were drawn already; 0 draws each time. Default 128 MiB. */
  readonly cacheBytes?: number;
  /**
   * Measurement noise: standard deviation of what is added to the labels that are told, as a
   * fraction of each concept's range. Pictures show the exact values. Default 0.
   */
  readonly labelNoise?: number;
}

const KEYS = [
  'train',
  'validation',
  'test',
  'size',
  'seed',
  'cacheBytes',
  'labelNoise',
  'labelled',
  'weights',
];

/** @throws TypeError for an unknown option, RangeError for a value out of range. */
export function checkGenerated(
  caller: string,
  options: GeneratedOptions,
  furtherKeys: readonly string[],
): void {
  checkKeys(options, [...KEYS, ...furtherKeys], caller);
  const { size = 64, cacheBytes = 0, labelNoise = 0, seed = 1 } = options;
  checkNumber(size, 'size', caller, { least: 8, most: 1024, integer: true });
  checkNumber(seed, 'seed', caller);
  if (cacheBytes !== Infinity) checkNumber(cacheBytes, 'cacheBytes', caller, { least: 0 });
  checkNumber(labelNoise, 'labelNoise', caller, { least: 0 });
  checkTold(caller, options);
}

/** @throws RangeError unless `labelled` is a share; OptionsError unless `weights` is a function. */
export function checkTold(caller: string, { labelled = 1, weights }: ToldOptions): void {
  checkNumber(labelled, 'labelled', caller, { least: 0, most: 1 });
  checkFunction(weights, 'weights', caller);
}
