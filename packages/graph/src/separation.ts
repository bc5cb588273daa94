import { show } from '@causal/options';
import { checkNode, checkSquare, childLists, type Matrix, parentLists } from './matrix';
import { topologicalOrder } from './order';
import { marked, reachable } from './paths';

/** A node, or several. */
export type Nodes = number | readonly number[];

/** Children and parents of every node. */
export interface Neighbours {
  readonly children: readonly number[][];
  readonly parents: readonly number[][];
}

export function neighboursOf(a: Matrix): Neighbours {
  return { children: childLists(a), parents: parentLists(a) };
}

/** The nodes as a list, checked. */
export function nodeList(nodes: Nodes, d: number, operation: string): readonly number[] {
  const list = typeof nodes === 'number' ? [nodes] : nodes;
  // A string would be taken apart into letters.
  if (!Array.isArray(list)) {
    throw new TypeError(`${operation}: expected a node or an array of nodes, got ${show(nodes)}.`);
  }
  for (const node of list) checkNode(node, d, operation);
  return list;
}

/** Marks (one byte a node) of a list of nodes. */
export function marksOf(nodes: Iterable<number>, d: number): Uint8Array {
  const marks = new Uint8Array(d);
  for (const node of nodes) marks[node] = 1;
  return marks;
}

/** How a walk came to a node: along an edge (from a parent) or against it (from a child). */
const ALONG = 0;
const AGAINST = 1;

/**
 * The nodes that some walk out of the starts reaches and that the given nodes leave open
 * (Shachter 1998, "Bayes-ball"): every node is visited at most once from each side, so one call
 * costs as many steps as there are edges. Starts count as reached.
 */
function openlyReached(
  { children, parents }: Neighbours,
  starts: readonly number[],
  given: Uint8Array,
): Uint8Array {
  const d = children.length;
  const reached = new Uint8Array(d);
  const seen = new Uint8Array(2 * d);
  const stack: number[] = [];
  const visit = (node: number, side: number) => {
    if (seen[2 * node + side] === 1) return;
    seen[2 * node + side] = 1;
    reached[node] = 1;
    stack.push(2 * node + side);
  };
  for (const start of starts) visit(start, AGAINST);
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const node = state >> 1;
    const side = state & 1;
    if (given[node] === 0) {
      for (const child of children[node]!) visit(child, ALONG);
      if (side === AGAINST) for (const parent of parents[node]!) visit(parent, AGAINST);
    } else if (side === ALONG) {
      for (const parent of parents[node]!) visit(parent, AGAINST);
    }
  }
  return reached;
}

/**
 * Whether x and y are d-separated by the given nodes in a DAG: every path between them is blocked
 * (Pearl 1988), so that x ⊥ y | given in every distribution of the graph. Takes time proportional
 * to the number of edges (Bayes-ball, Shachter 1998).
 *
 * @param x A node or several.
 * @param y A node or several.
 * @param given Nodes that are conditioned on. Default: none.
 * @throws CycleError naming a cycle; RangeError if the three sets overlap or name no node.
 */
export function dSeparated(a: Matrix, x: Nodes, y: Nodes, given: Nodes = []): boolean {
  const operation = 'dSeparated(a, x, y, given)';
  const d = checkSquare(a, operation);
  topologicalOrder(a);
  const [xs, ys, zs] = [x, y, given].map((nodes) => nodeList(nodes, d, operation));
  const all = [...new Set(xs), ...new Set(ys), ...new Set(zs)];
  if (new Set(all).size !== all.length) {
    throw new RangeError(`${operation}: x, y and given must not share a node.`);
  }
  const reached = openlyReached(neighboursOf(a), xs!, marksOf(zs!, d));
  return ys!.every((node) => reached[node] === 0);
}

/**
 * The moral graph: parents of a common child married, directions forgotten. Symmetric, of 0 and 1.
 * @throws CycleError naming a cycle.
 */
export function moralGraph(a: Matrix): number[][] {
  checkSquare(a, 'moralGraph(a)');
  topologicalOrder(a);
  const moral = a.map((row) => row.map(() => 0));
  const join = (i: number, j: number) => {
    moral[i]![j] = 1;
    moral[j]![i] = 1;
  };
  parentLists(a).forEach((parents, node) => {
    parents.forEach((parent, at) => {
      join(parent, node);
      for (const other of parents.slice(at + 1)) join(parent, other);
    });
  });
  return moral;
}

/**
 * The effects of x for which the given nodes are *not* a valid adjustment set, one byte a node: the
 * adjustment criterion (Shpitser, VanderWeele & Robins 2010; complete), for all y at once as in
 * Henckel, Würtzen & Weichwald 2024. y is marked if a given node descends from a node other than x
 * on a causal path from x to y, or if an open walk that is not causal leads from x to y.
 */
export function invalidEffects(
  { children, parents }: Neighbours,
  x: number,
  given: Uint8Array,
): Uint8Array {
  const d = children.length;
  const below = reachable(children, [x]);
  const aboveGiven = reachable(parents, marked(given));
  const spoilt = marked(below).filter((node) => node !== x && aboveGiven[node] === 1);
  const invalid = reachable(children, spoilt);
  // Open walks out of x that do not come back to x, with the causal ones kept apart.
  const CAUSAL = 2;
  const seen = new Uint8Array(3 * d);
  const stack: number[] = [];
  const visit = (node: number, kind: number) => {
    if (node === x || seen[3 * node + kind] === 1) return;
    seen[3 * node + kind] = 1;
    if (kind !== CAUSAL) invalid[node] = 1;
    stack.push(3 * node + kind);
  };
  for (const child of children[x]!) visit(child, CAUSAL);
  for (const parent of parents[x]!) visit(parent, AGAINST);
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const node = Math.floor(state / 3);
    const kind = state % 3;
    if (given[node] === 0) {
      for (const child of children[node]!) visit(child, kind === CAUSAL ? CAUSAL : ALONG);
      if (kind === AGAINST) for (const parent of parents[node]!) visit(parent, AGAINST);
    } else if (kind !== AGAINST) {
      for (const parent of parents[node]!) visit(parent, AGAINST);
    }
  }
  return invalid;
}
