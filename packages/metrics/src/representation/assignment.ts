/**
 * The one-to-one assignment of columns to rows with the largest sum of gains, by shortest augmenting
 * paths with potentials (Kuhn 1955, Munkres 1957; the O(n³) form of Jonker & Volgenant 1987).
 * @param gains [rows][columns], any numbers of either.
 * @returns For each column its row, or −1 where there are fewer rows than columns.
 */
export function bestAssignment(
  gains: readonly (readonly number[])[],
  columns: number,
): readonly number[] {
  // Made square with gains of 0: what is matched with the padding goes without.
  const size = Math.max(gains.length, columns);
  const cost = (row: number, column: number): number => -(gains[row]?.[column] ?? 0);
  const rowPotential = new Float64Array(size + 1);
  const columnPotential = new Float64Array(size + 1);
  const rowOf = new Int32Array(size + 1).fill(-1); // the entry `size` stands for the row being added
  for (let added = 0; added < size; added++) {
    const slack = new Float64Array(size).fill(Infinity);
    const previous = new Int32Array(size).fill(size);
    const reached = new Uint8Array(size + 1);
    let column = size;
    rowOf[column] = added;
    do {
      reached[column] = 1;
      const row = rowOf[column]!;
      let next = -1;
      for (let j = 0; j < size; j++) {
        if (reached[j]) continue;
        const reduced = cost(row, j) - rowPotential[row]! - columnPotential[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          previous[j] = column;
        }
        if (next < 0 || slack[j]! < slack[next]!) next = j;
      }
      const step = slack[next]!;
      for (let j = 0; j <= size; j++) {
        if (reached[j]) {
          rowPotential[rowOf[j]!]! += step;
          columnPotential[j]! -= step;
        } else if (j < size) slack[j]! -= step;
      }
      column = next;
    } while (rowOf[column] !== -1);
    for (; column !== size; column = previous[column]!) rowOf[column] = rowOf[previous[column]!]!;
  }
  return Array.from({ length: columns }, (_, j) => (rowOf[j]! < gains.length ? rowOf[j]! : -1));
}
