import { shd } from './distance';
import { checkPair, type Matrix } from './matrix';

/** What {@link edgeMetrics} returns. A ratio with nothing in its denominator is its best value. */
export interface EdgeMetrics {
  /** Estimated edges that are false or reversed, over all estimated edges. */
  readonly fdr: number;
  /** True edges found with their direction, over all true edges; the same as recall. */
  readonly tpr: number;
  /**
   * Estimated edges that are false or reversed, over the pairs of nodes without a true edge,
   * d(d−1)/2 − (true edges), as the NOTEARS family of papers counts it; above 1 is possible.
   */
  readonly fpr: number;
  /** 1 − fdr. */
  readonly precision: number;
  readonly recall: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number;
  /** Structural Hamming distance, a reversal counted once. */
  readonly shd: number;
}

/**
 * How well directed edges were found, on DAGs and on cyclic estimates by one rule: every ordered pair
 * i ≠ j is one decision, so a 2-cycle over one true edge is one hit and one false edge. Self-loops
 * count in `shd` only.
 *
 * With no estimated edges precision is 1 (nothing false was said); with no true edges recall is 1;
 * f1 is 0 when precision and recall are.
 */
export function edgeMetrics(estimate: Matrix, truth: Matrix): EdgeMetrics {
  const d = checkPair(estimate, truth, 'edgeMetrics(estimate, truth)');
  let hits = 0;
  let estimated = 0;
  let real = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      if (i === j) continue;
      const said = estimate[i]![j] !== 0;
      const is = truth[i]![j] !== 0;
      if (said) estimated++;
      if (is) real++;
      if (said && is) hits++;
    }
  }
  const wrong = estimated - hits;
  const precision = estimated === 0 ? 1 : hits / estimated;
  const recall = real === 0 ? 1 : hits / real;
  return {
    fdr: 1 - precision,
    tpr: recall,
    fpr: wrong / Math.max((d * (d - 1)) / 2 - real, 1),
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    shd: shd(estimate, truth),
  };
}
