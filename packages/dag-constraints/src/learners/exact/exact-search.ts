import { createRng, type Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { readTable, standardised, type Table } from '../../data/table';
import type { Matrix } from '@causal/graph';
import { checkKeys, checkNumber } from '@causal/options';
import {
  resolvePriorKnowledge,
  type Constraints,
  type PriorKnowledge,
} from '../../prior-knowledge';
import { Pacer, type HistoryEntry, type LearnedGraph, type LongWork } from '../../progress';
import { independentResidualScore } from '../../scores/independent-residuals';
import type { LocalScore, ParentSetScore } from '../../scores/local-score';
import { mixedScore } from '../../scores/mixed';
import { nearestNeighbourScore } from '../../scores/nearest-neighbours';
import { bestGraph, costAfter, type BestGraph, type ScoresByParents } from './order-search';

const CALLER = 'exactSearch';
/** Beyond this the 2^d tables and the number of parent sets grow out of hand. */
const MOST_VARIABLES = 16;

export interface ExactSearchOptions extends LongWork {
  /**
   * How parent sets are scored; all columns are standardised first.
   * - `'independent-residuals'` (default, unless a column is binary): additive noise, see
   *   {@link exactSearch}.
   * - `'mixed'` (default with binary columns): likelihoods with the BIC's penalty for columns of at
   *   most five values, as `'nearest-neighbours'` between others.
   * - `'nearest-neighbours'`: ½·ln of the leave-one-out error.
   * - a function of your own.
   */
  readonly score?:
    | 'independent-residuals'
    | 'mixed'
    | 'nearest-neighbours'
    | ((columns: readonly Float64Array[]) => ParentSetScore);
  readonly priorKnowledge?: PriorKnowledge;
  /** Most parents of a variable; default min(d − 1, 4), more where `required` asks for it. */
  readonly maxParents?: number;
  /** Names of the columns, for `priorKnowledge` and messages; default `x0`, `x1`, … */
  readonly names?: readonly string[];
  /** Neighbours that predict a row; default 10 for `'independent-residuals'`, else 5. */
  readonly neighbours?: number;
  /** Smallest residual variance told apart, as a fraction of the variance; default 1e-4. */
  readonly floor?: number;
  /** Cost of an edge in nats per row; default .03 for `'independent-residuals'`, else .05. */
  readonly penalty?: number;
  /** Rows looked at, drawn at random where there are more; default 5000. */
  readonly maxRows?: number;
  /** Decides the order of equally near rows, and which rows are looked at; default 0. */
  readonly seed?: number;
  readonly rng?: Rng;
}

/** A learned graph with its score. */
export interface ExactSearchResult extends LearnedGraph {
  /** Sum of the local costs, nats per row; no order and DAG within the constraints has a lower one. */
  readonly score: number;
}

/**
 * The best-scoring DAG over all orders, exactly (dynamic programming over subsets, Silander &
 * Myllymäki 2006), for up to 16 variables: the learner for concept graphs, which are small,
 * nonlinear and often deterministic, where continuous optimisation goes astray.
 *
 * With `'independent-residuals'` every residual of a nonparametric regression must be independent of
 * all variables before it, and the fewest edges win: this orients additive-noise pairs and common
 * effects, deterministic ones too. `'nearest-neighbours'` is a Gaussian likelihood and orients common
 * effects mainly, as does `'mixed'`. A linear Gaussian pair cannot be oriented by anyone: give what is known as
 * `priorKnowledge`.
 * @param x observations [n, d], n ≥ 20; columns are standardised inside, scales do not matter.
 * @returns `weights[i][j]`: the nats per row that would be lost without that edge (an edge may be
 * required and worth nothing: its weight is then tiny or negative, never 0).
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
  const scores = all.map(() => new Map<number, LocalScore>());
  const history: HistoryEntry[] = [];
  const sets = maskSets(d, maxParents);
  const total = sets.flat().length;
  let done = 0;
  for (const [size, masks] of sets.entries()) {
    for (const mask of masks) {
      const parents = all.filter((i) => (mask >> i) & 1);
      const children = all.filter((j) => allows(constraints, parents, j));
      const values = children.length > 0 ? score(parents, children) : [];
      children.forEach((child, c) => scores[child]!.set(mask, values[c]!));
      await pacer.report(++done, total, `parent sets of ${size}`);
    }
    history.push({ step: size, parentSets: masks.length });
  }
  const best = bestGraph(withRequired(scores, constraints));
  return {
    ...edges(best, scores),
    history,
    converged: true,
    h: 0,
    stopReason: 'converged',
    score: best.score,
  };
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
  const kind = options.score ?? (columns.some(isBinary) ? 'mixed' : 'independent-residuals');
  if (!Object.hasOwn(SCORES, kind)) {
    throw new TypeError(
      `${CALLER}: score must be ${Object.keys(SCORES).join(', ')} or a function, got ${String(kind)}.`,
    );
  }
  const { make, neighbours, penalty } = SCORES[kind];
  return make(columns, {
    neighbours: checkNumber(
      options.neighbours ?? Math.min(neighbours, rows.length - 1),
      'neighbours',
      CALLER,
      {
        least: 1,
        most: rows.length - 1,
        integer: true,
      },
    ),
    floor: checkNumber(options.floor ?? 1e-4, 'floor', CALLER, {
      least: Number.MIN_VALUE,
      most: 1,
    }),
    penalty: checkNumber(options.penalty ?? penalty, 'penalty', CALLER, { least: 0 }),
  });
}

/** The built-in scores with the settings that were measured to suit them. */
const SCORES = {
  'independent-residuals': { make: independentResidualScore, neighbours: 10, penalty: 0.03 },
  mixed: { make: mixedScore, neighbours: 5, penalty: 0.05 },
  'nearest-neighbours': { make: nearestNeighbourScore, neighbours: 5, penalty: 0.05 },
};

const isBinary = (column: Float64Array): boolean => new Set(column).size === 2;

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
): boolean => parents.every((i) => !forbidden[i * size + child]);

/** The scores without the sets that lack a required parent. */
function withRequired(
  scores: readonly ScoresByParents[],
  { size, required }: Constraints,
): ScoresByParents[] {
  return scores.map((byParents, child) => {
    let needed = 0;
    for (let i = 0; i < size; i++) if (required[i * size + child]) needed |= 1 << i;
    return new Map([...byParents].filter(([mask]) => (mask & needed) === needed));
  });
}

function edges(
  { parents, before }: BestGraph,
  scores: readonly ScoresByParents[],
): Pick<LearnedGraph, 'weights' | 'adjacency'> {
  const d = parents.length;
  const weights = Array.from({ length: d }, () => new Array<number>(d).fill(0));
  const adjacency = weights.map((row) => [...row]);
  parents.forEach((mask, child) => {
    const cost = (set: number): number => costAfter(scores[child]!.get(set)!, before[child]!);
    for (let i = 0; i < d; i++) {
      if (((mask >> i) & 1) === 0) continue;
      adjacency[i]![child] = 1;
      weights[i]![child] = cost(mask & ~(1 << i)) - cost(mask) || Number.EPSILON;
    }
  });
  return { weights, adjacency };
}
