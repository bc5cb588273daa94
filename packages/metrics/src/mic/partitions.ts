import type { Ranked } from './ranked';

/**
 * Splits tied groups of points into at most `bins` bins of as equal size as ties allow
 * (EquipartitionYAxis, Reshef et al. 2011 SOM, algorithm 3). A group is never cut; the wanted size
 * is worked out anew from what is left whenever a bin is closed.
 * @param start First position of each group, and the number of points.
 * @returns The bin of each group, from 0, and how many bins came out.
 */
function equipartition(
  start: Int32Array,
  bins: number,
): { readonly binOf: Int32Array; readonly bins: number } {
  const groups = start.length - 1;
  const n = start[groups]!;
  const binOf = new Int32Array(groups);
  let bin = 0;
  let filled = 0;
  let wanted = n / bins;
  for (let g = 0; g < groups; g++) {
    const size = start[g + 1]! - start[g]!;
    if (filled !== 0 && Math.abs(filled + size - wanted) >= Math.abs(filled - wanted)) {
      bin++;
      filled = 0;
      wanted = (n - start[g]!) / (bins - bin);
    }
    binOf[g] = bin;
    filled += size;
  }
  return { binOf, bins: bin + 1 };
}

/** The row of each point, by point index, from an equipartition of the variable. */
export function rowsOfPoints(
  y: Ranked,
  bins: number,
): { readonly row: Int32Array; readonly rows: number } {
  const { binOf, bins: rows } = equipartition(y.start, bins);
  const row = new Int32Array(y.n);
  for (let r = 0; r < y.n; r++) row[y.order[r]!] = binOf[y.group[r]!]!;
  return { row, rows };
}

/**
 * Boundaries of the clumps: the longest runs along x that no optimal column border cuts, because
 * all their points share a row (GetClumpsPartition, SOM algorithm 4). Points tied in x that differ
 * in row form a clump of their own.
 * @returns First rank of each clump, and the number of points.
 */
function clumps(x: Ranked, row: Int32Array): Int32Array {
  const starts: number[] = [];
  let previous = -1; // the last group's row, or -1 where its points' rows differ
  for (let g = 0; g + 1 < x.start.length; g++) {
    const first = x.start[g]!;
    let label = row[x.order[first]!]!;
    for (let r = first + 1; r < x.start[g + 1]!; r++) {
      if (row[x.order[r]!] !== label) {
        label = -1;
        break;
      }
    }
    if (g === 0 || label === -1 || label !== previous) starts.push(first);
    previous = label;
  }
  starts.push(x.n);
  return Int32Array.from(starts);
}

/**
 * Clumps, merged by equipartition to at most `limit` superclumps (GetSuperclumpsPartition, SOM
 * algorithm 5), which bounds the search for column borders.
 */
export function superclumps(x: Ranked, row: Int32Array, limit: number): Int32Array {
  const fine = clumps(x, row);
  if (fine.length - 1 <= limit) return fine;
  const { binOf, bins } = equipartition(fine, limit);
  const coarse = new Int32Array(bins + 1);
  coarse[bins] = x.n;
  for (let g = binOf.length - 1; g >= 0; g--) coarse[binOf[g]!] = fine[g]!;
  return coarse;
}
