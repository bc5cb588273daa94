/**
 * Refuses option names that are not known, suggesting the nearest one that is.
 * @throws TypeError naming the caller, the key and the suggestion.
 */
export function checkKeys(caller: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = [...known].sort((a, b) => distance(key, a) - distance(key, b))[0]!;
    throw new TypeError(
      `${caller}: unknown option '${key}', did you mean '${nearest}'? (There are: ${known.join(', ')}.)`,
    );
  }
}

/** @throws RangeError unless the value is an integer in [low, high]. */
export function checkInteger(what: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${what} must be an integer from ${low} to ${high}, got ${value}.`);
  }
}

/** Levenshtein distance, letter case apart. */
function distance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length]!;
}
