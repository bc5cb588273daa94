import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';

/** Rows of numbers: labels [n, d], or a d×d graph (non-zero [i][j] means i → j). */
export type Matrix = readonly (readonly number[])[];

export type Split = 'train' | 'validation' | 'test';

export type LabelKind = 'binary' | 'continuous' | 'categorical' | 'ordinal';

export interface Concept {
  readonly name: string;
  /** Unit of the native label, e.g. `'rad'`; empty where there is none. */
  readonly unit: string;
  readonly kind: LabelKind;
  /** Lowest and highest native value that the data set holds. */
  readonly range: readonly [number, number];
  /** What the numbers 0, 1, … stand for, of a categorical, an ordinal or a binary concept. */
  readonly categories?: readonly string[];
}

/**
 * A batch: images [n, height, width, channels] in [0, 1], labels [n, d] in native units, NaN where
 * one is missing.
 */
export interface Batch {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor2D;
  /** [n], 1 where the row is labelled; only of data sets made with `labelled` below 1. */
  readonly labelled?: tf.Tensor1D;
  /** [n], how much each row counts; only of data sets made with `weights`. */
  readonly weights?: tf.Tensor1D;
}

/** Rows of a split: the images whose look (all that the labels do not say) a drawing takes over. */
export interface LookOf {
  readonly split: Split;
  readonly rows: readonly number[] | Int32Array;
}

export interface BatchesOptions {
  readonly batchSize: number;
  /** Decides the order. The same generator state gives the same batches. */
  readonly rng: Rng;
  /** Batches to skip, so that an interrupted epoch goes on where it stopped. Default 0. */
  readonly from?: number;
  /** Leave out a last batch that is not full. Default true for `'train'`, else false. */
  readonly dropRemainder?: boolean;
  /** Stops between two batches with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * What is known of a data set's graph:
 * - `'true'`: it is that of the mechanism that made the pictures; a learned graph may be judged by it.
 * - `'believed'`: somebody holds it to be so. Models may use it, no score is taken against it.
 * - `'unknown'`: nothing is known, `graph` has no edge and says nothing.
 */
export type GraphStatus = 'true' | 'believed' | 'unknown';

/** Images with labels of known concepts. The caller disposes what `batch` returns. */
export interface Dataset {
  readonly name: string;
  readonly concepts: readonly Concept[];
  /** The graph over the concepts; what it is worth says `graphStatus`. */
  readonly graph: Matrix;
  /** Read it by {@link graphStatusOf}, which says what it means where it is left out. */
  readonly graphStatus?: GraphStatus;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  size(split: Split): number;
  /**
   * All label rows of a split in native units, NaN where one is missing, without drawing or reading
   * an image.
   */
  labels(split: Split): Matrix;
  /**
   * Some rows of a split, in this order. What is drawn or held in memory is there at once, what lies
   * on disk is promised: `await data.batch(…)` is right for both.
   */
  batch(split: Split, rows: readonly number[] | Int32Array): Batch | Promise<Batch>;
  batches(split: Split, options: BatchesOptions): AsyncIterable<Batch>;
  /** Draws *any* combination of label values [n, d], also physically impossible ones. */
  render?(labels: Matrix): tf.Tensor4D;
  /** The true labels under do(), effects following their mechanisms. */
  counterfactual?(labels: Matrix, interventions: Readonly<Record<string, number>>): Matrix;
}

/** A data set that is drawn or held in memory: `batch` answers at once, the mechanism is known. */
export interface GeneratedDataset extends Dataset {
  batch(split: Split, rows: readonly number[] | Int32Array): Batch;
  /**
   * Draws any combination of labels.
   * @param like Takes over all that the labels do not say (skin, pose, shade …) from these rows,
   * one for each row of labels, so that a counterfactual shows the same scene. Default: the
   * neutral look.
   */
  render(labels: Matrix, like?: LookOf): tf.Tensor4D;
  counterfactual(labels: Matrix, interventions: Readonly<Record<string, number>>): Matrix;
}

/** The status of a data set's graph: where it does not say, true if there is an edge, else unknown. */
export function graphStatusOf(data: Pick<Dataset, 'graph' | 'graphStatus'>): GraphStatus {
  if (data.graphStatus !== undefined) return data.graphStatus;
  return data.graph.some((row) => row.some((weight) => weight !== 0)) ? 'true' : 'unknown';
}
