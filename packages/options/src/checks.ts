import { isRecord } from './check-values';
import { OptionsError } from './options-error';
import { nearestName } from './nearest-name';
import { show } from './show';

/**
 * Refuses what is no options object, and keys that do not exist, suggesting the nearest known one.
 * For packages whose options are few; {@link parseOptions} checks a whole zod schema.
 * @param caller Begins the error, such as `'mmd'`.
 * @param otherNames What other libraries call an option → its name here, to be suggested.
 * @throws OptionsError
 */
export function checkKeys(
  options: object,
  known: readonly string[],
  caller: string,
  otherNames: Readonly<Record<string, string>> = {},
): void {
  if (!isRecord(options)) {
    throw new OptionsError(caller, [
      `the options must be an object with any of ${known.join(', ')}, got ${show(options)}.`,
    ]);
  }
  const problems = Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) =>
      unknownKey(key, known, key, Object.hasOwn(otherNames, key) ? otherNames[key] : undefined),
    );
  if (problems.length > 0) throw new OptionsError(caller, problems);
}

/** One sentence on a key that does not exist. */
export function unknownKey(
  key: string,
  known: readonly string[],
  path = key,
  near = nearestName(key, known),
): string {
  const hint = near === undefined ? '.' : `; did you mean \`${near}\`?`;
  const list = known.length === 0 ? '' : ` Known: ${known.join(', ')}.`;
  return `unknown option \`${path}\`${hint}${list}`;
}

/** Bounds of a number; those that are left out do not bind. */
export interface Bounds {
  /** Least value allowed. */
  readonly least?: number;
  /** Greatest value allowed. */
  readonly most?: number;
  /** The value must be larger than this. */
  readonly above?: number;
  /** The value must be smaller than this. */
  readonly below?: number;
  readonly integer?: boolean;
}

/**
 * The value, if it is a finite number within the bounds.
 * @throws RangeError naming caller and option, what was expected and what came.
 */
export function checkNumber(
  value: unknown,
  name: string,
  caller: string,
  { least, most, above, below, integer = false }: Bounds = {},
): number {
  const fits =
    typeof value === 'number' &&
    Number.isFinite(value) &&
    !(integer && !Number.isInteger(value)) &&
    (least === undefined || value >= least) &&
    (most === undefined || value <= most) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
  if (fits) return value;
  const limits = [
    ...(least === undefined ? [] : [`≥ ${least}`]),
    ...(above === undefined ? [] : [`> ${above}`]),
    ...(most === undefined ? [] : [`≤ ${most}`]),
    ...(below === undefined ? [] : [`< ${below}`]),
  ];
  const kind = integer ? 'an integer' : 'a finite number';
  throw new RangeError(
    `${caller}: \`${name}\` must be ${[kind, limits.join(' and ')].filter(Boolean).join(' ')}, got ${show(value)}.`,
  );
}

/**
 * The value, if it is one of `known`.
 * @throws RangeError naming all of them, and the nearest.
 */
export function checkChoice<T extends string>(
  value: unknown,
  known: readonly T[],
  name: string,
  caller: string,
): T {
  if (known.includes(value as T)) return value as T;
  const near = typeof value === 'string' ? nearestName(value, known) : undefined;
  throw new RangeError(
    `${caller}: \`${name}\` must be one of ${known.map((k) => `'${k}'`).join(', ')}, got ${show(value)}.` +
      (near === undefined ? '' : ` Did you mean '${near}'?`),
  );
}
