/**
 * Half the sum of squared residuals of all networks, ½ Σⱼ‖xⱼ − fⱼ(x; θ)‖², at θ; writes its
 * gradient. The gradient of any function of that sum follows by a factor.
 */
export interface Squares {
  at(theta: Float64Array, gradient: Float64Array): number;
  /** Frees what it holds on the engine. */
  dispose(): void;
}

/** What the networks predict, and predict from. */
export interface Targets {
  readonly rows: number;
  /** [variables][rows] */
  readonly byColumn: Float64Array<ArrayBuffer>;
}
