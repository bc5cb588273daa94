import type { ParentSetScore } from './local-score';
import type { ScoreSettings } from './nearest-neighbours';
import { dependence, rankFeatures } from './rank-dependence';
import { nearestNeighbourRegression } from './residuals';

/** Below this residual variance a variable counts as determined by its parents. */
const DETERMINED = 0.02;
/** Weight of ½·ln σ²: only decides between parent sets that are otherwise alike. */
const FIT = 0.02;

/**
 * Additive noise: in the true order every residual is independent of all variables before it
 * (Hoyer et al. 2009; Peters et al. 2014, RESIT). The cost is penalty·|parents|, plus the dependence
 * in nats of the residual on each earlier variable, plus a little of ½·ln σ².
 *
 * A missing edge shows as dependence, so does a reversed one (except linear-Gaussian, where the
 * fewest edges decide); the likelihood itself is left out because it depends on the coordinates
 * where mechanisms are deterministic. A determined variable has no residual to test; of several
 * sets that determine it the one with the smoothest mechanism (least error) wins, which is a
 * preference, not something that data could tell.
 * @param columns standardised, rows in random order.
 */
export function independentResidualScore(
  columns: readonly Float64Array[],
  { neighbours, floor, penalty }: ScoreSettings,
): ParentSetScore {
  const features = columns.map(rankFeatures);
  return (parents, children) => {
    const residuals = nearestNeighbourRegression(
      parents.map((p) => columns[p]!),
      neighbours,
    );
    return children.map((child) => {
      const { values, variance } = residuals(columns[child]!);
      const fit = 0.5 * FIT * Math.log(Math.max(variance, floor));
      const cost = fit + penalty * parents.length;
      if (variance <= DETERMINED) return { cost };
      const own = rankFeatures(values);
      return {
        cost,
        dependence: features.map((other, i) => (i === child ? 0 : dependence(own, other))),
      };
    });
  };
}
