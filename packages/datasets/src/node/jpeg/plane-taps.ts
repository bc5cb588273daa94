import { type Taps, triangleTaps } from '../resample';

/** Weights of every input position for each output position. */
type Dense = readonly Float64Array[];

/**
 * Weights that resize the `crop` positions from `start` on, of `length`, to `size` ones: for a plane
 * at full size, and for one at half size.
 */
export function planeTaps(
  length: number,
  start: number,
  crop: number,
  size: number,
): { readonly full: Taps; readonly halved: Taps } {
  const { count, first, weights } = triangleTaps(crop, size);
  const full = Array.from(first, (f, i) => {
    const row = new Float64Array(length);
    row.set(weights.subarray(i * count, (i + 1) * count), start + f);
    return row;
  });
  return { full: packed(full), halved: packed(full.map(throughEnlarging)) };
}

/**
 * The weights on a plane of half size that do what `row` does on the plane enlarged to full size,
 * each position of which is ¾ its own and ¼ the next nearest value of the half-size one.
 */
function throughEnlarging(row: Float64Array): Float64Array {
  const halved = new Float64Array(Math.ceil(row.length / 2));
  row.forEach((weight, position) => {
    const own = position >> 1;
    const next = Math.min(halved.length - 1, Math.max(0, own + (position & 1 ? 1 : -1)));
    halved[own]! += 0.75 * weight;
    halved[next]! += 0.25 * weight;
  });
  return halved;
}

/** Without the zeros before and behind, a multiple of 4 weights for each output position. */
function packed(rows: Dense): Taps {
  const starts = rows.map((row) => row.findIndex((w) => w !== 0));
  const ends = rows.map((row) => row.findLastIndex((w) => w !== 0) + 1);
  const most = ends.reduce((high, end, i) => Math.max(high, end - starts[i]!), 0);
  const count = 4 * Math.ceil(most / 4);
  const first = Int32Array.from(starts, (s, i) => Math.min(s, rows[i]!.length - count));
  const weights = new Float64Array(rows.length * count);
  rows.forEach((row, i) => weights.set(row.subarray(first[i]!, first[i]! + count), i * count));
  return { count, first, weights };
}
