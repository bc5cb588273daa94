import type { StageRun } from './stage-run';

/** Steps between two tests of convergence. */
const CHECK = 1000;
/** Multiply-adds between two chances for the event loop. */
const SLICE = 1e8;

/**
 * One stage of DAGMA as its reference solves it: Adam on μ(loss + λ₁‖W‖₁) + h(W), the subgradient
 * sign(W) for the norm, a halved rate after a step out of the domain, and a stop when a thousand
 * steps change the objective by at most `tolerance` of it.
 */
export async function adamStage(
  run: StageRun,
  work: {
    readonly steps: number;
    readonly tolerance: number;
    readonly report: () => Promise<void> | undefined;
  },
): Promise<number> {
  const slice = Math.ceil(SLICE / run.size ** 3);
  let previous = 1e16;
  for (let step = 0; step < work.steps;) {
    const until = Math.min(work.steps, (Math.floor(step / CHECK) + 1) * CHECK, step + slice);
    step += run.steps(until - step);
    if (step < until) run.retreat();
    else if (step % CHECK === 0 || step === work.steps) {
      const objective = run.objective();
      if (Math.abs(previous - objective) <= work.tolerance * Math.abs(previous)) return step;
      previous = objective;
    }
    const pause = work.report();
    if (pause) await pause;
  }
  return work.steps;
}
