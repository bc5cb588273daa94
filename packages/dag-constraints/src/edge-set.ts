import { OptionsError, show } from '@causal/options';

/** A variable: its column number or its name. */
export type Variable = number | string;

/**
 * Pairs `[from, to]`, or a square mask whose entries are 0 or false (not in the set) and 1 or true. For
 * two variables a mask of numbers looks like pairs: it is taken where both readings agree.
 */
export type EdgeSet =
  readonly (readonly [Variable, Variable])[] | readonly (readonly (number | boolean)[])[];

interface Reading {
  readonly size: number;
  /** Begins errors, such as `priorKnowledge.required`. */
  readonly name: string;
  readonly caller: string;
  readonly variable: (v: unknown) => number;
}

type Pair = [from: number, to: number];

/**
 * The edges of a set as pairs of column numbers.
 * @throws OptionsError (a TypeError) for anything that is neither pairs nor a mask.
 */
export function readEdges(set: EdgeSet | undefined, reading: Reading): Pair[] {
  const { size, name, caller } = reading;
  if (set === undefined) return [];
  const wanted = `must be pairs [from, to] or a ${size} × ${size} matrix`;
  if (!Array.isArray(set) || !Array.from(set).every((row) => Array.isArray(row))) {
    throw new OptionsError(caller, [`\`${name}\` ${wanted}, got ${show(set)}.`]);
  }
  const rows = set as readonly (readonly unknown[])[];
  const boolean = rows.some((row) => row.some((value) => typeof value === 'boolean'));
  if (boolean || !rows.every((row) => row.length === 2)) return maskEdges(rows, reading, wanted);
  const pairs = rows.map(([from, to]): Pair => [reading.variable(from), reading.variable(to)]);
  if (size !== 2 || rows.length !== 2 || rows.flat().some((v) => typeof v === 'string')) {
    return pairs;
  }
  // Two pairs of two variables, or a 2 × 2 mask? A pair [i, i] says it is a mask.
  const loops = pairs.some(([from, to]) => from === to);
  if (!loops) return pairs;
  const mask = maskEdges(rows, reading, wanted);
  const proper = (edges: readonly Pair[]): string =>
    [...new Set(edges.filter(([i, j]) => i !== j).map(String))].sort().join(' ');
  if (proper(pairs) === proper(mask)) return pairs.filter(([from, to]) => from !== to);
  throw new OptionsError(caller, [
    `\`${name}\` ${show(set.flat())} can be read as two pairs or as a 2 × 2 mask, which differ; give true and false for a mask, names for pairs.`,
  ]);
}

function maskEdges(
  rows: readonly (readonly unknown[])[],
  { size, name, caller }: Reading,
  wanted: string,
): Pair[] {
  const wrong = rows.findIndex((row) => row.length !== size);
  if (rows.length !== size || wrong >= 0) {
    const which = wrong >= 0 ? `, row ${wrong} of length ${rows[wrong]!.length}` : '';
    throw new OptionsError(caller, [`\`${name}\` ${wanted}; got ${rows.length} rows${which}.`]);
  }
  const edges: Pair[] = [];
  rows.forEach((row, i) => {
    for (let j = 0; j < size; j++) {
      const value = row[j];
      if (value === 1 || value === true) edges.push([i, j]);
      else if (value !== 0 && value !== false) {
        throw new OptionsError(caller, [
          `\`${name}\` has the entry [${i}][${j}] ${show(value)}; a mask takes 0, 1, false and true only.`,
        ]);
      }
    }
  });
  return edges;
}
