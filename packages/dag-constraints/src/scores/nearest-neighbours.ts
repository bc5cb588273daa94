import type { ParentSetScore } from './local-score';
import { nearestNeighbourRegression } from './residuals';

export interface ScoreSettings {
  /** Neighbours that predict a row. */
  readonly neighbours: number;
  /** Smallest residual variance told apart (of standardised data). */
  readonly floor: number;
  /** Cost of an edge in nats per row. */
  readonly penalty: number;
  /** Which columns are categories (or have so few values that they are taken as such). */
  readonly discrete: readonly boolean[];
}

/**
 * The Gaussian score ½·ln σ² + penalty·|parents| of a nonparametric regression, σ² its leave-one-out
 * error. Works for deterministic mechanisms (hence the floor).
 * @param columns standardised, rows in random order.
 */
export function nearestNeighbourScore(
  columns: readonly Float64Array[],
  { neighbours, floor, penalty }: ScoreSettings,
): ParentSetScore {
  return (parents, children) => {
    const residuals = nearestNeighbourRegression(
      parents.map((p) => columns[p]!),
      neighbours,
    );
    return children.map((child) => {
      const { variance } = residuals(columns[child]!);
      return { cost: 0.5 * Math.log(Math.max(variance, floor)) + penalty * parents.length };
    });
  };
}
