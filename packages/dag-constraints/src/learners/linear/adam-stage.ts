import type { StageRun } from './stage-run';

/** Steps between two tests of convergence. */
const CHECK = 1000;
/** Steps out of the domain in a row, each half as long, after which a stage is left as it is. */
const MOST_RETREATS = 200;
/** Multiply-adds between two chances for the event loop. */
const SLICE = 1e8;

/**
 * One stage of DAGMA as its reference solves it: Adam on μ(loss + λ₁‖W‖₁) + h(W), the subgradient
 * sign(W) for the norm, a halved rate after a step out of the domain, and a stop when a thousand
 * steps change the objective by at most `tolerance` of it (`settled`).
 */
export async function adamStage(
  run: StageRun,
  work: {
    readonly steps: number;
    readonly tolerance: number;
    readonly report: () => Promise<void> | undefined;
  },
): Promise<{ iterations: number; settled: boolean }> {
  const slice = Math.ceil(SLICE / run.size ** 3);
  let previous = 1e16;
  let retreats = 0;
  for (let step = 0; step < work.steps;) {
    const until = Math.min(work.steps, (Math.floor(step / CHECK) + 1) * CHECK, step + slice);
    const done = run.steps(until - step);
    step += done;
    retreats = done > 0 ? 0 : retreats + 1;
    if (retreats > MOST_RETREATS) return { iterations: step, settled: false };
    if (step < until) run.retreat();
    else if (step % CHECK === 0 || step === work.steps) {
      const objective = run.objective();
      if (Math.abs(previous - objective) <= work.tolerance * Math.abs(previous)) {
        return { iterations: step, settled: true };
      }
      previous = objective;
    }
    const pause = work.report();
    if (pause) await pause;
  }
  return { iterations: work.steps, settled: false };
}
