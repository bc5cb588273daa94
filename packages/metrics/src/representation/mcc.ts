import { bestAssignment } from './assignment';
import { pearson, ranks } from './correlation';
import { type Pair, type Table, toPair } from './table';

export interface MccOptions {
  /** Pearson's correlation (default), or Spearman's with tied ranks averaged. */
  readonly correlation?: 'pearson' | 'spearman';
}

/** Which latent stands for which label, and how well. */
export interface MccMatch {
  /** Mean absolute correlation over the labels. */
  readonly score: number;
  /** For each label the latent matched with it, or −1 where there are fewer latents than labels. */
  readonly latentOf: readonly number[];
  /** |correlation|[latent][label]. */
  readonly correlations: readonly (readonly number[])[];
}

/**
 * Mean correlation coefficient: |correlation| of each label with the latent matched to it, averaged
 * over labels, under the one-to-one matching that makes it largest. 1 where each label is a latent up
 * to sign, scale and order. Labels left without a latent count 0.
 * @param latents [n, m].
 * @param labels [n, d].
 * @see Hyvärinen & Morioka, "Unsupervised feature extraction by time-contrastive learning" (2016).
 */
export function mcc(latents: Table, labels: Table, options: MccOptions = {}): number {
  return mccMatch(latents, labels, options).score;
}

/** {@link mcc} with the matching that it is the score of. */
export function mccMatch(latents: Table, labels: Table, options: MccOptions = {}): MccMatch {
  return matchColumns(toPair(latents, labels, 'mcc'), options);
}

/** @internal {@link mccMatch} on columns. */
export function matchColumns(pair: Pair, { correlation = 'pearson' }: MccOptions): MccMatch {
  if (correlation !== 'pearson' && correlation !== 'spearman') {
    throw new RangeError(
      `mcc: correlation must be 'pearson' or 'spearman', got '${String(correlation)}'.`,
    );
  }
  const prepare = (columns: readonly Float64Array[]): readonly Float64Array[] =>
    correlation === 'spearman' ? columns.map(ranks) : columns;
  const latents = prepare(pair.latents);
  const labels = prepare(pair.labels);
  const correlations = latents.map((z) => labels.map((u) => Math.abs(pearson(z, u))));
  const latentOf = bestAssignment(correlations, labels.length);
  const sum = latentOf.reduce((s, z, label) => s + (z < 0 ? 0 : correlations[z]![label]!), 0);
  return { score: sum / labels.length, latentOf, correlations };
}
