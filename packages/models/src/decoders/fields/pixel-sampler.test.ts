import { createRng } from '@causal/random';
import { drawPixels, updateErrors } from './pixel-sampler';

it('draws in proportion to the mixture of weights and running errors', () => {
  const weights = [1, 0, 3, 4];
  const errors = [0.04, 0.01, 0, 0.01]; // roots .2, .1, 0, .1
  const share = 0.4;
  const expected = weights.map((w, p) => 0.6 * (w / 8) + 0.4 * (Math.sqrt(errors[p]!) / 0.4));
  const count = 40_000;
  const counts = [0, 0, 0, 0];
  for (const pixel of drawPixels(createRng(1), count, weights, errors, share)) counts[pixel]!++;
  // Each count is binomial with a deviation of at most 100: five of them fail once in 10⁶ seeds.
  counts.forEach((found, p) => expect(Math.abs(found - count * expected[p]!)).toBeLessThan(500));
});

it('never draws what has no weight, and draws evenly where nothing is known', () => {
  const drawn = drawPixels(createRng(2), 5000, [0, 1, 0, 0], [0, 0, 0, 0], 0);
  expect(new Set(drawn)).toEqual(new Set([1]));
  const even = drawPixels(createRng(2), 5000, [0, 0, 0, 0], [0, 0, 0, 0], 0);
  expect(new Set(even)).toEqual(new Set([0, 1, 2, 3]));
});

it('is the inversion of the cumulative weights, draw by draw', () => {
  const rng = createRng(3);
  const weights = rng.uniforms(300);
  const errors = rng.uniforms(300);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const roots = errors.reduce((sum, e) => sum + Math.sqrt(e), 0);
  const parts = weights.map((w, p) => 0.7 * (w / total) + 0.3 * (Math.sqrt(errors[p]!) / roots));
  const drawn = drawPixels(createRng(4), 500, weights, errors, 0.3);
  createRng(4)
    .uniforms(500)
    .forEach((u, i) => {
      let [pixel, sum] = [0, parts[0]!];
      while (sum < u - 1e-6) sum += parts[++pixel]!;
      expect(Math.abs(drawn[i]! - pixel)).toBeLessThanOrEqual(1);
    });
});

it('moves running errors a tenth of the way to the mean of a step', () => {
  const errors = Float32Array.of(1, 2, 3);
  const updated = updateErrors(errors, Int32Array.of(0, 2, 0), [3, 3, 5]);
  expect(updated[0]).toBeCloseTo(0.9 + 0.4, 6);
  expect(updated[1]).toBe(2);
  expect(updated[2]).toBeCloseTo(3, 6);
  expect([...errors]).toEqual([1, 2, 3]);
});
