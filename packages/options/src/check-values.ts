import { OptionsError } from './options-error';
import { show } from './show';

/** Whether a value is an object with keys of its own to read: no list, no Map, no Date, no class of text. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/**
 * The value, if it is an object of things by name. A list, a Map or a string has keys too, or none,
 * and would be taken apart or ignored.
 * @param expected What the object holds, such as `'interventions by concept'`.
 * @throws OptionsError
 */
export function checkRecord(
  value: unknown,
  expected: string,
  caller: string,
): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new OptionsError(caller, [`expected an object of ${expected}, got ${show(value)}.`]);
}

/** The value, if it is true or false. @throws TypeError */
export function checkFlag(value: unknown, name: string, caller: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${caller}: \`${name}\` must be true or false, got ${show(value)}.`);
}

/** Whether a value is a list or a typed array: never a string, which has items as well. */
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

export interface ListShape {
  /** How many numbers there must be. */
  readonly length?: number;
  /** How many there must be at least. */
  readonly least?: number;
  /** Whether NaN and ±Infinity pass. Default false. */
  readonly infinite?: boolean;
}

/**
 * The value, if it is a list (or typed array) of numbers.
 * @throws TypeError where it is none or holds something else; RangeError on another length, NaN or
 * Infinity.
 */
export function checkNumbers(
  value: unknown,
  name: string,
  caller: string,
  { length, least = 0, infinite = false }: ListShape = {},
): ArrayLike<number> {
  if (!isList(value)) {
    throw new TypeError(`${caller}: \`${name}\` must be a list of numbers, got ${show(value)}.`);
  }
  if ((length !== undefined && value.length !== length) || value.length < least) {
    const wanted = length ?? `at least ${least}`;
    throw new RangeError(
      `${caller}: \`${name}\` must hold ${wanted} numbers, got ${value.length}.`,
    );
  }
  for (let i = 0; i < value.length; i++) {
    if (!fits(value[i], infinite)) refuse(value[i], `${name}[${i}]`, caller);
  }
  return value as ArrayLike<number>;
}

export interface MatrixShape {
  readonly rows?: number;
  /** Numbers in each row. Default: those of the first row. */
  readonly columns?: number;
  /** Whether NaN and ±Infinity pass. Default false. */
  readonly infinite?: boolean;
}

/**
 * The value, if it is rows of numbers of one length.
 * @throws TypeError where it is none or holds something else; RangeError on another shape, ragged
 * rows, NaN or Infinity.
 */
export function checkMatrix(
  value: unknown,
  name: string,
  caller: string,
  { rows, columns, infinite = false }: MatrixShape = {},
): readonly (readonly number[])[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  if (!list?.every(isList)) {
    const odd = list?.findIndex((row) => !isList(row)) ?? -1;
    const came = odd < 0 ? show(value) : `${show(list![odd])} for row ${odd}`;
    throw new TypeError(`${caller}: \`${name}\` must be rows of numbers [[…], …], got ${came}.`);
  }
  if (rows !== undefined && list.length !== rows) {
    throw new RangeError(`${caller}: \`${name}\` must have ${rows} rows, got ${list.length}.`);
  }
  const width = columns ?? list[0]?.length ?? 0;
  list.forEach((row, i) => {
    if (row.length !== width) {
      throw new RangeError(
        `${caller}: \`${name}\` must have ${width} numbers in each row, row ${i} has ${row.length}.`,
      );
    }
    for (let j = 0; j < width; j++) {
      if (!fits(row[j], infinite)) refuse(row[j], `${name}[${i}][${j}]`, caller);
    }
  });
  return list as readonly (readonly number[])[];
}

const fits = (value: unknown, infinite: boolean): boolean =>
  typeof value === 'number' && (infinite || Number.isFinite(value));

function refuse(value: unknown, where: string, caller: string): never {
  const message = `${caller}: \`${where}\` must be a finite number, got ${show(value)}.`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}
