import { show } from '@causal/options';

/** An adjacency or weight matrix: `a[i][j] !== 0` means an edge i → j. */
export type Matrix = readonly (readonly number[])[];

/** An edge i → j and its weight. */
export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/**
 * Checks that `a` is square with finite entries, and returns the number of nodes.
 * @param operation Named in the error.
 */
export function checkSquare(a: Matrix, operation: string): number {
  // Array.from, because `every` passes over holes.
  if (!Array.isArray(a) || !Array.from(a).every((row) => Array.isArray(row))) {
    throw new TypeError(
      `${operation}: expected a square matrix, that is an array of rows of numbers, got ${show(a)}.`,
    );
  }
  const d = a.length;
  for (let i = 0; i < d; i++) {
    const row: readonly number[] = a[i]!;
    if (row.length !== d) {
      throw new RangeError(
        `${operation}: expected a square matrix, but row ${i} has ${row.length} entries beside ${d} rows.`,
      );
    }
    const bad = (row as readonly unknown[]).findIndex((weight) => !Number.isFinite(weight));
    if (bad >= 0) {
      const entry: unknown = row[bad];
      const what = `${operation}: entry [${i}][${bad}] is ${show(entry)}; weights must be finite`;
      if (typeof entry !== 'number')
        throw new TypeError(`${what} numbers (1 and 0, not booleans).`);
      throw new RangeError(`${what}.`);
    }
  }
  return d;
}

/** As {@link checkSquare}, for two matrices of one size. */
export function checkPair(estimate: Matrix, truth: Matrix, operation: string): number {
  const d = checkSquare(estimate, operation);
  const other = checkSquare(truth, operation);
  if (d !== other) {
    throw new RangeError(
      `${operation}: the estimate has ${d} nodes, the truth ${other}; both need the same nodes.`,
    );
  }
  return d;
}

/** Checks that `node` is a node of a graph of d nodes. */
export function checkNode(node: number, d: number, operation: string): void {
  if (!Number.isInteger(node) || node < 0 || node >= d) {
    throw new RangeError(`${operation}: node ${show(node)} is not one of 0 … ${d - 1}.`);
  }
}

/** The edges in row order; self-loops included. */
export function edgesOf(a: Matrix): Edge[] {
  return a.flatMap((row, from) =>
    row.flatMap((weight, to) => (weight === 0 ? [] : [{ from, to, weight }])),
  );
}

/** For each node, the nodes it points to, in ascending order. */
export function childLists(a: Matrix): number[][] {
  return a.map((row) => row.flatMap((weight, j) => (weight === 0 ? [] : [j])));
}

/** For each node, the nodes that point to it, in ascending order. */
export function parentLists(a: Matrix): number[][] {
  const parents: number[][] = a.map(() => []);
  a.forEach((row, i) => row.forEach((weight, j) => weight !== 0 && parents[j]!.push(i)));
  return parents;
}
