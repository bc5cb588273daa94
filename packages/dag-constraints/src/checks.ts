import { checkNumber, OptionsError, show } from '@causal/options';

/** A checked number option, at least `least`. */
type NumberOption = (value: number, name: string, least?: number, integer?: boolean) => number;

/** {@link checkNumber} in a caller's name, least value 0. */
export const numberOption =
  (caller: string): NumberOption =>
  (value, name, least = 0, integer = false) =>
    checkNumber(value, name, caller, { least, integer });

/** A tolerance: a number ≥ 0, or Infinity for "whatever it is". */
export const toleranceOption = (value: number, name: string, caller: string): number =>
  value === Infinity ? value : checkNumber(value, name, caller, { least: 0 });

/** @throws OptionsError unless the value is a boolean. */
export function checkBoolean(value: unknown, name: string, caller: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new OptionsError(caller, [`\`${name}\` must be true or false, got ${show(value)}.`]);
}

/** Refuses a `signal`, `onProgress`, `seed` or `rng` that would fail somewhere inside. */
export function checkWork(options: object, caller: string): void {
  const { signal, onProgress, seed, rng } = options as Record<string, unknown>;
  const problems: string[] = [];
  if (signal !== undefined && typeof (signal as AbortSignal)?.throwIfAborted !== 'function') {
    problems.push(`\`signal\` must be an AbortSignal, got ${show(signal)}.`);
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    problems.push(`\`onProgress\` must be a function, got ${show(onProgress)}.`);
  }
  if (seed !== undefined && !Number.isFinite(seed) && typeof seed !== 'string') {
    problems.push(`\`seed\` must be a finite number, got ${show(seed)}.`);
  }
  if (rng !== undefined && typeof (rng as { split?: unknown } | null)?.split !== 'function') {
    problems.push(`\`rng\` must be a generator of createRng(seed), got ${show(rng)}.`);
  }
  if (problems.length > 0) throw new OptionsError(caller, problems);
}
