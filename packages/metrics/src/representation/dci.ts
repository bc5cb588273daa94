import { checkKeys } from '@causal/options';
import {
  BOOSTING_KEYS,
  type BoostingOptions,
  boostClassification,
  boostRegression,
} from './boosting';
import { labelKinds, requireVarying, type ScoredKind, toClasses, varies } from './labels';
import { accuracy, average, holdOut, type HoldOutOptions, r2Score } from './scoring';
import { type Pair, type Table, toPair } from './table';

export interface DciOptions extends HoldOutOptions, BoostingOptions {
  /** Whether each label is an amount or a class; inferred (few integers are classes) by default. */
  readonly kinds?: readonly ScoredKind[];
}

export interface Dci {
  /** How far each latent serves one label only, 0 … 1, weighted by how much it serves. */
  readonly disentanglement: number;
  /** How far each label is served by one latent only, 0 … 1. */
  readonly completeness: number;
  /** Mean over labels of the held-out R² (amounts) or accuracy (classes). */
  readonly informativeness: number;
  /** The same for each label; NaN for a constant one, which no score counts. */
  readonly informativenessOf: readonly number[];
  /** importance[latent][label]: share of the trees' gain; each label's column sums to 1. */
  readonly importance: readonly (readonly number[])[];
}

/**
 * Disentanglement, completeness and informativeness from gradient-boosted trees that predict each
 * label from all latents.
 * @param latents [n, m], m ≥ 2.
 * @param labels [n, d], d ≥ 2.
 * @see Eastwood & Williams, "A framework for the quantitative evaluation of disentangled
 *   representations", ICLR 2018; trees as in Locatello et al., ICML 2019.
 */
export function dci(latents: Table, labels: Table, options: DciOptions = {}): Dci {
  checkKeys(options, ['kinds', 'testShare', 'rng', 'seed', ...BOOSTING_KEYS], 'dci');
  const pair = toPair(latents, labels, 'dci');
  requireVarying(pair.labels, 'dci');
  return dciOfPair(pair, options);
}

/** @internal {@link dci} on columns. */
export function dciOfPair(pair: Pair, options: DciOptions): Dci {
  const kinds = labelKinds(pair.labels, options.kinds, 'dci');
  const { train, test } = holdOut(pair, options, 'dci');
  const informativenessOf: number[] = [];
  const columns = pair.labels.map((whole, j) => {
    if (!varies(whole)) {
      informativenessOf.push(NaN);
      return new Float64Array(pair.latents.length);
    }
    if (kinds[j] === 'continuous') {
      const trees = boostRegression(train.latents, train.labels[j]!, options);
      informativenessOf.push(r2Score(trees.predict(test.latents), test.labels[j]!));
      return trees.importance;
    }
    const { count } = toClasses(whole);
    const values = [...new Set(whole)].sort((a, b) => a - b);
    const classes = Int32Array.from(train.labels[j]!, (v) => values.indexOf(v));
    const trees = boostClassification(train.latents, classes, count, options);
    const predicted = trees.predict(test.latents).map((c) => values[c]!);
    informativenessOf.push(accuracy(predicted, test.labels[j]!));
    return trees.importance;
  });
  const importance = pair.latents.map((_, i) => columns.map((column) => column[i]!));
  const scored = [...columns.keys()].filter((j) => varies(pair.labels[j]!));
  const { disentanglement, completeness } = scoresOfImportance(
    importance.map((row) => scored.map((j) => row[j]!)),
  );
  return {
    disentanglement,
    completeness,
    informativeness: average(scored.map((j) => informativenessOf[j]!)),
    informativenessOf,
    importance,
  };
}

/** D and C of an importance matrix [latent][label]: 1 − normalised entropy, weighted by mass. */
export function scoresOfImportance(importance: readonly (readonly number[])[]): {
  readonly disentanglement: number;
  readonly completeness: number;
} {
  const columns = importance[0]!.map((_, j) => importance.map((row) => row[j]!));
  return { disentanglement: concentration(importance), completeness: concentration(columns) };
}

function concentration(lines: readonly (readonly number[])[]): number {
  let weighted = 0;
  let mass = 0;
  for (const line of lines) {
    const sum = line.reduce((a, b) => a + b, 0);
    if (sum === 0) continue;
    let entropy = 0;
    for (const v of line) if (v > 0) entropy -= (v / sum) * Math.log(v / sum);
    weighted += sum * (1 - (line.length > 1 ? entropy / Math.log(line.length) : 0));
    mass += sum;
  }
  return mass === 0 ? 0 : weighted / mass;
}
