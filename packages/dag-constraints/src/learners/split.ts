import { lbfgsb, type LbfgsbResult, type Objective } from '../lbfgsb/lbfgsb';

export interface SplitProblem {
  /** The smooth part at θ. */
  readonly objective: Objective;
  /** L1 weight of the first `sparse` variables of θ. */
  readonly lambda1: number;
  readonly sparse: number;
  /** 1 where a sparse variable must stay 0. */
  readonly fixed: ArrayLike<number>;
  /**
   * Estimates the diagonal of the smooth part's Hessian at θ, positive, for the sparse variables:
   * the search is then in variables that all bend alike.
   */
  readonly curvature?: (theta: Float64Array) => Float64Array;
}

type Stopping = Pick<
  Parameters<typeof lbfgsb>[2] & object,
  'maxIterations' | 'gradientTolerance' | 'valueTolerance' | 'onIteration'
>;

/** Iterations between two looks at the curvature. */
const RENEWAL = 200;

/**
 * min f(θ) + λ₁‖θ‖₁ by L-BFGS-B on θ = θ⁺ − θ⁻ with θ⁺, θ⁻ ≥ 0, where the L1 norm is linear (Zheng
 * et al. 2018, NOTEARS, section 4).
 *
 * With `curvature`, on u = θ·√curvature, anew every {@link RENEWAL} iterations. Near the end of an
 * augmented Lagrangian the second derivatives along reversed edges are 10⁵ times those along others,
 * and L-BFGS-B, which starts from a multiple of the identity, takes thousands of steps where it takes
 * hundreds so scaled. The bounds and the minima are the same.
 */
export async function minimiseSplit(
  problem: SplitProblem,
  start: Float64Array,
  { maxIterations = 15000, ...stopping }: Stopping,
): Promise<Omit<LbfgsbResult, 'x'> & { theta: Float64Array }> {
  const { sparse, curvature } = problem;
  const unit = new Float64Array(sparse).fill(1);
  let theta = start;
  let iterations = 0;
  let evaluations = 0;
  for (;;) {
    if (curvature) curvature(theta).forEach((c, i) => (unit[i] = 1 / Math.sqrt(c)));
    const left = maxIterations - iterations;
    const result = await minimiseScaled(problem, unit, theta, {
      ...stopping,
      maxIterations: curvature ? Math.min(RENEWAL, left) : left,
    });
    theta = result.theta;
    iterations += result.iterations;
    evaluations += result.evaluations;
    if (result.reason !== 'iterations' || iterations >= maxIterations) {
      return { ...result, iterations, evaluations };
    }
  }
}

/** With the sparse variables in units of their own. */
async function minimiseScaled(
  { objective, lambda1, sparse, fixed }: SplitProblem,
  unit: Float64Array,
  start: Float64Array,
  stopping: Stopping,
): Promise<Omit<LbfgsbResult, 'x'> & { theta: Float64Array }> {
  const rest = start.length - sparse;
  const n = 2 * sparse + rest;
  const lower = new Float64Array(n).fill(0, 0, 2 * sparse).fill(-Infinity, 2 * sparse);
  const upper = new Float64Array(n).fill(Infinity);
  const from = new Float64Array(n);
  for (let i = 0; i < sparse; i++) {
    if (fixed[i]) upper[i] = upper[sparse + i] = 0;
    from[i] = Math.max(start[i]!, 0) / unit[i]!;
    from[sparse + i] = Math.max(-start[i]!, 0) / unit[i]!;
  }
  from.set(start.subarray(sparse), 2 * sparse);
  const theta = new Float64Array(start.length);
  const slope = new Float64Array(start.length);
  const join = (x: Float64Array): void => {
    for (let i = 0; i < sparse; i++) theta[i] = unit[i]! * (x[i]! - x[sparse + i]!);
    theta.set(x.subarray(2 * sparse), sparse);
  };
  const { x, ...result } = await lbfgsb(
    (point, gradient) => {
      join(point);
      let value = objective(theta, slope);
      for (let i = 0; i < sparse; i++) {
        const price = lambda1 * unit[i]!;
        const pull = unit[i]! * slope[i]!;
        value += price * (point[i]! + point[sparse + i]!);
        gradient[i] = pull + price;
        gradient[sparse + i] = price - pull;
      }
      gradient.set(slope.subarray(sparse), 2 * sparse);
      return value;
    },
    from,
    { lower, upper, ...stopping },
  );
  join(x);
  return { ...result, theta };
}
