import { checkInteger, checkKeys } from './options';
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
  checkKeys(caller, options, [...KEYS, ...furtherKeys]);
  const { size, cacheBytes, labelNoise = 0 } = options;
  if (size !== undefined) checkInteger(`${caller}: size`, size, 8, 1024);
  if (cacheBytes !== undefined && !(cacheBytes >= 0)) {
    throw new RangeError(`${caller}: cacheBytes must be 0 or more, got ${cacheBytes}.`);
  }
  if (!(labelNoise >= 0 && labelNoise < Infinity)) {
    throw new RangeError(`${caller}: labelNoise must be a number ≥ 0, got ${labelNoise}.`);
  }
  checkLabelled(caller, options);
}

/** @throws RangeError unless `labelled` is a share. */
export function checkLabelled(caller: string, { labelled = 1 }: ToldOptions): void {
  if (labelled >= 0 && labelled <= 1) return;
  throw new RangeError(`${caller}: labelled must be a share from 0 to 1, got ${labelled}.`);
}

/** @throws RangeError unless the value is one of those named. */
export function checkOneOf(what: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  throw new RangeError(
    `${what} must be ${known.map((k) => `'${k}'`).join(' or ')}, got '${String(value)}'.`,
  );
}
