import { checkPair, type Matrix } from './matrix';

/**
 * Area under the precision–recall curve of |W| as a score for directed edges, as average precision
 * Σₙ (Rₙ − Rₙ₋₁) Pₙ over the distinct values of |W|, ties together (what scikit-learn computes).
 * The diagonal does not count. 1 is best; the share of true edges is what guessing gives.
 *
 * @param weights Scores d×d, any sign.
 * @param truth Non-zero = true edge.
 * @throws RangeError if the truth has no edge: recall is then undefined.
 */
export function averagePrecision(weights: Matrix, truth: Matrix): number {
  const operation = 'averagePrecision(weights, truth)';
  checkPair(weights, truth, operation);
  const scored = weights.flatMap((row, i) =>
    row.flatMap((weight, j) =>
      i === j ? [] : [{ score: Math.abs(weight), real: truth[i]![j] !== 0 }],
    ),
  );
  const total = scored.filter(({ real }) => real).length;
  if (total === 0) throw new RangeError(`${operation}: the truth has no edge to find.`);
  scored.sort((a, b) => b.score - a.score);
  let area = 0;
  let hits = 0;
  let recall = 0;
  scored.forEach(({ score, real }, at) => {
    if (real) hits++;
    if (scored[at + 1]?.score === score) return;
    area += (hits / total - recall) * (hits / (at + 1));
    recall = hits / total;
  });
  return area;
}
