import { checkChoice, show } from '@causal/options';

/** Whether a label's values are amounts or classes. */
export type ScoredKind = 'continuous' | 'discrete';

/** Integers of at most this many different values are taken for classes. */
const MOST_CLASSES = 10;

/** Classes of a discrete column, or null where it is continuous. */
export interface Classes {
  readonly of: Int32Array;
  readonly count: number;
}

/** The kind of a label column: classes if it holds few different integers. */
export function inferKind(column: Float64Array): ScoredKind {
  const different = new Set(column);
  const discrete = different.size <= MOST_CLASSES && [...different].every(Number.isInteger);
  return discrete ? 'discrete' : 'continuous';
}

/**
 * Kinds of all labels: those given, or inferred.
 * @throws RangeError if they are not one a label.
 */
export function labelKinds(
  labels: readonly Float64Array[],
  kinds: readonly ScoredKind[] | undefined,
  caller: string,
): readonly ScoredKind[] {
  if (kinds !== undefined && !Array.isArray(kinds)) {
    throw new TypeError(`${caller}: \`kinds\` must be a list, one a label, got ${show(kinds)}.`);
  }
  kinds?.forEach((kind, j) => checkChoice(kind, ['continuous', 'discrete'], `kinds[${j}]`, caller));
  if (kinds && kinds.length !== labels.length) {
    throw new RangeError(
      `${caller}: kinds has ${kinds.length} entries for ${labels.length} labels; expected one a label.`,
    );
  }
  return kinds ?? labels.map(inferKind);
}

/** Class indices in the order of the values. */
export function toClasses(column: Float64Array): Classes {
  const values = [...new Set(column)].sort((a, b) => a - b);
  const index = new Map(values.map((value, i) => [value, i]));
  return { of: Int32Array.from(column, (value) => index.get(value)!), count: values.length };
}

/** Whether a label takes more than one value: of a constant there is nothing to score. */
export const varies = (label: Float64Array): boolean => label.some((value) => value !== label[0]);

/** @throws RangeError if no label varies. */
export function requireVarying(labels: readonly Float64Array[], caller: string): void {
  if (labels.some(varies)) return;
  throw new RangeError(
    `${caller}: every label is constant over the ${labels[0]?.length ?? 0} rows, so that there is nothing to score.`,
  );
}
