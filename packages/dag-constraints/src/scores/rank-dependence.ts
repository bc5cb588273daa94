import { standardised } from '../data/table';

const COSINES = 4;

/** The rank of each value as a share in (0, 1); equal values share their mean rank. */
export function ranks(column: Float64Array): Float64Array {
  const n = column.length;
  // A typed array sorts natively, an index by a comparator would take ten times as long.
  const sorted = Float64Array.from(column).sort();
  return column.map(
    (value) => (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2 / n,
  );
}

/**
 * cos(πk·rank), k = 1 … 4, each standardised: features of a variable that do not depend on its
 * scale or distribution. Equal values share their mean rank.
 */
export function rankFeatures(column: Float64Array): Float64Array[] {
  const rank = ranks(column);
  return Array.from({ length: COSINES }, (_, k) =>
    standardised(rank.map((r) => Math.cos(Math.PI * (k + 1) * r))),
  ).filter((feature) => feature.every(Number.isFinite)); // constant for variables of few values
}

/** How many entries of a sorted array are below `value`, or not above it. */
function countBelow(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (inclusive && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Dependence of two variables given their features, in nats: half the sum of the squared
 * correlations (Neyman's smooth test; for small dependence the mutual information), less its mean
 * under independence. 0 where it is within three standard deviations of that (false-alarm odds
 * about 2e-3, as χ² has the heavier tail).
 */
export function dependence(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  const n = a[0]?.length ?? 1;
  let sum = 0;
  for (const x of a) {
    for (const y of b) {
      let product = 0;
      for (let i = 0; i < n; i++) product += x[i]! * y[i]!;
      sum += (product / n) ** 2;
    }
  }
  const degrees = a.length * b.length;
  const excess = sum / 2 - degrees / (2 * n);
  return excess > (3 * Math.sqrt(2 * degrees)) / (2 * n) ? excess : 0;
}
