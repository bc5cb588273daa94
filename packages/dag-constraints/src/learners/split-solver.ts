import type { InnerSolver } from './augmented';
import { expPenalty } from './exp-penalty';
import { minimiseSplit, type SplitProblem } from './split';

/** W (row-major, d × d) as a function of θ; `pull` adds W's gradient times dW/dθ to `gradient`. */
export interface WeightsOf {
  readonly size: number;
  weights(theta: Float64Array): Float64Array;
  pull(theta: Float64Array, wGradient: Float64Array, gradient: Float64Array): void;
  /** Adds to each sparse variable the value of the edge it belongs to. */
  spread(onEdges: Float64Array, out: Float64Array): void;
}

/**
 * The augmented Lagrangian by L-BFGS-B on θ = θ⁺ − θ⁻, as NOTEARS has it.
 * @param innerTolerance ends when a step decreases the objective by a smaller part.
 */
export function splitSolver(
  problem: SplitProblem,
  of: WeightsOf,
  innerTolerance: number,
  caller: string,
): InnerSolver {
  const penalty = expPenalty(of.size, caller);
  const slope = new Float64Array(of.size ** 2);
  const { curvature: dataCurvature } = problem;
  return async ({ rho, alpha }, start, onIteration) => {
    const scratch = new Float64Array(start.length);
    let loss = 0;
    const { theta, evaluations } = await minimiseSplit(
      {
        ...problem,
        ...(dataCurvature && {
          curvature: (point) => {
            // (ρh + α) ∂²h/∂θ²; what ρ adds along the gradient of h is one direction, which
            // L-BFGS-B learns by itself.
            const curvature = dataCurvature(point);
            const value = penalty.curvature(of.weights(point), slope);
            if (value === Infinity) return curvature;
            for (let i = 0; i < slope.length; i++) slope[i]! *= rho * value + alpha;
            of.spread(slope, curvature);
            return curvature;
          },
        }),
        objective: (point, gradient) => {
          loss = problem.objective(point, gradient);
          const value = penalty.value(of.weights(point), slope);
          if (value === Infinity) return Infinity;
          const factor = rho * value + alpha;
          scratch.fill(0);
          of.pull(point, slope, scratch);
          for (let i = 0; i < gradient.length; i++) gradient[i]! += factor * scratch[i]!;
          return loss + value * (0.5 * rho * value + alpha);
        },
      },
      start,
      { valueTolerance: innerTolerance, onIteration },
    );
    return { theta, loss, h: penalty.value(of.weights(theta), slope), evaluations };
  };
}
