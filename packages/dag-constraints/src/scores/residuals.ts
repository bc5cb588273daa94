import { nearestRows } from './nearest';

/** Leave-one-out residuals of a column given some parents. */
interface Residuals {
  readonly values: Float64Array;
  /** Their mean square. */
  readonly variance: number;
}

/**
 * A nonparametric regression on `parents`: each row is predicted by the mean of its k nearest other
 * rows (by 0 without parents: columns are standardised). No assumption about the mechanism.
 * @returns the residuals of any column, the neighbours being searched once.
 */
export function nearestNeighbourRegression(
  parents: readonly Float64Array[],
  k: number,
): (column: Float64Array) => Residuals {
  const nearest = parents.length > 0 ? nearestRows(parents, k) : undefined;
  return (column) => {
    const values = new Float64Array(column.length);
    let square = 0;
    for (let i = 0; i < column.length; i++) {
      let sum = 0;
      if (nearest) for (let s = i * k; s < i * k + k; s++) sum += column[nearest[s]!]!;
      const residual = column[i]! - sum / k;
      values[i] = residual;
      square += residual * residual;
    }
    return { values, variance: square / column.length };
  };
}
