import type { BentPenalty } from '../bent-penalty';
import { LassoColumn } from './lasso-column';
import type { LinearLoss, LossName } from './losses';

/** Of the loss and L1, without a penalty. */
export interface LinearProblem {
  readonly size: number;
  /** ½ tr (I − W)ᵀC(I − W) and its gradient C(W − I). */
  readonly loss: LinearLoss;
  /** C = XᵀX/n of centred columns, row-major. */
  readonly covariance: Float64Array;
  readonly lambda1: number;
  /** 1 where W stays 0. */
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
  /** What `BentPenalty` tells of h's curvature. */
  bend: Float64Array;
}

/**
 * The solver that was asked for; where none was, `preferred` with the l2 loss and `other` with another.
 * @throws TypeError for another name, or for Newton with a loss whose Hessian is not C.
 */
export function newtonOr<Other extends string>(
  other: Other,
  asked: 'newton' | Other | undefined,
  loss: LossName,
  caller: string,
  preferred: 'newton' | Other = other,
): 'newton' | Other {
  const solver = asked ?? (loss === 'l2' ? preferred : other);
  if (solver !== 'newton' && solver !== other) {
    throw new TypeError(`${caller}: solver must be 'newton' or '${other}', got ${String(solver)}.`);
  }
  if (solver === 'newton' && loss !== 'l2') {
    throw new TypeError(
      `${caller}: solver 'newton' needs the l2 loss, got '${loss}'; leave solver out or take '${other}'.`,
    );
  }
  return solver;
}

/** φ(h(W)), what the penalty adds to the objective. */
export interface PricedPenalty {
  readonly penalty: BentPenalty;
  /** φ, φ′ ≥ 0 and φ″ ≥ 0 at h. */
  readonly price: (h: number) => readonly [value: number, slope: number, bend: number];
}

interface Minimum {
  theta: Float64Array;
  /** Loss and h there. */
  loss: number;
  h: number;
  /** How often the objective was evaluated, and how many steps were taken. */
  evaluations: number;
  iterations: number;
  /** Whether it stopped by its tolerances. */
  settled: boolean;
}

/**
 * A solver for
 *
 *   min F(W) = ½ tr (I − W)ᵀC(I − W) + λ₁‖W‖₁ + φ(h(W))
 *
 * with a penalty h of W∘W, by a proximal Newton method (Lee, Sun & Saunders 2014): φ = αh + ½ρh² and
 * h = tr e^{W∘W} − d for NOTEARS, φ = h/μ and h = −log det(sI − W∘W) for DAGMA. The model at W keeps the
 * Hessian of the loss, which is C for every column, as it is; of φ(h) it keeps φ′ times the diagonal that
 * `BentPenalty` tells and φ″ times the square of h's slope. That leaves a lasso for each column, solved
 * exactly, one column after the other.
 *
 * What first-order methods need thousands of steps to learn, that columns of very different variance go
 * together, is known here from the start.
 */
export function proximalNewton(problem: LinearProblem) {
  const { size: d, loss, covariance: c, lambda1, valueTolerance } = problem;
  const n = d * d;
  const fixedOf = Array.from({ length: d }, (_, j) =>
    Uint8Array.from({ length: d }, (_, i) => (problem.fixed[i * d + j] ? 1 : 0)),
  );
  const column = new LassoColumn(d, c);
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

  return async (
    { penalty, price }: PricedPenalty,
    start: Float64Array,
    onIteration: () => Promise<void> | undefined,
  ): Promise<Minimum> => {
    let evaluations = 0;
    let iterations = 0;
    const evaluate = (point: Point): void => {
      evaluations++;
      point.loss = loss(point.w, point.gradient);
      point.h = penalty.curvature(point.w, point.bend);
      let norm = 0;
      for (let i = 0; i < n; i++) norm += Math.abs(point.w[i]!);
      point.value = point.loss + lambda1 * norm + price(point.h)[0];
    };

    /** The gradient of F's smooth part; returns the largest component of F's least subgradient. */
    const differentiate = ({ w, h, gradient: ofLoss, bend }: Point): number => {
      const [, factor] = price(h);
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
      const [, factor, square] = price(h);
      const root = Math.sqrt(square);
      let along = 0; // √φ″ ∇h·step over the columns done
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
        // b = Qz − gradient at the column as it is: of the loss only C's column is left.
        for (let i = 0; i < d; i++) {
          const at = i * d + j;
          b[i] = extra[i]! * z[i]! + v[i]! * (vw - along) + c[at]! - factor * slopeOfH[at]!;
        }
        column.minimise({ extra, v, b, lambda: lambda1, fixed: fixedOf[j]! }, z);
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
    for (; iterations < MOST_STEPS; iterations++) {
      if (differentiate(current) <= GRADIENT_TOLERANCE) break;
      const slope = descend(current, damping, iterations % 2 === 1);
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
    const { w, loss: last, h } = current;
    return { theta: w, loss: last, h, evaluations, iterations, settled: iterations < MOST_STEPS };
  };
}
