import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { readTable, standardised, type Table } from '../../data/table';
import type { Matrix } from '@causal/graph';
import { checkKeys, checkNumber } from '../../options';
import {
  resolvePriorKnowledge,
  type Constraints,
  type PriorKnowledge,
} from '../../prior-knowledge';
import { Pacer, type HistoryEntry, type LearnedGraph, type LongWork } from '../../progress';
import type { ParentSetScore } from '../../scores/local-score';
import { nearestNeighbourScore } from '../../scores/nearest-neighbours';
import { bestGraph } from './order-search';

const CALLER = 'exactSearch';
/** Beyond this the 2^d tables and the number of parent sets grow out of hand. */
const MOST_VARIABLES = 16;

export interface ExactSearchOptions extends LongWork {
  /**
   * How a parent set is scored; default `'nearest-neighbours'`: leave-one-out error of the mean of
   * the nearest rows, as a Gaussian log-likelihood. Or a function of your own (lower is better,
   * nats per row; columns are standardised).
   */
  readonly score?: 'nearest-neighbours' | ((columns: readonly Float64Array[]) => ParentSetScore);
  readonly priorKnowledge?: PriorKnowledge;
  /** Most parents of a variable; default min(d − 1, 4), more where `required` asks for it. */
  readonly maxParents?: number;
  /** Names of the columns, for `priorKnowledge` and messages; default `x0`, `x1`, … */
  readonly names?: readonly string[];
  /** Neighbours that predict a row; default 5. */
  readonly neighbours?: number;
  /** Smallest residual variance told apart, as a fraction of the variance; default 1e-4. */
  readonly floor?: number;
  /** Cost of an edge in nats per row; default .05. */
  readonly penalty?: number;
  /** Rows looked at, drawn at random where there are more; default 5000. */
  readonly maxRows?: number;
  /** Decides the order of equally near rows, and which rows are looked at; default 0. */
  readonly seed?: number;
  readonly rng?: Rng;
}

/** A learned graph with its score. */
export interface ExactSearchResult extends LearnedGraph {
  /** Sum of the local scores, nats per row; no DAG within the constraints has a lower one. */
  readonly score: number;
}

/**
 * The best-scoring DAG over all orders, exactly (dynamic programming over subsets, Silander &
 * Myllymäki 2006), for up to 16 variables: the learner for concept graphs, which are small,
 * nonlinear and often deterministic, where continuous optimisation goes astray.
 *
 * The score decides what is identified. With `'nearest-neighbours'`, edges into common effects are
 * oriented; an isolated pair of variables may come out either way, so give what is known as
 * `priorKnowledge`.
 * @param x observations [n, d], n ≥ 20; columns are standardised inside, scales do not matter.
 * @returns `weights[i][j]`: the nats per row that the score would lose without that edge.
 * @throws TypeError or RangeError for bad observations or options, naming row and column.
 */
export async function exactSearch(
  x: Matrix | tf.Tensor2D,
  options: ExactSearchOptions = {},
): Promise<ExactSearchResult> {
  checkKeys(options, OPTION_NAMES, CALLER);
  const table = readTable(x, { caller: CALLER, minimumRows: 20, ...pickNames(options) });
  const d = table.columns.length;
  if (d > MOST_VARIABLES) {
    throw new RangeError(
      `${CALLER}: ${d} variables are too many for exact search (at most ${MOST_VARIABLES}); use dagma or notears.`,
    );
  }
  const constraints = resolvePriorKnowledge(options.priorKnowledge, table.names, CALLER);
  const maxParents = mostParents(options.maxParents, constraints, table.names);
  const pacer = new Pacer(options);
  const score = parentSetScore(table, options);

  const all = [...Array(d).keys()];
  const scores = all.map(() => new Float64Array(1 << d).fill(Infinity));
  const history: HistoryEntry[] = [];
  const sets = maskSets(d, maxParents);
  let best = bestGraph(scores);
  let done = 0;
  for (const [size, masks] of sets.entries()) {
    for (const mask of masks) {
      const parents = all.filter((i) => (mask >> i) & 1);
      const children = all.filter((j) => allows(constraints, parents, j, mask));
      const values = children.length > 0 ? score(parents, children) : [];
      children.forEach((child, c) => (scores[child]![mask] = values[c]!));
      await pacer.report(++done, sets.flat().length, `parent sets of ${size}`);
    }
    best = bestGraph(withRequired(scores, constraints));
    history.push({ step: size, parentSets: masks.length, score: best.score });
  }
  return { ...edges(best.parents, scores), history, score: best.score };
}

const OPTION_NAMES = [
  'score',
  'priorKnowledge',
  'maxParents',
  'names',
  'neighbours',
  'floor',
  'penalty',
  'maxRows',
  'seed',
  'rng',
  'signal',
  'onProgress',
] as const satisfies readonly (keyof ExactSearchOptions)[];

const pickNames = ({ names }: ExactSearchOptions): { names?: readonly string[] } =>
  names ? { names } : {};

function parentSetScore(table: Table, options: ExactSearchOptions): ParentSetScore {
  const rng = createRng(options.rng ?? options.seed ?? 0);
  const most = checkNumber(options.maxRows ?? 5000, 'maxRows', CALLER, { least: 20 });
  // Always shuffled: the order of the rows must not decide between equally near neighbours.
  const rows = rng.split('rows').permutation(table.rows).subarray(0, most);
  const columns = table.columns.map((column) =>
    standardised(Float64Array.from(rows, (row) => column[row]!)),
  );
  if (typeof options.score === 'function') return options.score(columns);
  if (options.score !== undefined && options.score !== 'nearest-neighbours') {
    throw new TypeError(
      `${CALLER}: score must be "nearest-neighbours" or a function, got ${String(options.score)}.`,
    );
  }
  return nearestNeighbourScore(columns, {
    neighbours: checkNumber(options.neighbours ?? 5, 'neighbours', CALLER, {
      least: 1,
      most: rows.length - 1,
      integer: true,
    }),
    floor: checkNumber(options.floor ?? 1e-4, 'floor', CALLER, {
      least: Number.MIN_VALUE,
      most: 1,
    }),
    penalty: checkNumber(options.penalty ?? 0.05, 'penalty', CALLER, { least: 0 }),
  });
}

function mostParents(
  wanted: number | undefined,
  { size, required }: Constraints,
  names: readonly string[],
): number {
  if (wanted !== undefined) {
    checkNumber(wanted, 'maxParents', CALLER, { least: 0, integer: true });
  }
  let most = Math.min(size - 1, wanted ?? 4);
  for (let j = 0; j < size; j++) {
    let count = 0;
    for (let i = 0; i < size; i++) count += required[i * size + j]!;
    if (wanted !== undefined && count > wanted) {
      throw new RangeError(
        `${CALLER}: ${names[j]} has ${count} required parents, but maxParents is ${wanted}.`,
      );
    }
    most = Math.max(most, count);
  }
  return most;
}

/** All bit masks of d variables with 0 … most bits, by the number of bits. */
function maskSets(d: number, most: number): number[][] {
  const sets: number[][] = Array.from({ length: most + 1 }, () => []);
  for (let mask = 0; mask < 1 << d; mask++) {
    let bits = 0;
    for (let rest = mask; rest; rest &= rest - 1) bits++;
    if (bits <= most) sets[bits]!.push(mask);
  }
  return sets;
}

const allows = (
  { size, forbidden }: Constraints,
  parents: readonly number[],
  child: number,
  mask: number,
): boolean => ((mask >> child) & 1) === 0 && parents.every((i) => !forbidden[i * size + child]);

/** The scores with every set ruled out that lacks a required parent. */
function withRequired(
  scores: readonly Float64Array[],
  { size, required }: Constraints,
): Float64Array[] {
  return scores.map((score, child) => {
    let needed = 0;
    for (let i = 0; i < size; i++) if (required[i * size + child]) needed |= 1 << i;
    return score.map((value, mask) => ((mask & needed) === needed ? value : Infinity));
  });
}

function edges(
  parents: Int32Array,
  scores: readonly Float64Array[],
): Pick<LearnedGraph, 'weights' | 'adjacency'> {
  const d = parents.length;
  const weights = Array.from({ length: d }, () => new Array<number>(d).fill(0));
  const adjacency = weights.map((row) => [...row]);
  parents.forEach((mask, child) => {
    for (let i = 0; i < d; i++) {
      if (((mask >> i) & 1) === 0) continue;
      adjacency[i]![child] = 1;
      // A required edge can be worth nothing; its weight must still say that it is there.
      const lost = scores[child]![mask & ~(1 << i)]! - scores[child]![mask]!;
      weights[i]![child] = lost === 0 ? Number.EPSILON : lost;
    }
  });
  return { weights, adjacency };
}
