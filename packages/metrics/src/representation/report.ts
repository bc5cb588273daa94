import { checkFlag, checkKeys } from '@causal/options';
import { checkMicOptions, type MicOptions } from '../mic/characteristic';
import { associationOf, averagePerConcept } from './association';
import { dciOfPair } from './dci';
import { migOfPair } from './information';
import { INTERVAL_KEYS, type Interval, type IntervalOptions, intervals } from './interval';
import { irsOfPair } from './irs';
import { labelKinds, requireVarying, type ScoredKind } from './labels';
import { matchColumns } from './mcc';
import { knnProbeOfPair, linearProbeOfPair } from './probes';
import { sapOfPair } from './sap';
import { pickRows } from './scoring';
import { type Pair, type Table, toPair } from './table';

export interface ReportOptions extends IntervalOptions {
  /** Names of the labels, for the table. Default `label 0`, `label 1`, … */
  readonly names?: readonly string[];
  /** Whether each label is an amount or a class; inferred (few integers are classes) by default. */
  readonly kinds?: readonly ScoredKind[];
  /**
   * Whether latents are concept after concept [n, d·k], so that MIC and TIC score each concept's own
   * latents (averaged); otherwise they score the latent that MCC matches with the label. Default false.
   */
  readonly aligned?: boolean;
  /** Options of MIC and TIC. */
  readonly mic?: MicOptions;
}

/** All scores of a representation. */
export interface RepresentationReport {
  /** Rows that were scored. */
  readonly rows: number;
  readonly labels: readonly string[];
  /** Each score over all labels, with its confidence interval. */
  readonly scores: Readonly<Record<ScoreName, Interval>>;
  /** Scores of each label, in the order of `labels`. */
  readonly byLabel: Readonly<Record<LabelScoreName, readonly number[]>>;
}

const SCORES = [
  'mic',
  'tic',
  'mcc',
  'mccSpearman',
  'disentanglement',
  'completeness',
  'informativeness',
  'irs',
  'mig',
  'sap',
  'linearProbe',
  'knnProbe',
] as const;

/** What a report scores over all labels. */
export type ScoreName = (typeof SCORES)[number];

/** What a report scores for each label. */
export type LabelScoreName = 'mic' | 'tic' | 'mcc' | 'informativeness' | 'linearProbe' | 'knnProbe';

/**
 * Every representation score of this package at once, with confidence intervals by the half-sample
 * bootstrap (at half the rows a resample, so biased scores keep their bias).
 * @param latents [n, m].
 * @param labels [n, d].
 */
export async function representationReport(
  latents: Table,
  labels: Table,
  options: ReportOptions = {},
): Promise<RepresentationReport> {
  const caller = 'representationReport';
  const { names: given, kinds, aligned, mic, ...sampling } = options ?? {};
  checkKeys(options, ['names', 'kinds', 'aligned', 'mic', ...INTERVAL_KEYS], caller);
  if (aligned !== undefined) checkFlag(aligned, 'aligned', caller);
  if (mic !== undefined) checkMicOptions(mic, `${caller}: mic`);
  const pair = toPair(latents, labels, caller);
  labelKinds(pair.labels, kinds, caller);
  requireVarying(pair.labels, caller);
  const names = given ?? pair.labels.map((_, i) => `label ${i}`);
  if (names.length !== pair.labels.length) {
    throw new RangeError(
      `representationReport: ${names.length} names for ${pair.labels.length} labels.`,
    );
  }
  const n = pair.labels[0]!.length;
  const found = await intervals(
    n,
    (rows) => {
      const { scores } = scoreAll(pickRows(pair, rows), options);
      return SCORES.map((name) => scores[name]);
    },
    sampling,
  );
  return {
    rows: n,
    labels: names,
    scores: Object.fromEntries(SCORES.map((name, i) => [name, found[i]!])) as Record<
      ScoreName,
      Interval
    >,
    byLabel: scoreAll(pair, options).byLabel,
  };
}

function scoreAll(
  pair: Pair,
  options: ReportOptions,
): {
  scores: Record<ScoreName, number>;
  byLabel: Record<LabelScoreName, readonly number[]>;
} {
  const kinds = options.kinds && { kinds: options.kinds };
  const match = matchColumns(pair, { ...kinds });
  const correlationOf = match.latentOf.map((z, j) => (z < 0 ? 0 : match.correlations[z]![j]!));
  const scalars = options.aligned
    ? averagePerConcept(pair, 'representationReport')
    : match.latentOf.map((z) => pair.latents[z] ?? new Float64Array(pair.labels[0]!.length));
  const association = associationOf(scalars, pair.labels, options.mic ?? {});
  const dci = dciOfPair(pair, { ...kinds });
  const linear = linearProbeOfPair(pair, { ...kinds });
  const knn = knnProbeOfPair(pair, { ...kinds });
  return {
    scores: {
      mic: association.mic,
      tic: association.tic,
      mcc: match.score,
      mccSpearman: matchColumns(pair, { ...kinds, correlation: 'spearman' }).score,
      disentanglement: dci.disentanglement,
      completeness: dci.completeness,
      informativeness: dci.informativeness,
      irs: irsOfPair(pair, {}),
      mig: migOfPair(pair, {}),
      sap: sapOfPair(pair, { ...kinds }),
      linearProbe: linear.score,
      knnProbe: knn.score,
    },
    byLabel: {
      mic: association.micOf,
      tic: association.ticOf,
      mcc: correlationOf,
      informativeness: dci.informativenessOf,
      linearProbe: linear.scores,
      knnProbe: knn.scores,
    },
  };
}

/** A report as a Markdown table: scores with their intervals, then the scores of each label. */
export function formatReport(report: RepresentationReport): string {
  const lines = ['| score | value | low | high |', '| --- | --- | --- | --- |'];
  for (const [name, { value, low, high }] of Object.entries(report.scores)) {
    lines.push(`| ${name} | ${[value, low, high].map(digits).join(' | ')} |`);
  }
  const columns = Object.entries(report.byLabel);
  lines.push('', `| label | ${columns.map(([name]) => name).join(' | ')} |`);
  lines.push(`| --- |${' --- |'.repeat(columns.length)}`);
  report.labels.forEach((label, i) => {
    lines.push(`| ${label} | ${columns.map(([, values]) => digits(values[i]!)).join(' | ')} |`);
  });
  return lines.join('\n') + '\n';
}

const digits = (value: number): string => value.toFixed(3);
