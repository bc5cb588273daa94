import { standardised } from '../data/table';

const COSINES = 4;

/**
 * cos(πk·rank), k = 1 … 4, each standardised: features of a variable that do not depend on its
 * scale or distribution. Equal values share their mean rank.
 */
export function rankFeatures(column: Float64Array): Float64Array[] {
  const n = column.length;
  const order = Int32Array.from(column.keys()).sort((a, b) => column[a]! - column[b]!);
  const rank = new Float64Array(n);
  for (let first = 0; first < n;) {
    let last = first;
    while (last + 1 < n && column[order[last + 1]!] === column[order[first]!]) last++;
    const shared = ((first + last) / 2 + 0.5) / n;
    for (let at = first; at <= last; at++) rank[order[at]!] = shared;
    first = last + 1;
  }
  return Array.from({ length: COSINES }, (_, k) =>
    standardised(rank.map((r) => Math.cos(Math.PI * (k + 1) * r))),
  ).filter((feature) => feature.every(Number.isFinite)); // constant for variables of few values
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
