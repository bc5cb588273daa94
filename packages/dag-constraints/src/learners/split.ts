import { lbfgsb, type LbfgsbResult, type Objective } from '../lbfgsb/lbfgsb';

export interface SplitProblem {
  /** The smooth part at θ. */
  readonly objective: Objective;
  /** L1 weight of the first `sparse` variables of θ. */
  readonly lambda1: number;
  readonly sparse: number;
  /** 1 where a sparse variable must stay 0. */
  readonly fixed: ArrayLike<number>;
}

type Stopping = Pick<
  Parameters<typeof lbfgsb>[2] & object,
  'maxIterations' | 'gradientTolerance' | 'valueTolerance' | 'onIteration'
>;

/**
 * min f(θ) + λ₁‖θ‖₁ by L-BFGS-B on θ = θ⁺ − θ⁻ with θ⁺, θ⁻ ≥ 0, where the L1 norm is linear (Zheng
 * et al. 2018, NOTEARS, section 4).
 */
export async function minimiseSplit(
  { objective, lambda1, sparse, fixed }: SplitProblem,
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
    from[i] = Math.max(start[i]!, 0);
    from[sparse + i] = Math.max(-start[i]!, 0);
  }
  from.set(start.subarray(sparse), 2 * sparse);
  const theta = new Float64Array(start.length);
  const slope = new Float64Array(start.length);
  const join = (x: Float64Array): void => {
    for (let i = 0; i < sparse; i++) theta[i] = x[i]! - x[sparse + i]!;
    theta.set(x.subarray(2 * sparse), sparse);
  };
  const { x, ...result } = await lbfgsb(
    (point, gradient) => {
      join(point);
      let value = objective(theta, slope);
      for (let i = 0; i < sparse; i++) {
        value += lambda1 * (point[i]! + point[sparse + i]!);
        gradient[i] = slope[i]! + lambda1;
        gradient[sparse + i] = lambda1 - slope[i]!;
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
