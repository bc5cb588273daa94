import type { LabelKind } from '../dataset';
import { BadFileError } from './bad-file';
import type { Table } from './table';

/** A column of labels as numbers. */
export interface Column {
  readonly kind: LabelKind;
  readonly values: readonly number[];
  readonly range: readonly [number, number];
  /** What the numbers 0, 1, … of a categorical label stand for. */
  readonly categories?: readonly string[];
}

const TRUTH: Readonly<Record<string, number>> = { true: 1, false: 0, yes: 1, no: 0 };

/**
 * One column as numbers. Kind, unless given: all 0/1, true/false or yes/no is binary, all numbers
 * continuous, else categorical (numbered in alphabetical order).
 * @throws BadFileError naming the row of an empty cell, NaN, an infinite number, or text where the
 * kind asks for numbers.
 */
export function readColumn(table: Table, name: string, kind?: LabelKind): Column {
  const index = table.columns.indexOf(name);
  const cells = table.rows.map((row) => row[index]!);
  cells.forEach((cell, k) => {
    if (cell === '' || /^[+-]?(nan|na|null|inf|infinity)$/i.test(cell)) {
      throw new BadFileError(table.file, table.lines[k], `${name} is '${cell}', expected a value.`);
    }
  });
  const numbers = cells.map((cell) => TRUTH[cell.toLowerCase()] ?? toNumber(cell));
  const numeric = numbers.every((v) => v !== undefined);
  const binary = numeric && numbers.every((v) => v === 0 || v === 1);
  const inferred = kind ?? (binary ? 'binary' : numeric ? 'continuous' : 'categorical');
  if (inferred === 'categorical') {
    const categories = [...new Set(cells)].sort();
    const values = cells.map((cell) => categories.indexOf(cell));
    return { kind: inferred, values, range: [0, categories.length - 1], categories };
  }
  const bad = numbers.findIndex(
    (v) => v === undefined || (inferred === 'binary' && v !== 0 && v !== 1),
  );
  if (bad >= 0) {
    const wanted = inferred === 'binary' ? '0 or 1' : 'a number';
    throw new BadFileError(
      table.file,
      table.lines[bad],
      `${name} is '${cells[bad]!.slice(0, 60)}', expected ${wanted} (${inferred}).`,
    );
  }
  const values = numbers as number[];
  const range = [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ] as const;
  return { kind: inferred, values, range: inferred === 'binary' ? [0, 1] : range };
}

function toNumber(cell: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell)) return undefined;
  const value = Number(cell);
  return Number.isFinite(value) ? value : undefined;
}
