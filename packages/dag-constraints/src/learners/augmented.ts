import { Pacer, type HistoryEntry, type LongWork, type StopReason } from '../progress';

/** The augmented Lagrangian's part of h: αh + ½ρh². */
interface Multipliers {
  readonly rho: number;
  readonly alpha: number;
}

/** Minimises f(θ) + λ₁‖θ‖₁ + αh(W(θ)) + ½ρh² from `start`, which it leaves as it is. */
export type InnerSolver = (
  multipliers: Multipliers,
  start: Float64Array,
  /** Called after each iteration; awaited if it gives a promise, stops the search if it throws. */
  onIteration: () => Promise<void> | undefined,
) => Promise<{
  theta: Float64Array;
  /** f and h there. */
  loss: number;
  h: number;
  /** How often it evaluated the objective. */
  evaluations: number;
}>;

export interface AugmentedSettings {
  /** Most outer iterations. */
  readonly maxIterations: number;
  /** Stops when h is at most this. */
  readonly hTolerance: number;
  readonly rhoMax: number;
  /**
   * Where to go on from when ρ has grown: the last outer θ, as the reference, or (true) the minimum just
   * found with the smaller ρ. Default false.
   */
  readonly carry?: boolean;
}

/** Where an augmented Lagrangian ended, and why. */
export interface AugmentedResult {
  readonly theta: Float64Array;
  readonly history: HistoryEntry[];
  readonly h: number;
  readonly stopReason: StopReason;
}

/**
 * min f(θ) + λ₁‖θ‖₁ subject to h(W(θ)) = 0 by the augmented Lagrangian of NOTEARS: ρ grows tenfold
 * until h falls below a quarter of what it was, then α += ρh.
 */
export async function augmentedLagrangian(
  minimise: InnerSolver,
  start: Float64Array,
  settings: AugmentedSettings,
  work: LongWork,
): Promise<AugmentedResult> {
  const pacer = new Pacer(work);
  const history: HistoryEntry[] = [];
  let evaluations = 0;
  let theta = start;
  let rho = 1;
  let alpha = 0;
  let h = Infinity;
  for (let step = 0; step < settings.maxIterations; step++) {
    let found = { theta, loss: 0, h: Infinity };
    while (rho <= settings.rhoMax) {
      const from = settings.carry ? found.theta : theta;
      const result = await minimise({ rho, alpha }, from, () =>
        pacer.report(step, settings.maxIterations, `h ${h.toExponential(1)}`),
      );
      evaluations += result.evaluations;
      found = result;
      if (found.h <= 0.25 * h) break;
      rho *= 10;
    }
    theta = found.theta;
    if (Number.isFinite(found.h)) h = found.h;
    history.push({ step, loss: found.loss, h, rho, alpha, evaluations });
    alpha += rho * h;
    if (h <= settings.hTolerance || rho > settings.rhoMax) break;
  }
  await pacer.report(1, 1, 'done');
  const stopReason =
    h <= settings.hTolerance ? 'converged' : rho > settings.rhoMax ? 'rho-max' : 'iterations';
  return { theta, history, h, stopReason };
}
