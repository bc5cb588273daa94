import { checkKeys, checkNumber, show } from '@causal/options';
import type { Rng } from '@causal/random';
import type * as tf from '@tensorflow/tfjs';
import { checkWork } from '../../checks';
import { readTable } from '../../data/table';
import type { Matrix } from '@causal/graph';
import type { Variable } from '../../edge-set';
import {
  resolvePriorKnowledge,
  type Constraints,
  type PriorKnowledge,
} from '../../prior-knowledge';
import { Pacer, type HistoryEntry, type LearnedGraph, type LongWork } from '../../progress';
import type { LocalScore, ParentSetScore } from '../../scores/local-score';
import { chooseScore } from './choose-score';
import { bestGraph, costAfter, type BestGraph, type ScoresByParents } from './order-search';
import { undecidedEdges } from './undecided';

const CALLER = 'exactSearch';
/** Beyond this the 2^d tables and the number of parent sets grow out of hand. */
const MOST_VARIABLES = 16;

export interface ExactSearchOptions extends LongWork {
  /**
   * How parent sets are scored; all columns are standardised first.
   * - `'independent-residuals'` (default, unless all columns are discrete): additive noise, see
   *   {@link exactSearch}; discrete columns in the same nats.
   * - `'mixed'` (default where all columns are discrete): likelihoods with the BIC's penalty for discrete
   *   columns, as `'nearest-neighbours'` between others.
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
  /**
   * Columns whose values are categories without order; those of at most five values are taken so anyway.
   */
  readonly categorical?: readonly Variable[];
  /** Neighbours that predict a row; default 10 for `'independent-residuals'`, else 5. */
  readonly neighbours?: number;
  /** Smallest residual variance told apart, as a fraction of the variance; default 1e-4. */
  readonly floor?: number;
  /**
   * Cost of an edge (between continuous columns) in nats per row; default .03 for
   * `'independent-residuals'`, else .05.
   */
  readonly penalty?: number;
  /**
   * Evidence for a direction, in nats per row, up to which it is `undecided`. Default 8/n for
   * `'independent-residuals'`, .05 for likelihoods by neighbours, 1.5/n for those of discrete columns and
   * for a score of your own.
   */
  readonly margin?: number;
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
  /**
   * Edges [i, j] of the graph (i → j) whose direction the data do not determine, like the undirected edges
   * of a CPDAG: with it turned round, the best graph has hardly less evidence (`margin`). Linear Gaussian
   * pairs, pairs of a discrete and a continuous variable and invertible deterministic mechanisms, unless
   * the rest of the graph or `priorKnowledge` decides.
   */
  readonly undecided: [number, number][];
}

/**
 * The best-scoring DAG over all orders, exactly (dynamic programming over subsets, Silander &
 * Myllymäki 2006), for up to 16 variables: the learner for concept graphs, which are small,
 * nonlinear and often deterministic, where continuous optimisation goes astray.
 *
 * With `'independent-residuals'` every residual of a nonparametric regression must be independent of
 * all variables before it, and the fewest edges win: this orients additive-noise pairs and common
 * effects, deterministic ones too. `'nearest-neighbours'` is a Gaussian likelihood and orients common
 * effects mainly, as does `'mixed'`. Some pairs cannot be oriented by anyone: see `undecided`, and give what is
 * known as `priorKnowledge`.
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
  checkWork(options, CALLER);
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
  const { score, margin } = chooseScore(table, options);

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
  const allowed = withRequired(scores, constraints);
  const best = await bestGraph(allowed, pacer);
  if (!best) {
    throw new RangeError(
      `${CALLER}: no graph has finite scores; the scores must be numbers, got ${show([...scores[0]!.values()][0]?.cost)} first.`,
    );
  }
  const undecided = await undecidedEdges(best, allowed, constraints, margin, pacer);
  return {
    ...edges(best, scores),
    history,
    converged: true,
    h: 0,
    stopReason: 'converged',
    score: best.score,
    undecided,
  };
}

const OPTION_NAMES = [
  'score',
  'priorKnowledge',
  'maxParents',
  'names',
  'categorical',
  'margin',
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
  names === undefined ? {} : { names };

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
