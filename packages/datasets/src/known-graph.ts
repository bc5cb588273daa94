import { findCycle } from '@causal/graph';
import { checkChoice, OptionsError, show } from '@causal/options';
import { checkMatrix } from './arguments';
import type { Concept, Dataset, GraphStatus, Matrix } from './dataset';

/** What a user knows of the graph over the concepts of their own data. */
export interface GraphOptions {
  /** A[i][j] ≠ 0: concept i causes concept j. Default: unknown, no edge. */
  readonly graph?: Matrix;
  /**
   * `'true'` where `graph` is that of the mechanism that made the data, as in a simulation, so that
   * learned graphs may be judged by it. Default `'believed'`.
   */
  readonly graphStatus?: Exclude<GraphStatus, 'unknown'>;
}

/**
 * The graph that is given, copied, and what it is worth.
 * @throws OptionsError for a status without a graph; RangeError unless the graph is d×d, of finite
 * numbers and acyclic.
 */
export function knownGraph(
  { graph, graphStatus }: GraphOptions,
  concepts: readonly Pick<Concept, 'name'>[],
  caller: string,
): Required<Pick<Dataset, 'graph' | 'graphStatus'>> {
  checkChoice(graphStatus ?? 'believed', ['true', 'believed'], 'graphStatus', caller);
  if (graph === undefined) {
    if (graphStatus !== undefined) {
      throw new OptionsError(caller, ['`graphStatus` says what `graph` is worth: give it too.']);
    }
    return { graph: concepts.map(() => concepts.map(() => 0)), graphStatus: 'unknown' };
  }
  checkMatrix(graph, 'graph', caller);
  const d = concepts.length;
  const names = concepts.map((c) => c.name);
  if (graph.length !== d || graph.some((row) => row.length !== d)) {
    throw new RangeError(
      `${caller}: graph must be ${d}×${d}, a row and a column for each of ${names.join(', ')}.`,
    );
  }
  graph.forEach((row, i) =>
    row.forEach((weight, j) => {
      if (typeof weight === 'number' && Number.isFinite(weight)) return;
      throw new RangeError(
        `${caller}: graph[${i}][${j}] must be a finite number, got ${show(weight)}.`,
      );
    }),
  );
  const cycle = findCycle(graph);
  if (cycle) {
    throw new RangeError(
      `${caller}: graph has a cycle, ${cycle.map((i) => names[i]).join(' → ')}; graph[i][j] ≠ 0 says that concept i causes concept j.`,
    );
  }
  return { graph: graph.map((row) => [...row]), graphStatus: graphStatus ?? 'believed' };
}
