import { checkKeys, checkNumber } from '@causal/options';
import { Matrix as Dense, solve } from 'ml-matrix';
import { labelKinds, requireVarying, type ScoredKind, varies } from './labels';
import { accuracy, average, holdOut, type HoldOutOptions, r2Score, unitOf } from './scoring';
import { type Pair, type Table, toPair } from './table';

export interface ProbeOptions extends HoldOutOptions {
  /** Whether each label is an amount or a class; inferred (few integers are classes) by default. */
  readonly kinds?: readonly ScoredKind[];
}

export interface Probe {
  /** Mean over labels that vary. */
  readonly score: number;
  /** For each label the held-out R² (amounts) or accuracy (classes); NaN for a constant one. */
  readonly scores: readonly number[];
}

export interface LinearProbeOptions extends ProbeOptions {
  /** Ridge penalty on standardised latents, per row. Default 1e-6. */
  readonly ridge?: number;
}

export interface KnnProbeOptions extends ProbeOptions {
  /** Neighbours. Default 5. */
  readonly k?: number;
}

const PROBE_KEYS = ['kinds', 'testShare', 'rng', 'seed'] as const;

/**
 * How well a linear map reads the labels off the latents, on held-out rows: ridge regression for
 * amounts, least squares on class indicators for classes.
 * @param latents [n, m].
 * @param labels [n, d].
 */
export function linearProbe(
  latents: Table,
  labels: Table,
  options: LinearProbeOptions = {},
): Probe {
  checkKeys(options, ['ridge', ...PROBE_KEYS], 'linearProbe');
  const pair = toPair(latents, labels, 'linearProbe');
  requireVarying(pair.labels, 'linearProbe');
  return linearProbeOfPair(pair, options);
}

/**
 * How well the k nearest rows in latent space (standardised, Euclidean) tell the labels, on held-out
 * rows: their mean for amounts, their majority for classes.
 */
export function knnProbe(latents: Table, labels: Table, options: KnnProbeOptions = {}): Probe {
  checkKeys(options, ['k', ...PROBE_KEYS], 'knnProbe');
  const pair = toPair(latents, labels, 'knnProbe');
  requireVarying(pair.labels, 'knnProbe');
  return knnProbeOfPair(pair, options);
}

/** @internal {@link linearProbe} on columns. */
export function linearProbeOfPair(pair: Pair, options: LinearProbeOptions): Probe {
  const { ridge = 1e-6 } = options;
  checkNumber(ridge, 'ridge', 'linearProbe', { least: 0 });
  const { train, test } = holdOut(pair, options, 'linearProbe');
  const scale = standardiser(train.latents);
  const x = new Dense([
    new Array<number>(train.labels[0]!.length).fill(1),
    ...rowsOf(scale(train.latents)),
  ]);
  const y = new Dense([
    new Array<number>(test.labels[0]!.length).fill(1),
    ...rowsOf(scale(test.latents)),
  ]);
  const gram = x.mmul(x.transpose());
  // The constant is not shrunk.
  for (let i = 1; i < gram.rows; i++) gram.set(i, i, gram.get(i, i) + ridge * x.columns + 1e-12);
  const predict = (target: Float64Array): Float64Array => {
    const weights = solve(gram, x.mmul(Dense.columnVector(target)));
    return Float64Array.from(y.transpose().mmul(weights).to1DArray());
  };
  return score(pair, test, options, 'linearProbe', (j, classes) =>
    classes
      ? argmax(
          classes,
          classes.map((value) => predict(train.labels[j]!.map((v) => (v === value ? 1 : 0)))),
        )
      : predict(train.labels[j]!),
  );
}

/** @internal {@link knnProbe} on columns. */
export function knnProbeOfPair(pair: Pair, options: KnnProbeOptions): Probe {
  const { k = 5 } = options;
  const { train, test } = holdOut(pair, options, 'knnProbe');
  const n = train.labels[0]!.length;
  // At most the rows fitted on.
  checkNumber(k, 'k', 'knnProbe', { integer: true, least: 1, most: n });
  const scale = standardiser(train.latents);
  const nearest = neighbours(scale(train.latents), scale(test.latents), k);
  return score(pair, test, options, 'knnProbe', (j, classes) => {
    const label = train.labels[j]!;
    if (!classes) {
      return Float64Array.from(nearest, (rows) => rows.reduce((sum, i) => sum + label[i]!, 0) / k);
    }
    const votes = classes.map((value) =>
      Float64Array.from(nearest, (rows) => rows.filter((i) => label[i] === value).length),
    );
    return argmax(classes, votes);
  });
}

function score(
  pair: Pair,
  test: Pair,
  options: ProbeOptions,
  caller: string,
  predict: (label: number, classes: readonly number[] | null) => Float64Array,
): Probe {
  const kinds = labelKinds(pair.labels, options.kinds, caller);
  const scores = pair.labels.map((whole, j) => {
    if (!varies(whole)) return NaN;
    if (kinds[j] === 'continuous') return r2Score(predict(j, null), test.labels[j]!);
    return accuracy(predict(j, [...new Set(whole)]), test.labels[j]!);
  });
  return { score: average(scores.filter((_, j) => varies(pair.labels[j]!))), scores };
}

function argmax(classes: readonly number[], votes: readonly Float64Array[]): Float64Array {
  return votes[0]!.map((_, i) => {
    let best = 0;
    votes.forEach((column, c) => {
      if (column[i]! > votes[best]![i]!) best = c;
    });
    return classes[best]!;
  });
}

/** Zero mean and unit deviation as measured on these columns; constant ones become 0. */
function standardiser(
  columns: readonly Float64Array[],
): (columns: readonly Float64Array[]) => Float64Array[] {
  const moments = columns.map((given) => {
    const unit = unitOf(given);
    const column = given.map((v) => v * unit);
    const mean = column.reduce((sum, v) => sum + v, 0) / column.length;
    const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length;
    return { unit, mean, scale: variance > 1e-24 * mean * mean ? 1 / Math.sqrt(variance) : 0 };
  });
  return (others) =>
    others.map((column, j) => {
      const { unit, mean, scale } = moments[j]!;
      return column.map((v) => (v * unit - mean) * scale);
    });
}

const rowsOf = (columns: readonly Float64Array[]): number[][] => columns.map((c) => Array.from(c));

/** Rows of the k nearest points of `train` for each point of `test`; earlier rows win ties. */
function neighbours(
  train: readonly Float64Array[],
  test: readonly Float64Array[],
  k: number,
): number[][] {
  const n = train[0]!.length;
  const distance = new Float64Array(n);
  return Array.from(test[0]!, (_, i) => {
    distance.fill(0);
    train.forEach((column, j) => {
      const at = test[j]![i]!;
      for (let r = 0; r < n; r++) distance[r]! += (column[r]! - at) ** 2;
    });
    const rows: number[] = [];
    for (let r = 0; r < n; r++) {
      if (rows.length === k && distance[r]! >= distance[rows[k - 1]!]!) continue;
      let place = rows.length;
      while (place > 0 && distance[rows[place - 1]!]! > distance[r]!) place--;
      rows.splice(place, 0, r);
      if (rows.length > k) rows.pop();
    }
    return rows;
  });
}
