import { crc32c } from '../checkpoint/crc32c';
import { jsonOf, type Json } from './json-of';

interface Told {
  readonly name?: unknown;
  readonly imageShape?: unknown;
  readonly graph?: unknown;
  readonly concepts?: readonly { readonly name: string }[];
  readonly size?: (split: 'train') => number;
  readonly labels?: (split: 'train') => readonly (readonly number[])[];
}

/**
 * What the data says of itself, as far as it does: name, rows, picture size, graph, concepts (their
 * order, kinds, units, ranges, categories) and a checksum of all training labels, so that the same
 * file with two columns swapped, other rows or another order of rows is known for another.
 */
export function dataIdentity(data: unknown): Json {
  const { name, imageShape, graph, concepts, size, labels } = data as Told;
  const told = Array.isArray(concepts) ? concepts : undefined;
  return jsonOf({
    name,
    imageShape,
    graph,
    concepts: told?.map((concept) => concept.name),
    concept: told && Object.fromEntries(told.map(({ name: key, ...rest }) => [key, rest])),
    rows: typeof size === 'function' ? size.call(data, 'train') : undefined,
    labels: typeof labels === 'function' ? sumOf(labels.call(data, 'train')) : undefined,
  });
}

/** float32, so that the last digits of a drawing's arithmetic do not matter. */
function sumOf(rows: readonly (readonly number[])[]): string {
  const values = Float32Array.from(rows.flat());
  return `checksum ${crc32c(new Uint8Array(values.buffer)).toString(16).padStart(8, '0')}`;
}
