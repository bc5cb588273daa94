import type { LabelKind } from '../dataset';
import { BadFileError } from './bad-file';
import { type DecimalMark, howToMend, toNumber, toTruth, unitOf } from './cell';
import type { Table } from './table';

/** A column of labels as numbers. */
export interface Column {
  readonly kind: LabelKind;
  /** NaN where the label is missing. */
  readonly values: readonly number[];
  readonly range: readonly [number, number];
  /** What the numbers 0, 1, … stand for, where cells are text. */
  readonly categories?: readonly string[];
}

export interface ColumnOptions {
  readonly kind?: LabelKind;
  /** The categories in order, of which every cell must be one; makes the column ordinal. */
  readonly categories?: readonly string[];
  readonly decimal: DecimalMark;
  readonly isMissing: (cell: string) => boolean;
}

/** More different texts than this, in over half of the rows, are names or notes, not categories. */
const MANY_CATEGORIES = 20;

/**
 * One column as numbers, NaN where a label is missing. Kind, unless given: all 0/1, true/false or
 * yes/no is binary, all numbers continuous, text categorical (numbered in alphabetical order, or
 * that of the categories given). A column of numbers with another cell is neither.
 * @throws BadFileError naming the row of a cell that does not fit, and how to mend it.
 */
export function readColumn(table: Table, name: string, options: ColumnOptions): Column {
  const index = table.columns.indexOf(name);
  const cells = table.rows.map((row) => row[index]!.trim());
  if (options.categories) return ordered(table, name, cells, options.categories, options);
  const told = cells.map((cell) => !options.isMissing(cell));
  if (!told.includes(true)) {
    throw new BadFileError(table.file, undefined, `${name} is missing in every row.`);
  }
  const empty = cells.findIndex((cell, k) => told[k] && cell === '');
  if (empty >= 0) {
    throw new BadFileError(
      table.file,
      table.lines[empty],
      `${name} is '', expected a value; if it means a missing label, add '' to { missing }.`,
    );
  }
  const { kind } = options;
  if (kind === 'categorical') return categorical(cells, told, options.decimal);
  const numbers = asNumbers(cells, told, options.decimal);
  const bad = numbers.findIndex((v, k) => told[k] && v === undefined);
  if (bad >= 0) {
    if (kind === undefined && !mostlyNumbers(cells, told, numbers)) {
      const column = categorical(cells, told, options.decimal);
      refuseNames(table, name, column, told);
      return column;
    }
    throw new BadFileError(table.file, table.lines[bad], noNumber(name, cells[bad]!, options));
  }
  return numeric(table, name, cells, numbers as number[], kind);
}

/** Numbers of the cells, NaN for missing ones; of 0, 1, true, false, yes and no where there are no others. */
function asNumbers(
  cells: readonly string[],
  told: readonly boolean[],
  decimal: DecimalMark,
): (number | undefined)[] {
  const numbers = cells.map((cell, k) => (told[k] ? toNumber(cell, decimal) : NaN));
  if (!numbers.includes(undefined)) return numbers;
  const truths = cells.map((cell, k) => (told[k] ? (toTruth(cell) ?? numbers[k]) : NaN));
  const words = truths.every((v, k) => !told[k] || v === 0 || v === 1);
  return words ? truths : numbers;
}

/** Whether a reader would take at least half of the cells for numbers, in whatever notation. */
function mostlyNumbers(
  cells: readonly string[],
  told: readonly boolean[],
  numbers: readonly (number | undefined)[],
): boolean {
  const present = cells.filter((_, k) => told[k]);
  const units = present.map(unitOf);
  // A unit is the same in all cells; 1a, 2b and 3a are names.
  const oneUnit = new Set(units.filter((unit) => unit)).size <= 1;
  const plain = cells.map((_, k) => told[k] && numbers[k] !== undefined).filter(Boolean).length;
  const alike = units.filter((unit) => (oneUnit ? unit !== undefined : unit === '')).length;
  return 2 * Math.max(plain, alike) >= present.length;
}

function noNumber(name: string, cell: string, { kind, decimal }: ColumnOptions): string {
  const shown = cell.slice(0, 60);
  const key = keyOf(name);
  if (kind === 'binary') {
    return `${name} is '${shown}', expected 0 or 1 (binary); of two texts, say which comes first by { categories: { ${key}: [zero, one] } }.`;
  }
  const texts =
    kind === 'ordinal'
      ? `If these are texts, give their order: { categories: { ${key}: [lowest, …, highest] } }.`
      : `If it means a missing label, add it to { missing }; if these are categories, say { kinds: { ${key}: 'categorical' } } or give them by { categories: { ${key}: […] } }.`;
  return `${name} is '${shown}', expected a number${kind ? ` (${kind})` : ', as the column has numbers'}: ${howToMend(cell, decimal)}. ${texts}`;
}

function numeric(
  table: Table,
  name: string,
  cells: readonly string[],
  values: readonly number[],
  kind: LabelKind | undefined,
): Column {
  let low = Infinity;
  let high = -Infinity;
  let binary = true;
  const refuse = (k: number, wanted: string): never => {
    throw new BadFileError(
      table.file,
      table.lines[k],
      `${name} is '${cells[k]!.slice(0, 60)}', expected ${wanted}.`,
    );
  };
  values.forEach((value, k) => {
    if (Number.isNaN(value)) return;
    // Labels travel in float32.
    if (!Number.isFinite(Math.fround(value))) refuse(k, 'a finite number, of at most 3.4e38');
    if (value !== 0 && value !== 1) binary = false;
    if (!binary && kind === 'binary') refuse(k, '0 or 1 (binary)');
    if (value < low) low = value;
    if (value > high) high = value;
  });
  const found = kind ?? (binary ? 'binary' : 'continuous');
  return { kind: found, values, range: found === 'binary' ? [0, 1] : [low, high] };
}

function categorical(
  cells: readonly string[],
  told: readonly boolean[],
  decimal: DecimalMark,
): Column {
  const categories = [...new Set(cells.filter((_, k) => told[k]))].sort();
  const sizes = new Map(categories.map((text) => [text, toNumber(text, decimal)]));
  // 2 comes before 10.
  if (![...sizes.values()].includes(undefined)) {
    categories.sort((a, b) => sizes.get(a)! - sizes.get(b)!);
  }
  return numbered(cells, told, categories, 'categorical');
}

/** Text whose categories are given, in their order. */
function ordered(
  table: Table,
  name: string,
  cells: readonly string[],
  given: readonly string[],
  { kind = 'ordinal', isMissing }: ColumnOptions,
): Column {
  const categories = given.map((text) => text.trim().normalize('NFC'));
  const known = new Set(categories);
  const told = cells.map((cell) => known.has(cell) || !isMissing(cell));
  const bad = cells.findIndex((cell, k) => told[k] && !known.has(cell));
  if (bad >= 0) {
    throw new BadFileError(
      table.file,
      table.lines[bad],
      `${name} is '${cells[bad]!.slice(0, 60)}', which is none of the categories given: ${categories.join(', ')}.`,
    );
  }
  if (!told.includes(true)) {
    throw new BadFileError(table.file, undefined, `${name} is missing in every row.`);
  }
  return numbered(cells, told, categories, kind);
}

function numbered(
  cells: readonly string[],
  told: readonly boolean[],
  categories: readonly string[],
  kind: LabelKind,
): Column {
  const numberOf = new Map(categories.map((text, k) => [text, k]));
  const values = cells.map((cell, k) => (told[k] ? numberOf.get(cell)! : NaN));
  return { kind, values, range: [0, categories.length - 1], categories };
}

function refuseNames(table: Table, name: string, column: Column, told: readonly boolean[]): void {
  const different = column.categories!.length;
  const present = told.filter(Boolean).length;
  if (different <= MANY_CATEGORIES || 2 * different <= present) return;
  throw new BadFileError(
    table.file,
    undefined,
    `${name} has ${different} different texts in ${present} rows, as names have, not labels: list the columns that are labels by { concepts }, or say { kinds: { ${keyOf(name)}: 'categorical' } }.`,
  );
}

/** A column's name as a key in code. */
function keyOf(name: string): string {
  return /^[\p{L}_$][\p{L}\p{Nd}_$]*$/u.test(name) ? name : `'${name}'`;
}
