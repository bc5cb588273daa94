import type { Dataset, Matrix, Split } from '@causal/datasets';
import { checkKeys, checkNumber, nearestName } from '@causal/options';
import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { judgedRows } from '../interventions/dataset-oracle';
import { checkImages } from '../interventions/walk';

/** Which pictures are changed, and to what. */
export interface ChangeOptions {
  /** Split that the pictures come from. Default `'test'`. */
  readonly split?: Split;
  /** How many of its pictures, evenly spread. Default 1,000. */
  readonly count?: number;
  /** Concepts that do() sets. Default all. */
  readonly concepts?: readonly string[];
  /**
   * How many values of a continuous concept are set, evenly spread in rank over the split's own;
   * pictures with one value share a call of the model. Default 50.
   */
  readonly values?: number;
  /** Pictures in one call of the model, at most. Default 64. */
  readonly chunkSize?: number;
  /** Which picture gets which value. Default seed 0. */
  readonly rng?: Rng;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

const KEYS = [
  'split', 'count', 'concepts', 'values', 'chunkSize', 'rng', 'seed', 'signal', 'onProgress',
]; // prettier-ignore

/** Equal bins of a continuous concept's range: a picture is set to a value of another. */
const BINS = 10;

/** Rows that are set to one value of one concept. */
export interface Change {
  readonly concept: number;
  readonly name: string;
  readonly value: number;
  readonly rows: readonly number[];
}

/** What came of a change. Tensors are disposed by the walk. */
export interface Changed extends Change {
  readonly images: tf.Tensor4D;
  readonly made: tf.Tensor4D;
  /** Labels before, and what they are by the mechanism after. */
  readonly labels: Matrix;
  readonly trueLabels: Matrix;
}

/** A data set whose mechanism is known. */
export type KnownDataset = Dataset & Required<Pick<Dataset, 'counterfactual'>>;

/** @throws TypeError unless the data set knows what follows from do(). */
export function requireMechanism(caller: string, data: Dataset): KnownDataset {
  if (data.counterfactual) return data as KnownDataset;
  throw new TypeError(
    `${caller}: '${data.name}' has no counterfactual(): what all labels are under do() must be ` +
      'known (generated data sets know).',
  );
}

/** @throws OptionsError and RangeError for wrong options. */
function checkChangeOptions(caller: string, data: Dataset, options: ChangeOptions): void {
  checkKeys(options, KEYS, caller);
  const { values = 50, concepts = [] } = options;
  checkNumber(values, 'values', caller, { least: 2, integer: true });
  const names = data.concepts.map(({ name }) => name);
  for (const name of concepts) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    throw new RangeError(
      `${caller}: there is no concept '${name}'; the concepts are ${names.join(', ')}.` +
        (near ? ` Did you mean '${near}'?` : ''),
    );
  }
}

/**
 * Every row set to another value of every concept: a value that pictures of the split have, of
 * another of ten equal bins of the range, or another category. (The reference code draws from all
 * values of the split; here from `values` of them, so that a model need not be called for each
 * picture.)
 */
export function everyChange(caller: string, data: Dataset, options: ChangeOptions): Change[] {
  return changes(caller, data, options, (_, concepts) => concepts);
}

/** Every row set to another value of one concept, which is drawn. */
export function oneChangeEach(caller: string, data: Dataset, options: ChangeOptions): Change[] {
  return changes(caller, data, options, (rng, concepts) => [concepts[rng.int(concepts.length)]!]);
}

function changes(
  caller: string,
  data: Dataset,
  options: ChangeOptions,
  choose: (rng: Rng, concepts: readonly number[]) => readonly number[],
): Change[] {
  checkChangeOptions(caller, data, options);
  const { split = 'test', count = 1000, chunkSize = 64, values = 50 } = options;
  const rng = (options.rng ?? createRng(options.seed ?? 0)).split('changes');
  const rows = judgedRows(caller, data, { split, count, chunkSize });
  const labels = data.labels(split);
  const set = data.concepts.flatMap(({ name }, c) =>
    !options.concepts || options.concepts.includes(name) ? [c] : [],
  );
  const palettes = data.concepts.map((_, c) => palette(data, labels, c, values));
  const places = data.concepts.map((_, c) => binning(data, labels, c));
  // By concept and value: the rows that are set to it.
  const groups = data.concepts.map((_, c) => palettes[c]!.map(() => [] as number[]));
  for (const row of rows) {
    for (const c of choose(rng, set)) {
      const own = places[c]!(labels[row]![c]!);
      const others = palettes[c]!.flatMap((v, k) => (places[c]!(v) === own ? [] : [k]));
      if (others.length === 0) {
        throw new RangeError(
          `${caller}: all pictures of '${split}' have nearly one value of ` +
            `${data.concepts[c]!.name}; there is no other to set. Leave it out of \`concepts\`.`,
        );
      }
      groups[c]![others[rng.int(others.length)]!]!.push(row);
    }
  }
  return groups.flatMap((ofConcept, concept) =>
    ofConcept.flatMap((group, k) => {
      const parts: Change[] = [];
      for (let from = 0; from < group.length; from += chunkSize) {
        parts.push({
          concept,
          name: data.concepts[concept]!.name,
          value: palettes[concept]![k]!,
          rows: group.slice(from, from + chunkSize),
        });
      }
      return parts;
    }),
  );
}

/** Values that a concept is set to, in order: of a continuous one, of evenly spread rank. */
function palette(data: Dataset, labels: Matrix, concept: number, most: number): number[] {
  const sorted = Float64Array.from(new Set(labels.map((row) => row[concept]!))).sort();
  if (data.concepts[concept]!.kind !== 'continuous' || sorted.length <= most) return [...sorted];
  const ranked = Float64Array.from(labels, (row) => row[concept]!).sort();
  return Array.from(
    { length: most },
    (_, k) => ranked[Math.floor(((k + 0.5) / most) * ranked.length)]!,
  );
}

/** Which bin of ten a value is in; of concepts that are not continuous, the value itself. */
export function binning(data: Dataset, labels: Matrix, concept: number): (value: number) => number {
  if (data.concepts[concept]!.kind !== 'continuous') return (value) => value;
  let [low, high] = [Infinity, -Infinity];
  for (const row of labels) {
    low = Math.min(low, row[concept]!);
    high = Math.max(high, row[concept]!);
  }
  const width = (high - low) / BINS || 1;
  return (value) => Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)));
}

/** Puts the changes through the model, one after another. */
export async function walkChanges(
  caller: string,
  model: CounterfactualModel,
  data: KnownDataset,
  list: readonly Change[],
  { split = 'test', signal, onProgress }: ChangeOptions,
  visit: (changed: Changed) => Promise<void>,
): Promise<void> {
  const all = data.labels(split);
  const total = list.reduce((sum, { rows }) => sum + rows.length, 0);
  let done = 0;
  for (const change of list) {
    signal?.throwIfAborted();
    const { name, value, rows } = change;
    const labels = rows.map((row) => all[row]!);
    const { images, labels: told } = await data.batch(split, rows);
    told.dispose();
    try {
      const made = await model.counterfactual(images, { [name]: value });
      try {
        await checkImages(`${caller}: counterfactual(images, { ${name}: ${value} })`, made, images);
        const trueLabels = data.counterfactual(labels, { [name]: value });
        await visit({ ...change, images, made, labels, trueLabels });
      } finally {
        if (made !== images) made.dispose();
      }
    } finally {
      images.dispose();
    }
    done += rows.length;
    onProgress?.({ done, total });
  }
}
