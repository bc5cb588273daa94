import { checkKeys, checkNumber } from '@causal/options';
import { checkNode, checkSquare, type Matrix } from './matrix';
import { topologicalOrder } from './order';
import { reachable } from './paths';
import {
  dSeparated,
  invalidEffects,
  marksOf,
  neighboursOf,
  nodeList,
  type Nodes,
} from './separation';

/**
 * Whether adjusting for the given nodes yields the effect of do(x) on y,
 * p(y | do(x)) = Σ_z p(y | x, z) p(z): the adjustment criterion of Shpitser, VanderWeele & Robins
 * (2010), which is complete. It accepts every back-door set and some sets more.
 *
 * @throws CycleError naming a cycle; RangeError if x, y and given share a node or name none.
 */
export function isAdjustmentSet(a: Matrix, x: number, y: number, given: Nodes): boolean {
  const operation = 'isAdjustmentSet(a, x, y, given)';
  const list = checkQuestion(a, x, y, given, operation);
  return invalidEffects(neighboursOf(a), x, marksOf(list, a.length))[y] === 0;
}

/**
 * Whether the given nodes satisfy Pearl's back-door criterion for the effect of x on y: none of them
 * descends from x, and they block every path between x and y that enters x.
 *
 * @throws CycleError naming a cycle; RangeError if x, y and given share a node or name none.
 */
export function isBackdoorSet(a: Matrix, x: number, y: number, given: Nodes): boolean {
  const operation = 'isBackdoorSet(a, x, y, given)';
  const list = checkQuestion(a, x, y, given, operation);
  const below = reachable(neighboursOf(a).children, [x]);
  return list.every((node) => below[node] === 0) && dSeparated(withoutEffects(a, x), x, y, list);
}

export interface BackdoorOptions {
  /** Largest set to look for. Default: any size (graphs with up to 20 candidates). */
  readonly maxSize?: number;
}

/**
 * All minimal back-door sets for the effect of x on y, smallest first: none contains another.
 * `[[]]` where nothing needs adjusting, `[]` where no set of that size does (y causes x).
 *
 * Candidates are the ancestors of x or y that do not descend from x; the search is over their
 * subsets by size, so give `maxSize` for large graphs.
 *
 * @throws CycleError naming a cycle; RangeError for more than 20 candidates without `maxSize`.
 */
export function minimalBackdoorSets(
  a: Matrix,
  x: number,
  y: number,
  options: BackdoorOptions = {},
): number[][] {
  const operation = 'minimalBackdoorSets(a, x, y)';
  checkKeys(options, ['maxSize'], operation);
  if (options.maxSize !== undefined) {
    checkNumber(options.maxSize, 'maxSize', operation, { least: 0, integer: true });
  }
  checkQuestion(a, x, y, [], operation);
  const { children, parents } = neighboursOf(a);
  const below = reachable(children, [x]);
  const above = reachable(parents, [x, y]);
  const candidates = [...a.keys()].filter(
    (node) => node !== x && node !== y && above[node] === 1 && below[node] === 0,
  );
  const maxSize = options.maxSize ?? candidates.length;
  if (options.maxSize === undefined && candidates.length > 20) {
    throw new RangeError(
      `${operation}: ${candidates.length} candidates have too many subsets; give { maxSize }.`,
    );
  }
  const cut = withoutEffects(a, x);
  const found: number[][] = [];
  for (let size = 0; size <= Math.min(maxSize, candidates.length); size++) {
    for (const subset of subsets(candidates, size)) {
      if (found.some((smaller) => smaller.every((node) => subset.includes(node)))) continue;
      if (dSeparated(cut, x, y, subset)) found.push(subset);
    }
  }
  return found;
}

function checkQuestion(
  a: Matrix,
  x: number,
  y: number,
  given: Nodes,
  operation: string,
): readonly number[] {
  const d = checkSquare(a, operation);
  checkNode(x, d, operation);
  checkNode(y, d, operation);
  topologicalOrder(a);
  const list = nodeList(given, d, operation);
  if (x === y || list.includes(x) || list.includes(y)) {
    throw new RangeError(`${operation}: x, y and given must not share a node.`);
  }
  return list;
}

/** The graph without the edges out of x: what is left between x and y enters x. */
function withoutEffects(a: Matrix, x: number): Matrix {
  return a.map((row, i) => (i === x ? row.map(() => 0) : row));
}

function* subsets(items: readonly number[], size: number, start = 0): Generator<number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = start; i <= items.length - size; i++) {
    for (const rest of subsets(items, size - 1, i + 1)) yield [items[i]!, ...rest];
  }
}
