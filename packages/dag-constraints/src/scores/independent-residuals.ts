import { codeOf, indicators, uncorrelated, type Coded } from './category';
import type { LocalScore, ParentSetScore } from './local-score';
import { mixedRegression } from './mixed-regression';
import type { ScoreSettings } from './nearest-neighbours';
import { standardised } from '../data/table';
import { dependence, rankFeatures, ranks } from './rank-dependence';

/**
 * Below this residual variance, as a part of all, a variable counts as determined by its parents: of its
 * values, or of their ranks, where the error of a regression on neighbours in long tails does not count.
 */
const DETERMINED = 0.02;
/** Weight of ½·ln σ²: only decides between parent sets that are otherwise alike. */
const FIT = 0.02;
/** Most that an edge at a discrete variable costs, in nats per row. */
const DEAREST = 0.1;

interface Variable {
  readonly column: Float64Array;
  /** Of a continuous variable, standardised. */
  readonly ranked?: Float64Array;
  readonly coded?: Coded | undefined;
  /** Functions of the variable, uncorrelated, of variance 1: what others' residuals must not follow. */
  readonly features: readonly Float64Array[];
  /** A discrete variable's indicators, and the sum of their variances. */
  readonly levels: readonly Float64Array[];
  readonly variance: number;
}

/**
 * Additive noise: in the true order every residual is independent of all variables before it
 * (Hoyer et al. 2009; Peters et al. 2014, RESIT). The cost is a price per parent, plus the dependence
 * in nats of the residual on each earlier variable, plus a little of ½·ln σ².
 *
 * A missing edge shows as dependence, so does a reversed one (except linear-Gaussian, where the
 * fewest edges decide); the likelihood itself is left out because it depends on the coordinates
 * where mechanisms are deterministic. A determined variable has no residual to test; of several
 * sets that determine it the one with the smoothest mechanism (least error) wins, which is a
 * preference, not something that data could tell.
 *
 * Discrete variables beside continuous ones are scored in the same nats: what an omitted variable would
 * still tell of the child, given its parents. The residuals of a discrete child are those of its
 * levels' probabilities, and must not follow any earlier variable that is no parent; between a
 * discrete variable and a continuous one neither direction is tested, because each can be written with
 * the other as cause (a mean and a spread for each level; a probability for each value). So such an edge
 * is directed by the rest of the graph, or not at all. An edge costs `penalty` between continuous
 * variables, else the BIC's ½·ln n/n for each pair of their features.
 * @param columns standardised, rows in random order.
 */
export function independentResidualScore(
  columns: readonly Float64Array[],
  { neighbours, floor, penalty, discrete }: ScoreSettings,
): ParentSetScore {
  const n = columns[0]!.length;
  const variables = columns.map((column, j) => describe(column, discrete[j]!));
  const price = (a: Variable, b: Variable): number => {
    if (!a.coded && !b.coded) return penalty;
    const parameters = a.features.length * b.features.length;
    return Math.min((parameters * Math.log(n)) / (2 * n), DEAREST);
  };
  return (parents, children) => {
    const { residuals, cells } = mixedRegression(
      parents.map((p) => variables[p]!),
      n,
      neighbours,
    );
    return children.map((child): LocalScore => {
      const own = variables[child]!;
      const found = (own.coded ? own.levels : [own.column]).map(residuals);
      const share = found.reduce((sum, { variance }) => sum + variance, 0) / own.variance;
      const preference = 0.5 * FIT * Math.log(Math.max(share, floor));
      const edges = parents.reduce((sum, p) => sum + price(variables[p]!, own), 0);
      const cost = preference + edges;
      const determined =
        share <= DETERMINED ||
        (own.ranked !== undefined && residuals(own.ranked).variance <= DETERMINED);
      if (determined) return { cost, preference };
      const features = own.coded
        ? uncorrelated(found.map(({ values }) => values))
        : rankFeatures(evenSpread(found[0]!.values, cells));
      const untested = (i: number): boolean =>
        i === child || (parents.includes(i) && Boolean(own.coded ?? variables[i]!.coded));
      return {
        cost,
        preference,
        dependence: variables.map((other, i) =>
          untested(i) ? 0 : dependence(features, other.features),
        ),
      };
    });
  };
}

function describe(column: Float64Array, discrete: boolean): Variable {
  if (!discrete) {
    const ranked = standardised(ranks(column));
    return { column, ranked, features: rankFeatures(column), levels: [], variance: 1 };
  }
  const coded = codeOf(column);
  const levels = indicators(coded).map((values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.map((v) => v - mean);
  });
  const square = levels.reduce((sum, values) => sum + values.reduce((s, v) => s + v * v, 0), 0);
  return {
    column,
    coded,
    levels,
    features: uncorrelated(levels),
    variance: square / column.length,
  };
}

/** Residuals in units of their deviation in each cell of the discrete parents. */
function evenSpread(values: Float64Array, cells: readonly Int32Array[]): Float64Array {
  if (cells.length === 1) return values;
  const even = values.slice();
  for (const rows of cells) {
    let square = 0;
    for (const row of rows) square += values[row]! ** 2;
    const deviation = Math.sqrt(square / rows.length);
    if (deviation > 0) for (const row of rows) even[row] = values[row]! / deviation;
  }
  return even;
}
