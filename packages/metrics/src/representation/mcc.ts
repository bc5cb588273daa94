import { checkChoice, checkKeys } from '@causal/options';
import { bestAssignment } from './assignment';
import { correlationRatio, pearson, ranks } from './correlation';
import { labelKinds, requireVarying, type ScoredKind, toClasses, varies } from './labels';
import { type Pair, type Table, toPair } from './table';

export interface MccOptions {
  /** Pearson's correlation (default), or Spearman's with tied ranks averaged. */
  readonly correlation?: 'pearson' | 'spearman';
  /**
   * Whether each label is an amount or a class. Classes of more than two values have no order: their
   * correlation with a latent is the correlation ratio √(variance between classes / variance), which
   * for two is |Pearson's|. Default: numbers all.
   */
  readonly kinds?: readonly ScoredKind[];
}

/** Which latent stands for which label, and how well. */
export interface MccMatch {
  /** Mean absolute correlation over the labels. */
  readonly score: number;
  /**
   * For each label the latent matched with it, or −1 where there are fewer latents than labels, and
   * for a constant label.
   */
  readonly latentOf: readonly number[];
  /** |correlation|[latent][label]. */
  readonly correlations: readonly (readonly number[])[];
}

/**
 * Mean correlation coefficient: |correlation| of each label with the latent matched to it, averaged
 * over labels, under the one-to-one matching that makes it largest. 1 where each label is a latent up
 * to sign, scale and order. Labels left without a latent count 0; constant ones are left out.
 * @param latents [n, m].
 * @param labels [n, d].
 * @see Hyvärinen & Morioka, "Unsupervised feature extraction by time-contrastive learning" (2016).
 */
export function mcc(latents: Table, labels: Table, options: MccOptions = {}): number {
  return matchChecked(latents, labels, options, 'mcc').score;
}

/** {@link mcc} with the matching that it is the score of. */
export function mccMatch(latents: Table, labels: Table, options: MccOptions = {}): MccMatch {
  return matchChecked(latents, labels, options, 'mccMatch');
}

function matchChecked(
  latents: Table,
  labels: Table,
  options: MccOptions,
  caller: string,
): MccMatch {
  checkKeys(options, ['correlation', 'kinds'], caller, { method: 'correlation' });
  const pair = toPair(latents, labels, 'mcc');
  requireVarying(pair.labels, caller);
  return matchColumns(pair, options);
}

/** @internal {@link mccMatch} on columns. */
export function matchColumns(pair: Pair, options: MccOptions): MccMatch {
  const { correlation = 'pearson' } = options;
  checkChoice(correlation, ['pearson', 'spearman'], 'correlation', 'mcc');
  const kinds = options.kinds && labelKinds(pair.labels, options.kinds, 'mcc');
  const prepare = (columns: readonly Float64Array[]): readonly Float64Array[] =>
    correlation === 'spearman' ? columns.map(ranks) : columns;
  const latents = prepare(pair.latents);
  const labels = prepare(pair.labels);
  const correlations = latents.map((z) =>
    labels.map((u, j) =>
      kinds?.[j] === 'discrete' ? correlationRatio(z, toClasses(u)) : Math.abs(pearson(z, u)),
    ),
  );
  const scored = [...labels.keys()].filter((j) => varies(labels[j]!));
  const assigned = bestAssignment(
    correlations.map((row) => scored.map((j) => row[j]!)),
    scored.length,
  );
  const latentOf = labels.map((_, j) => assigned[scored.indexOf(j)] ?? -1);
  const sum = latentOf.reduce((s, z, label) => s + (z < 0 ? 0 : correlations[z]![label]!), 0);
  return { score: sum / scored.length, latentOf, correlations };
}
