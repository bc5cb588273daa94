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

/** What a data set says of a label column, as far as the checks use it. */
export interface ConceptInfo {
  readonly name: string;
  /** `'continuous'`, `'binary'`, `'categorical'` or `'ordinal'`. */
  readonly kind?: string;
  /** What the numbers 0, 1, … of a categorical concept stand for. */
  readonly categories?: readonly string[];
  /** Lowest and highest value. */
  readonly range?: readonly [number, number];
}

/**
 * Checks a batch: every tensor's values finite (NaN is allowed in one called `labels`, where it
 * marks a missing label, also in a whole row), as many rows in each, pictures (rank 4, floats) in
 * [0, 1] and not all alike, row weights (called `weights`) ≥ 0 and not all 0. Tensors stay.
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
    } else if (name.split('.').at(-1) === 'weights' && tensor.rank === 1) {
      weightProblems(name, values as Float32Array, errors);
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

function weightProblems(name: string, values: Float32Array, errors: string[]): void {
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    errors.push(
      `${name}: row ${negative} of the first batch weighs ${values[negative]}; weights are ≥ 0.`,
    );
  } else if (values.every((value) => value === 0)) {
    errors.push(`${name}: every row of the first batch weighs 0, so that nothing counts.`);
  }
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
 * Checks all label rows of a split. NaN marks a missing label, and rows without any label are told.
 * Errors: rows of different widths, an infinity, a concept without any label, a value that a binary
 * or categorical concept cannot have. Warnings: labels that are missing, a concept that never
 * changes, one outside its stated range, two that are the same.
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
  const bare = labels.filter((row) => row.every(Number.isNaN)).length;
  if (width > 0 && bare > 0 && bare < labels.length) {
    warnings.push(`${bare} of ${labels.length} rows have no label at all (NaN in every column).`);
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
    const impossible = impossibleValue(concepts[column], values);
    if (impossible !== undefined) {
      errors.push(`${nameOf(column)} ${impossible}`);
      continue;
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

/** What no label of a concept of this kind can be, if one is it. */
function impossibleValue(
  concept: ConceptInfo | undefined,
  values: readonly number[],
): string | undefined {
  const { kind, categories } = concept ?? {};
  if (kind === 'binary') {
    const found = [...new Set(values)].sort((a, b) => a - b);
    if (found.length <= 2) return undefined;
    const more = found.length > 4 ? ', …' : '';
    return `is binary, but has ${found.length} values: ${found.slice(0, 4).join(', ')}${more}.`;
  }
  if (kind !== 'categorical') return undefined;
  const count = categories?.length ?? Infinity;
  const odd = values.find((value) => !Number.isInteger(value) || value < 0 || value >= count);
  if (odd === undefined) return undefined;
  const known =
    categories === undefined ? '0, 1, …' : `0 to ${count - 1} (${categories.join(', ')})`;
  return `is categorical, but a label is ${odd}: expected ${known}.`;
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
