/**
 * Refuses option keys that do not exist, suggesting the nearest known one.
 * @throws TypeError
 */
export function checkKeys(options: object, known: readonly string[], caller: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = known.reduce((best, name) =>
      editDistance(key, name) < editDistance(key, best) ? name : best,
    );
    throw new TypeError(
      `${caller}: unknown option "${key}"; did you mean "${nearest}"? It takes ${known.join(', ')}.`,
    );
  }
}

/** Number of insertions, deletions and replacements between two words (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1]!.toLowerCase() === b[j - 1]!.toLowerCase();
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** @throws RangeError unless value is a number within [least, most]. */
export function checkNumber(
  value: number,
  name: string,
  caller: string,
  { least = -Infinity, most = Infinity, integer = false } = {},
): number {
  if (
    typeof value !== 'number' ||
    !(value >= least && value <= most) ||
    (integer && !Number.isInteger(value))
  ) {
    const kind = integer ? 'an integer' : 'a number';
    throw new RangeError(
      `${caller}: ${name} must be ${kind} in [${least}, ${most}], got ${String(value)}.`,
    );
  }
  return value;
}

/** A checked number option, at least `least`. */
type NumberOption = (value: number, name: string, least?: number, integer?: boolean) => number;

/** {@link NumberOption} in a caller's name. */
export const numberOption =
  (caller: string): NumberOption =>
  (value, name, least = 0, integer = false) =>
    checkNumber(value, name, caller, { least, integer });
