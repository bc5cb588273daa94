import type { Objective } from '../../lbfgsb/lbfgsb';
import { Adam } from './adam';

interface Descent {
  /** Most steps. */
  readonly steps: number;
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  /** Stops when this many steps … */
  readonly checkEvery: number;
  /** … change the objective by at most this share of it (of 1, where it is smaller). */
  readonly tolerance: number;
  /** Named in errors. */
  readonly caller: string;
  /** Called after each step; awaited if it gives a promise. */
  readonly report: (step: number) => Promise<void> | undefined;
}

/** Halvings that bring any step back to where it came from. */
const MOST_HALVINGS = 100;

/**
 * Minimises by Adam. A step out of the objective's domain (NaN or Infinity) is taken back by half,
 * until inside, and the rate is halved from then on.
 * @param start inside the domain; not changed.
 * @returns the last point at which the objective was evaluated, that is one inside the domain;
 * `settled`: whether it stopped by the tolerance.
 * @throws RangeError where the objective is not finite at the start.
 */
export async function descend(
  objective: Objective,
  start: Float64Array,
  work: Descent,
): Promise<{ theta: Float64Array; value: number; steps: number; settled: boolean }> {
  const next = Float64Array.from(start);
  const theta = Float64Array.from(start);
  const gradient = new Float64Array(start.length);
  const adam = new Adam(start.length, work.beta1, work.beta2);
  let rate = work.learningRate;
  let previous = NaN;
  let value = NaN;
  for (let step = 1; step <= work.steps; step++) {
    value = objective(next, gradient);
    for (let halvings = 0; !Number.isFinite(value); halvings++) {
      if (halvings === MOST_HALVINGS) {
        throw new RangeError(
          `${work.caller}: the objective is ${value} where the search stands (step ${step}). Look at diagnose(x); columns of extreme scale may need standardize(x).`,
        );
      }
      rate /= 2;
      for (let i = 0; i < next.length; i++) next[i] = (next[i]! + theta[i]!) / 2;
      value = objective(next, gradient);
    }
    theta.set(next);
    if (step % work.checkEvery === 0) {
      if (Math.abs(previous - value) <= work.tolerance * Math.max(1, Math.abs(previous))) {
        return { theta, value, steps: step, settled: true };
      }
      previous = value;
    }
    adam.step(next, gradient, rate);
    const pause = work.report(step);
    if (pause) await pause;
  }
  return { theta, value, steps: work.steps, settled: false };
}
