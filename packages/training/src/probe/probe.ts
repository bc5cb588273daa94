import * as tf from '@tensorflow/tfjs';

/** What is wrong with data: errors make training senseless, warnings should be looked at. */
export interface DataReport {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Data is such that a model cannot be trained on it. */
export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(readonly problems: readonly string[]) {
    super(`The data cannot be trained on:\n${problems.map((text) => `  - ${text}`).join('\n')}`);
  }
}

interface ConceptInfo {
  readonly name: string;
  readonly range?: readonly [number, number];
}

/**
 * Checks a batch: every tensor's values finite (NaN is allowed in one called `labels`, where it
 * marks a missing label), as many rows in each, pictures (rank 4, floats) in [0, 1] and not all
 * alike. Tensors stay.
 */
export async function probeBatch(batch: unknown): Promise<DataReport> {
  const errors: string[] = [];
  const warnings: string[] = [];
  const tensors = namedTensors(batch, '');
  for (const [name, tensor] of tensors) {
    const values = await tensor.data<'float32' | 'int32' | 'bool'>();
    const mayMiss = name.split('.').at(-1) === 'labels';
    const at = (values as Float32Array).findIndex(
      (value) => !Number.isFinite(value) && !(mayMiss && Number.isNaN(value)),
    );
    if (at >= 0) {
      const row = Math.floor(at / Math.max(1, tensor.size / (tensor.shape[0] ?? 1)));
      errors.push(`${name}: value ${values[at]} in row ${row} of the first batch.`);
    } else if (tensor.rank === 4 && tensor.dtype === 'float32') {
      pictureProblems(name, values as Float32Array, warnings);
    }
  }
  const rows = new Set(tensors.map(([, tensor]) => tensor.shape[0]));
  if (rows.size > 1) {
    const shapes = tensors.map(([name, tensor]) => `${name} [${tensor.shape.join(', ')}]`);
    errors.push(`tensors of the first batch differ in their number of rows: ${shapes.join(', ')}.`);
  }
  return { errors, warnings };
}

function pictureProblems(name: string, values: Float32Array, warnings: string[]): void {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low < -1e-6 || high > 1 + 1e-6) {
    const hint = high > 2 ? ' Divide by 255?' : '';
    warnings.push(`${name}: values in [${low}, ${high}], pictures are expected in [0, 1].${hint}`);
  } else if (low === high) {
    warnings.push(`${name}: every pixel of the first batch is ${low}.`);
  }
}

function namedTensors(value: unknown, path: string): [string, tf.Tensor][] {
  if (value instanceof tf.Tensor) return [[path === '' ? 'the batch' : path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    namedTensors(inner, path === '' ? key : `${path}.${key}`),
  );
}

/**
 * Checks all label rows of a split: one width, finite or NaN (a missing label), no concept without
 * any label, none that never changes, none outside its stated range, no two that are the same.
 */
export function probeLabels(
  labels: readonly (readonly number[])[],
  concepts: readonly ConceptInfo[] = [],
): DataReport {
  const errors: string[] = [];
  const warnings: string[] = [];
  const width = labels[0]?.length ?? 0;
  const nameOf = (column: number): string => `concept "${concepts[column]?.name ?? column}"`;
  if (concepts.length > 0 && concepts.length !== width) {
    errors.push(`label rows have ${width} numbers, but there are ${concepts.length} concepts.`);
    return { errors, warnings };
  }
  const ragged = labels.findIndex((row) => row.length !== width);
  if (ragged >= 0) {
    errors.push(`label row ${ragged} has ${labels[ragged]!.length} numbers, row 0 has ${width}.`);
    return { errors, warnings };
  }
  for (let column = 0; column < width; column++) {
    const all = labels.map((row) => row[column]!);
    const infinite = all.findIndex((value) => Math.abs(value) === Infinity);
    if (infinite >= 0) {
      errors.push(`${nameOf(column)} is ${all[infinite]} in label row ${infinite}.`);
      continue;
    }
    const values = all.filter((value) => !Number.isNaN(value));
    if (values.length === 0) {
      errors.push(`${nameOf(column)} has no label in any row (NaN marks a missing one).`);
      continue;
    }
    const missing = all.length - values.length;
    if (missing > 0) {
      const part = Number(((100 * missing) / all.length).toPrecision(3));
      warnings.push(`${nameOf(column)}: ${part} % of the labels are missing (NaN).`);
    }
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    if (low === high) {
      warnings.push(`${nameOf(column)} is always ${low}: nothing can be learned about it.`);
    }
    const [from, to] = concepts[column]?.range ?? [-Infinity, Infinity];
    const slack = 1e-6 * Math.max(1, Math.abs(from), Math.abs(to));
    if (low < from - slack || high > to + slack) {
      warnings.push(
        `${nameOf(column)} lies in [${low}, ${high}], outside its range [${from}, ${to}].`,
      );
    }
    for (let other = 0; other < column; other++) {
      if (low < high && labels.every((row) => Object.is(row[other], row[column]))) {
        warnings.push(`${nameOf(column)} and ${nameOf(other)} are the same in every row.`);
      }
    }
  }
  return { errors, warnings };
}

const NOTHING: DataReport = { errors: [], warnings: [] };

/** Checks the training labels of a data set, where it can tell them. */
export function probeLabelsOf(data: unknown): DataReport {
  const { labels, concepts } = data as {
    labels?: (split: 'train') => readonly (readonly number[])[];
    concepts?: readonly ConceptInfo[];
  };
  return typeof labels === 'function' ? probeLabels(labels.call(data, 'train'), concepts) : NOTHING;
}
