import { createRng } from '@causal/random';
import { minimiseSplit, type SplitProblem } from './split';

/** ½ Σ aᵢ (θᵢ − bᵢ)² + ½ (cᵀθ)²: soft thresholding where c is 0. */
function quadratic(a: Float64Array, b: Float64Array, c: Float64Array): SplitProblem['objective'] {
  return (theta, gradient) => {
    let along = 0;
    for (let i = 0; i < a.length; i++) along += c[i]! * theta[i]!;
    let value = 0.5 * along * along;
    for (let i = 0; i < a.length; i++) {
      const off = theta[i]! - b[i]!;
      value += 0.5 * a[i]! * off * off;
      gradient[i] = a[i]! * off + along * c[i]!;
    }
    return value;
  };
}

describe('minimiseSplit', () => {
  const rng = createRng(1);
  const n = 60;
  // The last ten are not sparse, so nothing scales them.
  const a = Float64Array.from({ length: n }, (_, i) =>
    i < 50 ? 10 ** (6 * rng.uniform() - 2) : 1,
  );
  const b = Float64Array.from({ length: n }, () => rng.normal());
  const fixed = Uint8Array.from({ length: n }, (_, i) => (i % 7 === 0 ? 1 : 0));
  const tight = { valueTolerance: 0, gradientTolerance: 1e-9 };

  it('soft-thresholds, leaves fixed variables at 0 and the rest without the norm', async () => {
    const problem = { objective: quadratic(a, b, new Float64Array(n)), lambda1: 0.1, fixed };
    const { theta } = await minimiseSplit(
      { ...problem, sparse: 50, curvature: () => a.slice(0, 50) },
      new Float64Array(n),
      tight,
    );
    theta.forEach((v, i) => {
      const shrunk = Math.sign(b[i]!) * Math.max(Math.abs(b[i]!) - 0.1 / a[i]!, 0);
      expect(v).toBeCloseTo(i >= 50 ? b[i]! : fixed[i] ? 0 : shrunk, 5);
    });
  });

  it('finds the same minimum with a curvature, an exact or a poor one, in fewer steps with an exact one', async () => {
    const c = Float64Array.from({ length: n }, () => rng.normal());
    const objective = quadratic(a, b, c);
    const problem = { objective, lambda1: 0.1, fixed, sparse: n };
    const run = (curvature?: (theta: Float64Array) => Float64Array) =>
      minimiseSplit({ ...problem, ...(curvature && { curvature }) }, new Float64Array(n), tight);
    const plain = await run();
    const exact = await run(() => a.map((v, i) => v + c[i]! ** 2));
    const poor = await run(() => a.map((_, i) => 1 + (i % 5)));
    for (const { value, theta } of [exact, poor]) {
      expect(value).toBeCloseTo(plain.value, 6);
      theta.forEach((v, i) => expect(v).toBeCloseTo(plain.theta[i]!, 3));
    }
    expect(exact.iterations).toBeLessThan(plain.iterations / 3);
  });

  it('counts iterations over all renewals of the scale, and stops at the most', async () => {
    const problem = { objective: quadratic(a, b, a), lambda1: 0.1, fixed, sparse: n };
    const looks: number[] = [];
    const curvature = (): Float64Array => {
      looks.push(1);
      return new Float64Array(n).fill(1);
    };
    const { iterations, reason } = await minimiseSplit(
      { ...problem, curvature },
      new Float64Array(n),
      { ...tight, gradientTolerance: 0, maxIterations: 450 },
    );
    if (reason === 'iterations') expect([iterations, looks.length]).toEqual([450, 3]);
    else expect(iterations).toBeLessThan(450);
  });
});
