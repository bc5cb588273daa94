import type { ParentSetScore } from './local-score';
import { nearestRows } from './nearest';

export interface NearestNeighbourScoreOptions {
  /** Neighbours that predict a row. */
  readonly neighbours: number;
  /** Smallest residual variance told apart (of standardised data). */
  readonly floor: number;
  /** Cost of an edge in nats per row. */
  readonly penalty: number;
}

/**
 * The Gaussian score ½·ln σ² + penalty·|parents| of a nonparametric regression: σ² is the
 * leave-one-out error of the mean of the k nearest rows. Makes no assumption about the mechanism,
 * works for deterministic ones (hence the floor).
 * @param columns standardised, rows in random order.
 */
export function nearestNeighbourScore(
  columns: readonly Float64Array[],
  { neighbours: k, floor, penalty }: NearestNeighbourScoreOptions,
): ParentSetScore {
  const n = columns[0]!.length;
  return (parents, children) => {
    const nearest =
      parents.length > 0
        ? nearestRows(
            parents.map((p) => columns[p]!),
            k,
          )
        : undefined;
    return children.map((child) => {
      const column = columns[child]!;
      let square = 0;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        if (nearest) for (let s = i * k; s < i * k + k; s++) sum += column[nearest[s]!]!;
        square += (column[i]! - sum / k) ** 2;
      }
      return 0.5 * Math.log(Math.max(square / n, floor)) + penalty * parents.length;
    });
  };
}
