/** A matrix that was to be inverted has no usable inverse. */
export class SingularMatrixError extends RangeError {
  override readonly name = 'SingularMatrixError';
  /** The condition number as estimated; Infinity when a pivot was exactly 0. */
  readonly condition: number;

  constructor(operation: string, condition: number) {
    super(
      `${operation}: the matrix is singular` +
        (Number.isFinite(condition)
          ? ` to working precision (condition about ${condition.toExponential(1)}; float64 ends near 4.5e15).`
          : ' (a pivot is 0).') +
        ' Of I − Aᵀ this means that A has a cycle whose weights multiply to 1: drop or shrink an edge.',
    );
    this.condition = condition;
  }
}
