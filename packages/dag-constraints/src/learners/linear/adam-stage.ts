import type { LinearLoss } from './losses';

interface Stage {
  readonly loss: LinearLoss;
  readonly penalty: LinearLoss;
  readonly mu: number;
  readonly lambda1: number;
  readonly forbidden: ArrayLike<number>;
}

const BETA1 = 0.99;
const BETA2 = 0.999;
/** Steps between two tests of convergence. */
const CHECK = 1000;
const TOLERANCE = 1e-6;

/**
 * One stage of DAGMA as its reference solves it: Adam on μ(loss + λ₁‖W‖₁) + h(W), the subgradient
 * sign(W) for the norm, a halved rate after a step out of the domain, and a stop when a thousand
 * steps change the objective by less than 1e-6 of it.
 */
export async function adamStage(
  { loss, penalty, mu, lambda1, forbidden }: Stage,
  start: Float64Array,
  work: {
    readonly steps: number;
    readonly learningRate: number;
    readonly report: () => Promise<void> | undefined;
  },
): Promise<{ w: Float64Array; steps: number }> {
  const n = start.length;
  const w = Float64Array.from(start);
  const before = new Float64Array(n);
  const first = new Float64Array(n);
  const second = new Float64Array(n);
  const slope = new Float64Array(n);
  const hSlope = new Float64Array(n);
  let rate = work.learningRate;
  let previous = 1e16;
  let power1 = 1;
  let power2 = 1;
  for (let step = 1; step <= work.steps; step++) {
    let h = penalty(w, hSlope);
    while (!Number.isFinite(h)) {
      // Outside: half of the last step back, and smaller ones from now on.
      rate /= 2;
      for (let i = 0; i < n; i++) w[i] = (w[i]! + before[i]!) / 2;
      h = penalty(w, hSlope);
    }
    let value = loss(w, slope);
    power1 *= BETA1;
    power2 *= BETA2;
    before.set(w);
    for (let i = 0; i < n; i++) {
      if (forbidden[i]) continue;
      value += lambda1 * Math.abs(w[i]!);
      const g = mu * (slope[i]! + lambda1 * Math.sign(w[i]!)) + hSlope[i]!;
      first[i] = BETA1 * first[i]! + (1 - BETA1) * g;
      second[i] = BETA2 * second[i]! + (1 - BETA2) * g * g;
      w[i]! -= (rate * (first[i]! / (1 - power1))) / (Math.sqrt(second[i]! / (1 - power2)) + 1e-8);
    }
    if (step % CHECK === 0 || step === work.steps) {
      const objective = mu * value + h;
      if (Math.abs(previous - objective) <= TOLERANCE * Math.abs(previous))
        return { w: before, steps: step };
      previous = objective;
    }
    if (step % 20 === 0) {
      const pause = work.report();
      if (pause) await pause;
    }
  }
  return { w: before, steps: work.steps };
}
