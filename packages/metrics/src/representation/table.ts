import type { Matrix } from '@causal/datasets';
import { show } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';

/** Rows of numbers [n, d], as arrays or as a tensor (which is read and not disposed). */
export type Table = Matrix | tf.Tensor2D;

/**
 * The columns of a table in float64.
 * @throws RangeError if it is empty, ragged, or holds a number that is not finite.
 */
export function toColumns(table: Table, name: string): Float64Array[] {
  const { n, d, at } = readTable(table, name);
  const columns = Array.from({ length: d }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      const value = at(i, j);
      if (!Number.isFinite(value)) {
        const message = `${name}: expected finite numbers, got ${show(value)} in row ${i}, column ${j}.`;
        throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
      }
      columns[j]![i] = value;
    }
  }
  return columns;
}

const isTensor = (table: Table): table is tf.Tensor2D =>
  typeof (table as Partial<tf.Tensor2D> | null | undefined)?.dataSync === 'function';

function readTable(
  table: Table,
  name: string,
): { n: number; d: number; at: (i: number, j: number) => number } {
  const isList = (row: unknown): row is ArrayLike<number> =>
    Array.isArray(row) || ArrayBuffer.isView(row);
  if (!isTensor(table)) {
    if (!Array.isArray(table) || !table.every(isList)) {
      throw new TypeError(
        `${name}: expected rows of numbers [[…], …] or a tensor [n, d], got ${show(table)}.`,
      );
    }
    const n = table.length;
    const d = table[0]?.length ?? 0;
    if (d === 0) throw new RangeError(`${name}: expected rows of numbers, got an empty table.`);
    table.forEach((row, i) => {
      if (row.length !== d) {
        throw new RangeError(`${name}: row ${i} has ${row.length} numbers, row 0 has ${d}.`);
      }
    });
    return { n, d, at: (i, j) => table[i]![j]! };
  }
  if (table.rank !== 2 || table.size === 0) {
    throw new RangeError(
      `${name}: expected [n, d], got a tensor of shape [${table.shape.join(', ')}].`,
    );
  }
  const [n, d] = table.shape;
  const values = table.dataSync();
  return { n, d, at: (i, j) => values[i * d + j]! };
}

/** Columns of latents and labels of the same images. */
export interface Pair {
  readonly latents: readonly Float64Array[];
  readonly labels: readonly Float64Array[];
}

/** @throws RangeError if the tables have different numbers of rows. */
export function toPair(latents: Table, labels: Table, caller: string): Pair {
  const z = toColumns(latents, `${caller}: latents`);
  const u = toColumns(labels, `${caller}: labels`);
  if (z[0]!.length !== u[0]!.length) {
    throw new RangeError(
      `${caller}: latents have ${z[0]!.length} rows and labels ${u[0]!.length}; expected as many.`,
    );
  }
  return { latents: z, labels: u };
}
