import { norm1 } from './combine';

/** What degree 13 takes of these roots of norms. */
const THETA13 = 4.25;
/** u/|c₂₇|, c₂₇ the first coefficient of the backward error of the Padé approximant of degree 13. */
const ROUNDOFF_OVER_C27 = 2 ** -53 * 1.132507756060211e35;

/**
 * How many halvings a matrix can do without for which ‖A‖ says too much, as for triangular ones with
 * large entries off the diagonal: every squaring doubles the relative error of the small entries, so
 * that too many cost digits (Al-Mohy & Higham 2009, "A new scaling and squaring algorithm"). Judged
 * by ‖A⁴‖^¼ and ‖A⁶‖^⅙ instead of ‖A‖, with their correction ℓ for entries that cancel in the powers.
 *
 * @param a A after the halvings that its norm asks for, with its fourth and sixth power.
 */
export function spareHalvings(
  a: Float64Array,
  a4: Float64Array,
  a6: Float64Array,
  n: number,
): number {
  const size = Math.max(norm1(a4, n) ** (1 / 4), norm1(a6, n) ** (1 / 6));
  const norm = norm1(a, n);
  // ‖ |A|²⁷ ‖₁ as the largest entry of 1ᵀ|A|²⁷, scaled to stay in range.
  let row = new Float64Array(n).fill(1);
  let log = 0;
  for (let power = 0; power < 27; power++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) next[j]! += row[i]! * Math.abs(a[i * n + j]!);
    }
    const largest = next.reduce((x, y) => Math.max(x, y), 0);
    if (largest === 0) return Infinity; // nilpotent: any approximant is exact
    log += Math.log2(largest);
    row = next.map((value) => value / largest);
  }
  const bySize = size === 0 ? Infinity : Math.floor(Math.log2(THETA13 / size));
  // Without `spare` halvings |c₂₇|·‖|A|²⁷‖/‖A‖ grows by 2^(26·spare) and must stay below u.
  const byEntries = Math.floor((Math.log2(ROUNDOFF_OVER_C27) + Math.log2(norm) - log) / 26);
  return Math.max(0, Math.min(bySize, byEntries));
}
