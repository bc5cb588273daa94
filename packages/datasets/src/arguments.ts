import { OptionsError, show } from '@causal/options';
import type { Matrix } from './dataset';

/** @throws OptionsError unless the argument is a text with something in it. */
export function checkText(value: unknown, name: string, caller: string): asserts value is string {
  if (typeof value === 'string' && value !== '') return;
  throw new OptionsError(caller, [`\`${name}\` must be a text, got ${show(value)}.`]);
}

/** @throws OptionsError unless the option is left out, or true or false. */
export function checkFlag(value: unknown, name: string, caller: string): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new OptionsError(caller, [`\`${name}\` must be true or false, got ${show(value)}.`]);
}

/** @throws OptionsError unless the option is left out, or a function. */
export function checkFunction(value: unknown, name: string, caller: string): void {
  if (value === undefined || typeof value === 'function') return;
  throw new OptionsError(caller, [`\`${name}\` must be a function, got ${show(value)}.`]);
}

/** @throws OptionsError unless the argument is a list of texts. */
export function checkTexts(value: unknown, name: string, caller: string): void {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return;
  throw new OptionsError(caller, [`\`${name}\` must be a list of texts, got ${show(value)}.`]);
}

/** @throws OptionsError unless the argument is a plain object (no list). */
export function checkRecord(value: unknown, name: string, caller: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new OptionsError(caller, [`\`${name}\` must be an object, got ${show(value)}.`]);
}

/**
 * Row numbers as `batch` and `look` take them.
 * @throws OptionsError unless they are a list; RangeError naming a row that the split has not.
 */
export function checkRowNumbers(
  rows: unknown,
  size: number,
  split: string,
  caller: string,
): asserts rows is ArrayLike<number> {
  if (!Array.isArray(rows) && !ArrayBuffer.isView(rows)) {
    throw new OptionsError(caller, [
      `\`rows\` must be a list of row numbers such as [0, 1, 2], got ${show(rows)}.`,
    ]);
  }
  for (const row of rows as unknown as Iterable<unknown>) {
    if (typeof row === 'number' && Number.isInteger(row) && row >= 0 && row < size) continue;
    throw new RangeError(
      `${caller}: there is no row ${typeof row === 'number' ? row : show(row)} in '${split}', which has ${size} rows.`,
    );
  }
}

/** @throws OptionsError unless the argument is a list of lists. */
export function checkMatrix(value: unknown, name: string, caller: string): asserts value is Matrix {
  if (Array.isArray(value) && value.every((row) => Array.isArray(row))) return;
  throw new OptionsError(caller, [
    `\`${name}\` must be a list of rows, each a list of numbers, got ${show(value)}.`,
  ]);
}
