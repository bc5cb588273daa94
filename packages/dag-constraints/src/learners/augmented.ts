import { Pacer, type HistoryEntry, type LongWork } from '../progress';
import { expPenalty } from './exp-penalty';
import { minimiseSplit, type SplitProblem } from './split';

interface AugmentedSettings {
  /** Most outer iterations. */
  readonly maxIterations: number;
  /** Stops when h is at most this. */
  readonly hTolerance: number;
  readonly rhoMax: number;
  /** An inner minimisation ends when a step decreases it by a smaller part; default as L-BFGS-B. */
  readonly innerTolerance?: number;
}

/** W (row-major, d × d) as a function of θ; `pull` adds W's gradient times dW/dθ to `gradient`. */
export interface WeightsOf {
  readonly size: number;
  weights(theta: Float64Array): Float64Array;
  pull(theta: Float64Array, wGradient: Float64Array, gradient: Float64Array): void;
  /** Adds to each sparse variable the value of the edge it belongs to. */
  spread(onEdges: Float64Array, out: Float64Array): void;
}

/**
 * min f(θ) + λ₁‖θ‖₁ subject to h(W(θ)) = 0 by the augmented Lagrangian of NOTEARS: ρ grows tenfold
 * until h falls below a quarter of what it was, then α += ρh.
 */
export async function augmentedLagrangian(
  problem: SplitProblem,
  of: WeightsOf,
  start: Float64Array,
  settings: AugmentedSettings,
  work: LongWork,
  caller: string,
): Promise<{ theta: Float64Array; history: HistoryEntry[] }> {
  const pacer = new Pacer(work);
  const history: HistoryEntry[] = [];
  const penalty = expPenalty(of.size, caller);
  const slope = new Float64Array(of.size ** 2);
  const { curvature: dataCurvature } = problem;
  let evaluations = 0;
  let theta = start;
  let rho = 1;
  let alpha = 0;
  let h = Infinity;
  for (let step = 0; step < settings.maxIterations; step++) {
    let found = theta;
    let loss = 0;
    let next = Infinity;
    while (rho <= settings.rhoMax) {
      const scratch = new Float64Array(theta.length);
      const result = await minimiseSplit(
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
            evaluations++;
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
        theta,
        {
          ...(settings.innerTolerance !== undefined && { valueTolerance: settings.innerTolerance }),
          onIteration: () => pacer.report(step, settings.maxIterations, `h ${h.toExponential(1)}`),
        },
      );
      found = result.theta;
      next = penalty.value(of.weights(found), slope);
      if (next <= 0.25 * h) break;
      rho *= 10;
    }
    theta = found;
    if (Number.isFinite(next)) h = next;
    history.push({ step, loss, h, rho, alpha, evaluations });
    alpha += rho * h;
    if (h <= settings.hTolerance || rho > settings.rhoMax) break;
  }
  await pacer.report(1, 1, 'done');
  return { theta, history };
}
