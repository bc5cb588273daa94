import { checkNode, checkSquare, childLists, type Matrix, parentLists } from './matrix';
import { topologicalOrder } from './order';

/** Nodes reachable from the starts along the lists, the starts included; one byte a node. */
export function reachable(neighbours: readonly number[][], starts: Iterable<number>): Uint8Array {
  const seen = new Uint8Array(neighbours.length);
  const stack: number[] = [];
  for (const start of starts) {
    if (seen[start] === 0) {
      seen[start] = 1;
      stack.push(start);
    }
  }
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const next of neighbours[node]!) {
      if (seen[next] === 0) {
        seen[next] = 1;
        stack.push(next);
      }
    }
  }
  return seen;
}

/** The marked nodes, ascending. */
export function marked(marks: Uint8Array): number[] {
  const nodes: number[] = [];
  marks.forEach((mark, node) => mark === 1 && nodes.push(node));
  return nodes;
}

/** The nodes with a directed path to i, ascending, without i itself. Cycles are allowed. */
export function ancestors(a: Matrix, i: number): number[] {
  checkNode(i, checkSquare(a, 'ancestors(a, i)'), 'ancestors(a, i)');
  return marked(reachable(parentLists(a), [i])).filter((node) => node !== i);
}

/** The nodes with a directed path from i, ascending, without i itself. Cycles are allowed. */
export function descendants(a: Matrix, i: number): number[] {
  checkNode(i, checkSquare(a, 'descendants(a, i)'), 'descendants(a, i)');
  return marked(reachable(childLists(a), [i])).filter((node) => node !== i);
}

/**
 * The number of edges on the longest directed path: how many steps an intervention may need to
 * reach everything it changes. 0 for a graph without edges.
 * @throws CycleError naming a cycle.
 */
export function longestPath(a: Matrix): number {
  checkSquare(a, 'longestPath(a)');
  const parents = parentLists(a);
  const depth = new Int32Array(a.length);
  for (const node of topologicalOrder(a)) {
    for (const parent of parents[node]!) {
      depth[node] = Math.max(depth[node]!, depth[parent]! + 1);
    }
  }
  return depth.reduce((longest, value) => Math.max(longest, value), 0);
}
