import { exactSearch, type PriorKnowledge } from '@causal/dag-constraints';
import type { Matrix } from '@causal/datasets';
import { isDag } from '@causal/graph';
import { host } from '@causal/linalg';
import type { Rng } from '@causal/random';
import type { SearchScore } from '../options';

/** Which graph over the concepts a model uses, and what is known of it. */
export interface GraphChoice {
  readonly graph: 'learn' | Matrix;
  readonly priorKnowledge?: PriorKnowledge | undefined;
  readonly score?: SearchScore | undefined;
}

/** Label rows the search looks at (it is exact over graphs; more rows cost time, not much else). */
const SEARCH_ROWS = 2500;

/**
 * The concept graph with a weight per edge: the linear part of each effect, from its causes.
 * @param labels Unit labels [n, d] of labelled rows.
 * @throws if a given graph is not a d×d DAG, or is given beside knowledge for the search.
 */
export async function conceptGraph(
  { graph, priorKnowledge, score }: GraphChoice,
  labels: Matrix,
  names: readonly string[],
  rng: Rng,
  { signal, warn }: { signal?: AbortSignal | undefined; warn: (message: string) => void },
): Promise<number[][]> {
  if (graph === 'learn') {
    const rows = [...rng.split('graph-rows').permutation(labels.length)].slice(0, SEARCH_ROWS);
    const found = await exactSearch(
      rows.map((row) => labels[row]!),
      {
        names: [...names],
        ...(priorKnowledge ? { priorKnowledge } : {}),
        ...(score ? { score } : {}),
        ...(signal ? { signal } : {}),
      },
    );
    if (found.undecided.length > 0) {
      const edges = found.undecided.map(([i, j]) => `${names[i]} → ${names[j]}`).join(', ');
      warn(
        `The labels do not say which way round these edges go: ${edges}. do() moves along them as they stand; say what you know with priorKnowledge: { required, forbidden, roots, tiers }, or give graph.`,
      );
    }
    return linearWeights(found.adjacency, labels);
  }
  checkGraph(graph, names);
  const weighted = graph.some((row) => row.some((weight) => weight !== 0 && weight !== 1));
  return weighted ? graph.map((row) => [...row]) : linearWeights(graph, labels);
}

/** @throws RangeError unless the graph is a d×d DAG of finite weights. */
function checkGraph(graph: Matrix, names: readonly string[]): void {
  const d = names.length;
  if (graph.length !== d || graph.some((row) => row.length !== d)) {
    throw new RangeError(
      `graph has ${graph.length} rows; expected a ${d}×${d} matrix, one row and column a concept (${names.join(', ')}).`,
    );
  }
  if (!isDag(graph)) {
    throw new RangeError(
      'graph has a cycle. Give a DAG (makeAcyclic of @causal/graph drops the weakest edges), or graph: "learn".',
    );
  }
}

/** Least-squares weights of each effect on its causes, with an intercept; 0 where no edge is. */
function linearWeights(graph: Matrix, labels: Matrix): number[][] {
  const d = graph.length;
  const weights = graph.map((row) => row.map(() => 0));
  for (let child = 0; child < d; child++) {
    const parents = graph.flatMap((row, i) => (row[child] !== 0 ? [i] : []));
    if (parents.length === 0) continue;
    const solution = leastSquares(
      labels.map((row) => parents.map((i) => row[i]!)),
      labels.map((row) => row[child]!),
    );
    parents.forEach((i, at) => {
      // A zero weight would erase the edge.
      weights[i]![child] = solution[at]! === 0 ? 1e-3 : solution[at]!;
    });
  }
  return weights;
}

/** Slopes of y on centred columns of x (a trace of ridge keeps collinear causes finite). */
function leastSquares(x: number[][], y: number[]): number[] {
  const n = x.length;
  const p = x[0]!.length;
  const meanX = Array.from({ length: p }, (_, j) => x.reduce((s, row) => s + row[j]!, 0) / n);
  const meanY = y.reduce((s, v) => s + v, 0) / n;
  const gram = Array.from({ length: p }, (_, i) =>
    Array.from({ length: p }, (_, j) => (i === j ? 1e-6 : 0)),
  );
  const right = Array.from({ length: p }, () => [0]);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < p; i++) {
      const a = (x[r]![i]! - meanX[i]!) / n;
      for (let j = 0; j < p; j++) gram[i]![j]! += a * (x[r]![j]! - meanX[j]!);
      right[i]![0]! += a * (y[r]! - meanY);
    }
  }
  return host.solve(gram, right).map((row) => row[0]!);
}
