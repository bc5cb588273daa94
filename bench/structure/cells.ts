// The grid of linear problems: graph, size, seed, scale. Every cell is made anew from its name.
import { randomDag } from '@causal/graph';
import { Scm } from '@causal/scm';
import { standardize } from '@causal/dag-constraints';

export interface Cell {
  readonly graph: 'ER2' | 'ER4' | 'SF4';
  readonly nodes: number;
  readonly seed: number;
  readonly scale: 'raw' | 'standardised';
}

export const ROWS = 1000;

export const nameOf = ({ graph, nodes, seed, scale }: Cell): string =>
  `${graph}-${nodes}-${seed}-${scale}`;

/** Cheapest first, so that a run that is cut off leaves whole sizes behind. */
export function cells(
  nodes: readonly number[],
  seeds: readonly number[],
  graphs: readonly Cell['graph'][] = ['ER2', 'ER4', 'SF4'],
): Cell[] {
  return nodes.flatMap((n) =>
    seeds.flatMap((seed) =>
      graphs.flatMap((graph) =>
        (['raw', 'standardised'] as const).map((scale) => ({ graph, nodes: n, seed, scale })),
      ),
    ),
  );
}

/** Weights ±U[.5, 2), standard normal noise (equal variances), as the NOTEARS benchmarks have it. */
export function make({ graph, nodes, seed, scale }: Cell): { x: number[][]; truth: number[][] } {
  const truth = randomDag({
    nodes,
    // Four causes a node, where there are four older ones: what Barabási–Albert graphs have.
    edges: graph === 'SF4' ? 4 * nodes - 10 : Number(graph[2]) * nodes,
    kind: graph === 'SF4' ? 'scale-free' : 'erdos-renyi',
    weights: [0.5, 2],
    seed: 1000 * nodes + seed,
  });
  const x = new Scm({ adjacency: truth }).sample(ROWS, { seed });
  return { x: scale === 'raw' ? x : standardize(x), truth };
}
