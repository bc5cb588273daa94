import { checkKeys, OptionsError, show } from '@causal/options';
import { checkPair, checkSquare, type Edge, edgesOf, type Matrix } from '../matrix';

/** How an estimated edge stands to the truth; `plain` where no truth was given. */
export type EdgeKind = 'plain' | 'true' | 'extra' | 'missing' | 'reversed';

export interface DrawOptions {
  /** Names of the nodes; default 0, 1, 2, … */
  readonly names?: readonly string[];
  /** The true graph: edges are then drawn as true, extra, reversed or missing (dashed). */
  readonly truth?: Matrix;
  /** Write weights beside edges. Default: when a weight is neither 0 nor 1, up to 40 edges. */
  readonly weights?: boolean;
}

export interface DrawnEdge extends Edge {
  readonly kind: EdgeKind;
  /** Text beside the edge; empty for none. */
  readonly label: string;
}

export interface Drawing {
  readonly names: readonly string[];
  readonly edges: readonly DrawnEdge[];
}

/** One colour a kind: told apart with red-green blindness too, and missing edges are dashed. */
export const edgeColours: Readonly<Record<EdgeKind, string>> = {
  plain: '#475569',
  true: '#15803d',
  extra: '#dc2626',
  missing: '#94a3b8',
  reversed: '#d97706',
};

/** Options of both drawings, and the heading of the SVG. */
const KNOWN = ['names', 'truth', 'weights', 'title'];

/** What both drawings show: the edges with their kinds and labels, checked. */
export function drawing(a: Matrix, options: DrawOptions, operation: string): Drawing {
  checkKeys(options, KNOWN, operation);
  const { truth } = options;
  const d = truth === undefined ? checkSquare(a, operation) : checkPair(a, truth, operation);
  const names = options.names ?? a.map((_, i) => String(i));
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw new OptionsError(operation, [
      `\`names\` must be an array of strings, got ${show(names)}.`,
    ]);
  }
  if (options.weights !== undefined && typeof options.weights !== 'boolean') {
    throw new OptionsError(operation, [
      `\`weights\` must be true or false, got ${show(options.weights)}.`,
    ]);
  }
  if (names.length !== d) {
    throw new RangeError(`${operation}: got ${names.length} names for ${d} nodes.`);
  }
  const own = edgesOf(a);
  const weighted = own.some(({ weight }) => weight !== 1) && own.length <= 40;
  const labelled = options.weights ?? weighted;
  const edges = own.map((edge) => ({
    ...edge,
    kind: kindOf(edge, truth),
    label: labelled ? weightText(edge.weight) : '',
  }));
  const missing = edgesOf(truth ?? [])
    .filter(({ from, to }) => a[from]![to] === 0 && a[to]![from] === 0)
    .map((edge) => ({ ...edge, kind: 'missing' as const, label: '' }));
  return { names, edges: [...edges, ...missing] };
}

function kindOf({ from, to }: Edge, truth: Matrix | undefined): EdgeKind {
  if (truth === undefined) return 'plain';
  if (truth[from]![to] !== 0) return 'true';
  return truth[to]![from] !== 0 ? 'reversed' : 'extra';
}

/** Two significant decimals, without trailing zeros and with a true minus sign. */
function weightText(weight: number): string {
  const size = Math.abs(weight);
  const digits = size >= 0.995 || size === 0 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(size)));
  const text = size < 1e-5 ? size.toExponential(0) : String(Number(size.toFixed(digits)));
  return weight < 0 ? `−${text}` : text;
}
