import { checkChoice } from '@causal/options';
import * as tf from '@tensorflow/tfjs';
import { checkMatrix } from './arguments';
import type { Concept, Dataset, Matrix } from './dataset';

/**
 * How native labels become what a network sees: scaled = (native − offset) / scale, column by
 * column. Plain JSON, to be saved beside a model's weights.
 */
export interface LabelScaling {
  readonly method: 'min-max' | 'standardise';
  readonly names: readonly string[];
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/**
 * The scaling of a data set's labels.
 * @param method `'min-max'` takes each concept's range to [0, 1]; `'standardise'` gives the
 * training labels mean 0 and standard deviation 1 (rows that are not labelled apart). Binary and
 * categorical labels stay as they are. A label that never varies is only shifted.
 */
export function labelScaling(
  data: Pick<Dataset, 'concepts' | 'labels'>,
  method: LabelScaling['method'] = 'min-max',
): LabelScaling {
  checkChoice(method, ['min-max', 'standardise'], 'method', 'labelScaling');
  const pairs = data.concepts.map((concept, c) => {
    if (concept.kind === 'binary' || concept.kind === 'categorical') return [0, 1] as const;
    return method === 'min-max' ? minMax(concept) : standard(data.labels('train'), c);
  });
  return {
    method,
    names: data.concepts.map((c) => c.name),
    offset: pairs.map((p) => p[0]),
    scale: pairs.map((p) => (p[1] > 0 ? p[1] : 1)),
  };
}

/** Native labels [n, d] to scaled ones: tensors give tensors (with gradient), rows give rows. */
export function scaleLabels(scaling: LabelScaling, labels: tf.Tensor2D): tf.Tensor2D;
export function scaleLabels(scaling: LabelScaling, labels: Matrix): number[][];
export function scaleLabels(
  scaling: LabelScaling,
  labels: tf.Tensor2D | Matrix,
): tf.Tensor2D | number[][] {
  const { offset, scale } = scaling;
  if (labels instanceof tf.Tensor) {
    checkWidth(scaling, labels.shape[1]);
    return tf.tidy(() => tf.div(tf.sub(labels, [...offset]), [...scale]) as tf.Tensor2D);
  }
  checkMatrix(labels, 'labels', 'scaleLabels');
  return labels.map((row) => {
    checkWidth(scaling, row.length);
    return row.map((v, c) => (v - offset[c]!) / scale[c]!);
  });
}

/** The inverse of {@link scaleLabels}. */
export function unscaleLabels(scaling: LabelScaling, labels: tf.Tensor2D): tf.Tensor2D;
export function unscaleLabels(scaling: LabelScaling, labels: Matrix): number[][];
export function unscaleLabels(
  scaling: LabelScaling,
  labels: tf.Tensor2D | Matrix,
): tf.Tensor2D | number[][] {
  const { offset, scale } = scaling;
  if (labels instanceof tf.Tensor) {
    checkWidth(scaling, labels.shape[1]);
    return tf.tidy(() => tf.add(tf.mul(labels, [...scale]), [...offset]) as tf.Tensor2D);
  }
  checkMatrix(labels, 'labels', 'unscaleLabels');
  return labels.map((row) => {
    checkWidth(scaling, row.length);
    return row.map((v, c) => v * scale[c]! + offset[c]!);
  });
}

function minMax({ range }: Concept): readonly [number, number] {
  return [range[0], range[1] - range[0]];
}

function standard(labels: Matrix, c: number): readonly [number, number] {
  const values = labels.map((row) => row[c]!).filter((v) => !Number.isNaN(v));
  if (values.length === 0) throw new RangeError('labelScaling: no training row is labelled.');
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, v) => a + (v - mean) * (v - mean), 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

function checkWidth({ names }: LabelScaling, width: number): void {
  if (width === names.length) return;
  throw new RangeError(
    `labels have ${width} columns, the scaling is for ${names.length} (${names.join(', ')}).`,
  );
}
