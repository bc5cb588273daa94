import type { InnerSolver } from '../augmented';
import { expPenalty } from '../exp-penalty';
import { LassoColumn } from './lasso-column';
import type { LinearLoss } from './losses';

interface ProximalNewtonProblem {
  readonly size: number;
  /** ½ tr (I − W)ᵀC(I − W) and its gradient C(W − I). */
  readonly loss: LinearLoss;
  /** C = XᵀX/n of centred columns, row-major. */
  readonly covariance: Float64Array;
  readonly lambda1: number;
  /** 1 where W stays 0, the diagonal included. */
  readonly fixed: ArrayLike<number>;
  /** Ends when a full step lowers the objective by a smaller part. */
  readonly valueTolerance: number;
}

/** As L-BFGS-B: ends when no component of the least subgradient is larger. */
const GRADIENT_TOLERANCE = 1e-5;
const MOST_STEPS = 3000;
const MOST_HALVINGS = 40;
/** Decrease that a step owes, as a part of what its slope promises (Armijo). */
const DECREASE = 1e-3;
/** What is added to the diagonal, as a part of C's: at first, at least and at most. */
const DAMPING = { first: 1, least: 1e-8, most: 1e12 };
/** Shortened steps in a row that lower F by no more than the tolerance, before they end the search. */
const PATIENCE = 5;

/** A point with the smooth part's pieces. */
interface Point {
  w: Float64Array;
  /** The whole objective. */
  value: number;
  loss: number;
  h: number;
  /** Of the loss. */
  gradient: Float64Array;
  /** 2(e^{W∘W})ᵀ: ∂²h/∂W² where W is 0, and ∂h/∂W where multiplied by W. */
  bend: Float64Array;
}

/**
 * Minimises the augmented Lagrangian of linear NOTEARS with squared loss,
 *
 *   F(W) = ½ tr (I − W)ᵀC(I − W) + λ₁‖W‖₁ + αh + ½ρh²,  h = tr e^{W∘W} − d,
 *
 * by a proximal Newton method (Lee, Sun & Saunders 2014). The model at W keeps the Hessian of the loss,
 * which is C for every column, as it is; of h it keeps the diagonal 2(ρh + α)(e^{W∘W})ᵀ and, of ρ, the
 * square of the slope. That leaves a lasso for each column, solved exactly, one column after the other.
 *
 * What L-BFGS-B needs thousands of steps to learn, that columns of very different variance go
 * together, is known here from the start.
 */
export function proximalNewton(problem: ProximalNewtonProblem, caller: string): InnerSolver {
  const { size: d, loss, covariance: c, lambda1, valueTolerance } = problem;
  const n = d * d;
  const penalty = expPenalty(d, caller);
  const fixedOf = Array.from({ length: d }, (_, j) =>
    Uint8Array.from({ length: d }, (_, i) => (problem.fixed[i * d + j] ? 1 : 0)),
  );
  const column = new LassoColumn(d);
  const [extra, v, b, z] = [0, 1, 2, 3].map(() => new Float64Array(d)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [gradient, slopeOfH, step] = [0, 1, 2].map(() => new Float64Array(n)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const empty = (): Point => ({
    w: new Float64Array(n),
    value: Infinity,
    loss: 0,
    h: 0,
    gradient: new Float64Array(n),
    bend: new Float64Array(n),
  });

  return async ({ rho, alpha }, start, onIteration) => {
    let evaluations = 0;
    const evaluate = (point: Point): void => {
      evaluations++;
      point.loss = loss(point.w, point.gradient);
      point.h = penalty.curvature(point.w, point.bend);
      let norm = 0;
      for (let i = 0; i < n; i++) norm += Math.abs(point.w[i]!);
      point.value = point.loss + lambda1 * norm + point.h * (0.5 * rho * point.h + alpha);
    };

    /** The gradient of F's smooth part; returns the largest component of F's least subgradient. */
    const differentiate = ({ w, h, gradient: ofLoss, bend }: Point): number => {
      const factor = rho * h + alpha;
      let largest = 0;
      for (let j = 0; j < d; j++) {
        const fixed = fixedOf[j]!;
        for (let i = 0; i < d; i++) {
          const at = i * d + j;
          slopeOfH[at] = bend[at]! * w[at]!;
          const g = ofLoss[at]! + factor * slopeOfH[at]!;
          gradient[at] = g;
          if (fixed[i]) continue;
          const least =
            w[at] === 0
              ? Math.max(Math.abs(g) - lambda1, 0)
              : Math.abs(g + Math.sign(w[at]!) * lambda1);
          if (least > largest) largest = least;
        }
      }
      return largest;
    };

    /** One pass over the columns of the model's minimum, into `step`; returns F's slope along it. */
    const descend = ({ w, h, bend }: Point, damping: number, backwards: boolean): number => {
      const factor = rho * h + alpha;
      const root = Math.sqrt(rho);
      let along = 0; // √ρ ∇h·step over the columns done
      let slope = 0;
      for (let k = 0; k < d; k++) {
        const j = backwards ? d - 1 - k : k;
        let vw = 0;
        for (let i = 0; i < d; i++) {
          const at = i * d + j;
          z[i] = w[at]!;
          v[i] = root * slopeOfH[at]!;
          extra[i] = factor * bend[at]! + damping * c[i * (d + 1)]!;
          vw += v[i]! * z[i]!;
        }
        // b = Qz − gradient at the column as it is.
        for (let i = 0; i < d; i++) {
          b[i] = extra[i]! * z[i]! + v[i]! * (vw - along) - gradient[i * d + j]!;
        }
        for (let m = 0; m < d; m++) {
          const value = z[m]!;
          if (value === 0) continue;
          for (let i = 0, at = m * d; i < d; i++, at++) b[i]! += value * c[at]!; // C is symmetric
        }
        column.minimise({ c, extra, v, b, lambda: lambda1, fixed: fixedOf[j]! }, z);
        for (let i = 0; i < d; i++) {
          const at = i * d + j;
          const change = z[i]! - w[at]!;
          step[at] = change;
          if (change === 0) continue;
          along += v[i]! * change;
          slope += gradient[at]! * change + lambda1 * (Math.abs(z[i]!) - Math.abs(w[at]!));
        }
      }
      return slope;
    };

    let current = empty();
    let next = empty();
    current.w.set(start);
    evaluate(current);
    let damping = DAMPING.first;
    let idle = 0;
    for (let iteration = 0; iteration < MOST_STEPS; iteration++) {
      if (differentiate(current) <= GRADIENT_TOLERANCE) break;
      const slope = descend(current, damping, iteration % 2 === 1);
      if (!(slope < 0)) break;
      let share = 1;
      let better = false;
      for (let tries = 0; tries < MOST_HALVINGS && !better; tries++) {
        if (tries > 0) share /= 2;
        for (let i = 0; i < n; i++) next.w[i] = current.w[i]! + share * step[i]!;
        evaluate(next);
        better = next.value <= current.value + DECREASE * share * slope;
      }
      if (!better) break; // the last digits of F
      const decrease = current.value - next.value;
      [current, next] = [next, current];
      const pause = onIteration();
      if (pause) await pause;
      const small = decrease <= valueTolerance * Math.max(1, Math.abs(current.value));
      idle = small ? idle + 1 : 0;
      if ((small && share === 1) || idle >= PATIENCE) break;
      if (share === 1) damping = Math.max(damping / 2, DAMPING.least);
      else if (share < 0.5) damping = Math.min(damping * Math.max(4, 1 / share), DAMPING.most);
    }
    return { theta: Float64Array.from(current.w), loss: current.loss, h: current.h, evaluations };
  };
}
