import { topologicalOrder } from '@causal/graph';
import { show } from '@causal/options';
import { checkMatrix, checkRecord } from './arguments';
import type { Concept, Matrix } from './dataset';

/**
 * The value of one concept from its causes in `next`. `observed` is the row as it was, from which
 * a mechanism with noise works the noise out (abduction).
 */
export type Mechanism = (next: readonly number[], observed: readonly number[]) => number;

/**
 * Labels under do(): intervened concepts take their value, then every concept with a changed cause
 * follows its mechanism, in causal order; everything else stays as it was observed.
 * @param mechanisms One for each concept in the order of `concepts`; undefined for roots.
 * @throws RangeError for an unknown concept (names the known ones) or a value that is not finite.
 */
export function propagate(
  concepts: readonly Concept[],
  graph: Matrix,
  mechanisms: readonly (Mechanism | undefined)[],
  labels: Matrix,
  interventions: Readonly<Record<string, number>>,
): number[][] {
  checkMatrix(labels, 'labels', 'counterfactual');
  checkRecord(interventions, 'interventions', 'counterfactual');
  const names = concepts.map((c) => c.name);
  const values = new Map<number, number>();
  for (const [name, value] of Object.entries(interventions)) {
    const index = names.indexOf(name);
    if (index < 0) {
      throw new RangeError(
        `counterfactual: there is no concept '${name}'; the concepts are ${names.join(', ')}.`,
      );
    }
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `counterfactual: do(${name}) needs a finite number, got ${show(value)}.`,
      );
    }
    values.set(index, value);
  }
  const order = topologicalOrder(graph);
  return labels.map((observed, row) => {
    checkLabels('counterfactual', concepts, observed, row);
    const next = [...observed];
    const changed = concepts.map(() => false);
    for (const j of order) {
      const mechanism = mechanisms[j];
      if (values.has(j)) {
        next[j] = values.get(j)!;
        changed[j] = true;
      } else if (mechanism && changed.some((c, i) => c && graph[i]![j] !== 0)) {
        next[j] = mechanism(next, observed);
        changed[j] = true;
      }
    }
    return next;
  });
}

/** @throws RangeError unless the row has one finite number a concept. */
export function checkLabels(
  caller: string,
  concepts: readonly Concept[],
  labels: readonly number[],
  row: number,
): void {
  if (labels.length !== concepts.length) {
    throw new RangeError(
      `${caller}: row ${row} has ${labels.length} labels, expected ${concepts.length} ` +
        `(${concepts.map((c) => c.name).join(', ')}).`,
    );
  }
  const bad = labels.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new RangeError(
      `${caller}: row ${row}: ${concepts[bad]!.name} must be a finite number, got ${labels[bad]}.`,
    );
  }
}
