import type { Rng } from '@causal/random';
import type { Concept, Matrix } from '../dataset';
import { type Columns, dot, orthonormal, residual } from './least-squares';
import { RidgeReader } from './ridge-reader';

const PERMUTATIONS = 99;
/** After so many permutations others may use the thread. */
const TURN = 5;
/** Below this p-value of the first test the second, slower one is not asked. */
const CLEAR = 0.005;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Whether pictures change with a concept beyond what the other concepts explain: x and x², or each
 * category, with the others' taken out. Two tests: whether it can be read off pictures that a ridge
 * regression was not fitted to (finds what is spread out or overlaid), and, by permutations of rows,
 * whether it explains any single part of the pictures (finds what is small). A concept that the
 * others determine is looked at as it is.
 * @param labels One row a picture, without missing ones.
 * @param parts One column for each part of the pictures, none of them constant.
 * @returns For each concept asked for p: of those that move nothing, a share of about α has p ≤ α.
 */
export async function showInPictures(
  concepts: readonly Concept[],
  asked: readonly number[],
  labels: Matrix,
  parts: Columns,
  rng: Rng,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const n = labels.length;
  const one = new Float64Array(n).fill(1);
  const bases = concepts.map((concept, c) => basisOf(concept, labels, c));
  const reader = await RidgeReader.prepare(parts, n, async () => {
    signal?.throwIfAborted();
    await pause();
  });
  const found: number[] = [];
  for (const c of asked) {
    let apart = orthonormal([one, ...bases.filter((_, other) => other !== c).flat()]);
    let own = orthonormal(bases[c]!, apart);
    if (own.length === 0) {
      apart = orthonormal([one]);
      own = orthonormal(bases[c]!, apart);
    }
    const read = own.flatMap((unit) => reader.correlations(unit)).map((r) => pOfCorrelation(r, n));
    // Of several tests the best counts, times their number (Bonferroni).
    const tests = read.length + 1;
    let p = tests * Math.min(...read);
    signal?.throwIfAborted();
    if (p > CLEAR) p = Math.min(p, tests * (await ofParts(own, apart, parts, rng.split(`${c}`))));
    found.push(Math.min(1, p));
  }
  return found;
}

/** By permutations: the largest share of any part's variance that the columns explain. */
async function ofParts(own: Columns, apart: Columns, parts: Columns, rng: Rng): Promise<number> {
  const rest = parts
    .map((part) => residual(part, apart))
    .map((part) => ({ part, size: dot(part, part) }))
    .filter(({ size }) => size > 0)
    .map(({ part, size }) => part.map((v) => v / Math.sqrt(size)));
  const explained = (basis: Columns): number =>
    Math.max(0, ...rest.map((part) => basis.reduce((sum, unit) => sum + dot(part, unit) ** 2, 0)));
  const found = explained(own);
  let asLarge = 0;
  for (let k = 1; k <= PERMUTATIONS; k++) {
    const order = rng.permutation(own[0]!.length);
    if (explained(own.map((unit) => unit.map((_, i) => unit[order[i]!]!))) >= found) asLarge++;
    if (k % TURN === 0) await pause();
  }
  return (1 + asLarge) / (1 + PERMUTATIONS);
}

/** One-sided, by Fisher's transformation; rows that help to read each other count half. */
function pOfCorrelation(r: number, n: number): number {
  return upperTail(Math.atanh(Math.min(r, 1 - 1e-12)) * Math.sqrt(n / 2));
}

/** P(Z > z) of a standard normal, to 1.5e-7 (Abramowitz & Stegun 7.1.26). */
function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return z > 0 ? tail : 1 - tail;
}

/** A concept's values as columns: x and x² on [−1, 1], or one column for each category. */
function basisOf({ kind, range }: Concept, labels: Matrix, c: number): Float64Array[] {
  if (kind === 'categorical') {
    return Array.from({ length: range[1] }, (_, k) =>
      Float64Array.from(labels, (row) => Number(row[c] === k + 1)),
    );
  }
  const middle = (range[0] + range[1]) / 2;
  const half = (range[1] - range[0]) / 2 || 1;
  const unit = Float64Array.from(labels, (row) => (row[c]! - middle) / half);
  return kind === 'binary' ? [unit] : [unit, unit.map((v) => v * v)];
}
