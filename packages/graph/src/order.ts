import { checkSquare, childLists, type Matrix } from './matrix';

/** A graph that was to be acyclic has a directed cycle. */
export class CycleError extends Error {
  override readonly name = 'CycleError';
  /** The nodes of one cycle in order: each points to the next, the last to the first. */
  readonly cycle: readonly number[];

  constructor(operation: string, cycle: readonly number[]) {
    super(
      `${operation}: the graph has a cycle ${[...cycle, cycle[0]!].join(' → ')}.` +
        ' Use makeAcyclic(weights) to drop its weakest edge.',
    );
    this.cycle = cycle;
  }
}

/**
 * One directed cycle as its nodes in order (a self-loop is a cycle of one node), or undefined when
 * the graph is acyclic.
 */
export function findCycle(a: Matrix): number[] | undefined {
  const d = checkSquare(a, 'findCycle(a)');
  const children = childLists(a);
  const state = new Uint8Array(d); // 0 new, 1 on the path, 2 done
  const next = new Int32Array(d);
  for (let root = 0; root < d; root++) {
    if (state[root] !== 0) continue;
    const path = [root];
    state[root] = 1;
    while (path.length > 0) {
      const node = path[path.length - 1]!;
      const child = children[node]![next[node]!++];
      if (child === undefined) {
        state[node] = 2;
        path.pop();
      } else if (state[child] === 1) {
        return path.slice(path.indexOf(child));
      } else if (state[child] === 0) {
        state[child] = 1;
        path.push(child);
      }
    }
  }
  return undefined;
}

/** Whether the graph has no directed cycle (a self-loop is one). */
export function isDag(a: Matrix): boolean {
  return findCycle(a) === undefined;
}

/**
 * The nodes with causes before effects. Of all such orders the lexicographically smallest, so that
 * the same graph always gives the same order.
 * @throws CycleError naming a cycle.
 */
export function topologicalOrder(a: Matrix): number[] {
  checkSquare(a, 'topologicalOrder(a)');
  return orderOf(a, childLists(a));
}

/** {@link topologicalOrder} of a matrix that was checked, by its children. */
export function orderOf(a: Matrix, children: readonly (readonly number[])[]): number[] {
  const d = children.length;
  const waiting = new Int32Array(d);
  for (const list of children) for (const child of list) waiting[child]!++;
  const order: number[] = [];
  while (order.length < d) {
    const node = waiting.indexOf(0);
    if (node < 0) throw new CycleError('topologicalOrder(a)', findCycle(a)!);
    waiting[node] = -1;
    order.push(node);
    for (const child of children[node]!) waiting[child]!--;
  }
  return order;
}
