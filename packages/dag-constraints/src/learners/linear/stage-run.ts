import type { LinearLoss } from './losses';

/** What one stage of DAGMA minimises: μ(loss(W) + λ₁‖W‖₁) + h(W), h the log-det penalty at s. */
export interface Stage {
  /** Number of variables. */
  readonly size: number;
  readonly mu: number;
  readonly lambda1: number;
  readonly s: number;
  /** 1 where W stays 0. */
  readonly forbidden: ArrayLike<number>;
  readonly learningRate: number;
}

/** Adam on a stage, as far as it has come. */
export interface StageRun {
  readonly size: number;
  /** Takes up to `count` steps; gives how many, fewer if W has left the domain. */
  steps(count: number): number;
  /** Back into the domain: half of the last step is undone, and the rate halved from now on. */
  retreat(): void;
  objective(): number;
  weights(): Float64Array;
}

export const BETA1 = 0.99;
export const BETA2 = 0.999;

/** Adam in JavaScript, for any loss; what the SIMD kernels are tested against. */
export function plainRun(
  { size, mu, lambda1, forbidden, learningRate }: Stage,
  loss: LinearLoss,
  penalty: LinearLoss,
  start: Float64Array,
): StageRun {
  const n = start.length;
  const w = Float64Array.from(start);
  const before = Float64Array.from(start);
  const first = new Float64Array(n);
  const second = new Float64Array(n);
  const slope = new Float64Array(n);
  const hSlope = new Float64Array(n);
  let rate = learningRate;
  let power1 = 1;
  let power2 = 1;
  return {
    size,
    steps: (count) => {
      for (let step = 0; step < count; step++) {
        if (!Number.isFinite(penalty(w, hSlope))) return step;
        loss(w, slope);
        power1 *= BETA1;
        power2 *= BETA2;
        before.set(w);
        for (let i = 0; i < n; i++) {
          if (forbidden[i]) continue;
          const g = mu * (slope[i]! + lambda1 * Math.sign(w[i]!)) + hSlope[i]!;
          first[i] = BETA1 * first[i]! + (1 - BETA1) * g;
          second[i] = BETA2 * second[i]! + (1 - BETA2) * g * g;
          const size = Math.sqrt(second[i]! / (1 - power2)) + 1e-8;
          w[i]! -= (rate * (first[i]! / (1 - power1))) / size;
        }
      }
      return count;
    },
    retreat: () => {
      rate /= 2;
      for (let i = 0; i < n; i++) w[i] = (w[i]! + before[i]!) / 2;
    },
    objective: () => {
      const h = penalty(before, hSlope);
      let value = loss(before, slope);
      for (const v of before) value += lambda1 * Math.abs(v);
      return mu * value + h;
    },
    // The last W that is known to be inside the domain.
    weights: () => Float64Array.from(before),
  };
}
