import { show } from '@causal/options';

/** A variable prepared for grids: its values' order and its groups of ties. */
export interface Ranked {
  readonly n: number;
  /** order[r] is the point of rank r, values increasing. */
  readonly order: Int32Array;
  /** group[r] counts the distinct values up to rank r: equal exactly for tied ranks, from 0. */
  readonly group: Int32Array;
  /** start[g] is the first rank of tie group g; one more entry holds n. */
  readonly start: Int32Array;
}

const isList = (values: object): boolean => Array.isArray(values) || ArrayBuffer.isView(values);

/**
 * Sorts a variable once, for every grid that it takes part in.
 * @throws RangeError on fewer than two points or a value that is not finite.
 */
export function rankPoints(values: ArrayLike<number>, name: string): Ranked {
  if (typeof values !== 'object' || (values as object | null) === null || !isList(values)) {
    throw new TypeError(`${name}: expected a list of numbers, got ${show(values)}.`);
  }
  const n = values.length;
  if (n < 2) throw new RangeError(`${name}: expected at least 2 points, got ${n}.`);
  for (let i = 0; i < n; i++) {
    const value: unknown = values[i];
    if (Number.isFinite(value)) continue;
    const message = `${name}: expected finite numbers, got ${show(value)} at position ${i}.`;
    throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
  }
  const sorted = Float64Array.from(values);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  order.sort((a, b) => sorted[a]! - sorted[b]! || a - b);
  const group = new Int32Array(n);
  const start: number[] = [0];
  for (let r = 1; r < n; r++) {
    if (sorted[order[r]!] !== sorted[order[r - 1]!]) start.push(r);
    group[r] = start.length - 1;
  }
  start.push(n);
  return { n, order, group, start: Int32Array.from(start) };
}
