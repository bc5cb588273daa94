import type * as tf from '@tensorflow/tfjs';
import { gammaTail } from './gamma';
import type { Spectrum, TestSums } from './hsic-test-sums';

/** Traces this small a part of n are the rounding of a constant variable. */
const CONSTANT = 1e-12;

const isConstant = ({ trace }: Spectrum, n: number): boolean => !(trace > CONSTANT * n);

/**
 * P(Σ K̃∘L̃ ≥ what was seen) under independence, by the gamma distribution that has the exact mean
 * and variance of that sum over all n! permutations of one variable (Kazi-Aoual et al. 1995,
 * proposition 1), so that rare values and heavy tails, which the moments of large samples (Gretton
 * et al. 2008) do not know of, count as they do in the permutation test.
 */
export function gammaPValue({ product, spectra }: TestSums, n: number): number {
  const [k, l] = spectra;
  // A constant variable is independent of everything.
  if (isConstant(k, n) || isConstant(l, n)) return 1;
  const mean = (k.trace * l.trace) / (n - 1);
  const spread = ({ trace, squares }: Spectrum) => (n - 1) * squares - trace * trace;
  const unevenness = ({ trace, squares, diagonal }: Spectrum) =>
    n * (n + 1) * diagonal - (n - 1) * (trace * trace + 2 * squares);
  const variance =
    (2 * spread(k) * spread(l)) / ((n - 1) ** 2 * (n + 1) * (n - 2)) +
    (unevenness(k) * unevenness(l)) / ((n + 1) * n * (n - 1) * (n - 2) * (n - 3));
  if (!(variance > 0)) return 1;
  return gammaTail((mean * mean) / variance, (product * mean) / variance);
}

/** Least number of cases on which a smooth null distribution stands, as in a table of counts. */
const FEWEST_CASES = 5;

/**
 * Whether the sum can have a smooth null distribution. (Σᵢ K̃ᵢᵢ)² / Σᵢ K̃ᵢᵢ² is how many rows a
 * variable varies on: n where all do alike, m for a label that m rows of many have. The product of
 * both over n is how many of them meet by chance: Cochran's expected count, without a table.
 */
export function isSmooth(spectra: TestSums['spectra'], n: number): boolean {
  if (spectra.some((spectrum) => isConstant(spectrum, n))) return true;
  const [k, l] = spectra.map(({ trace, diagonal }) => (trace * trace) / diagonal) as [
    number,
    number,
  ];
  return (k * l) / n >= FEWEST_CASES;
}

/** Beyond so many arrangements (e^50) their number limits no p-value that anybody reads. */
const MOST = 50;

/**
 * 1 over the number of different arrangements of a sample's rows, n!/Π mⱼ! for values that occur mⱼ
 * times: no p-value of a test that permutes them can be smaller. 0 where there are very many.
 */
export async function leastPValue(sample: tf.Tensor2D): Promise<number> {
  const [n, p] = sample.shape;
  const values = await sample.data<'float32'>();
  const counts = new Map<string, number>();
  let arrangements = 0;
  for (let row = 0; row < n; row++) {
    // −0 and 0 are one value, and one text.
    const key = values.subarray(row * p, (row + 1) * p).join();
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    arrangements += Math.log((row + 1) / count);
    if (arrangements > MOST) return 0;
  }
  return Math.exp(-arrangements);
}
