/** h(W) of d×d weights, row-major; writes ∂h/∂W, or what else it is said to. */
export type FlatObjective = (w: Float64Array, gradient: Float64Array) => number;

/** A penalty of W∘W as the inner loops of the learners need it. Infinity or NaN where it is not defined. */
export interface BentPenalty {
  readonly value: FlatObjective;
  /**
   * The same, but writes B ≥ 0 with ∂h/∂W = B∘W: what ∂²h/∂W² is where W is 0, and its greater part
   * where the way back from j to i is not by i → j itself.
   */
  readonly curvature: FlatObjective;
}

/** The slope is the curvature times W. */
export const withValue = (curvature: FlatObjective): BentPenalty => ({
  curvature,
  value: (w, gradient) => {
    const h = curvature(w, gradient);
    for (let at = 0; at < w.length; at++) gradient[at]! *= w[at]!;
    return h;
  },
});
