import { createRng } from '@causal/random';
import { rowWeights } from './row-weights';

const rng = createRng(1);
const labels = [
  ...Array.from({ length: 300 }, () => [rng.normal() * 0.1, rng.normal() * 0.1]),
  ...Array.from({ length: 40 }, () => [3 + rng.normal(), rng.normal()]),
];

it('is (distance to the 20th neighbour)⁴ over its median, clipped', () => {
  const distances = labels.map(
    (row) =>
      labels
        .map((other) => Math.hypot(row[0]! - other[0]!, row[1]! - other[1]!))
        .sort((a, b) => a - b)[20]!,
  );
  const median = [...distances].sort((a, b) => a - b)[170]!;
  const weights = rowWeights(labels);
  distances.forEach((distance, i) => {
    const expected = Math.min(20, Math.max(0.2, (distance / median) ** 4));
    expect(weights[i]! / expected).toBeCloseTo(1, 4);
  });
  // The rare ones count at most, the common ones about 1.
  expect(Math.min(...weights.slice(300))).toBe(20);
});

it('is the least where all rows are alike: none is rare', () => {
  expect(new Set(rowWeights(Array.from({ length: 30 }, () => [1, 2])))).toEqual(
    new Set([Math.fround(0.2)]),
  );
});
