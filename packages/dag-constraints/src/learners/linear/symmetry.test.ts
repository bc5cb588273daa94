import type { Matrix } from '@causal/graph';
import { createRng } from '@causal/random';
import { standardize } from '../../diagnostics';
import type { LearnedInUnits } from '../../progress';
import { golem } from '../golem';
import { dagma } from './dagma';
import { notears } from './notears';

const learners: Record<string, (x: Matrix) => Promise<LearnedInUnits>> = {
  notears,
  'notears by lbfgsb': (x) => notears(x, { solver: 'lbfgsb' }),
  'dagma by newton': (x) => dagma(x, { solver: 'newton' }),
  dagma: (x) => dagma(x, { warmSteps: 8000, maxSteps: 12000, learningRate: 1e-3 }),
  golem: (x) => golem(x, { steps: 20000, learningRate: 3e-3 }),
};

/** Standardised pairs, alike but for their order. */
function pairs(correlation: number, count: number): number[][] {
  const rng = createRng(1);
  const rest = Math.sqrt(1 - correlation ** 2);
  return standardize(
    Array.from({ length: 500 }, () =>
      Array.from({ length: count }, () => {
        const a = rng.normal();
        return [a, correlation * a + rest * rng.normal()];
      }).flat(),
    ),
  );
}

describe.each(Object.entries(learners))('%s on columns that are alike', (_, learn) => {
  it.each([0.6, 0.88, -0.97])('joins a pair correlated at %d, by its weight', async (r) => {
    const { adjacency, converged } = await learn(pairs(r, 1));
    expect(adjacency[0]![1]! + adjacency[1]![0]!).toBe(1);
    expect(converged).toBe(true);
  });

  it('joins two such pairs, each by itself', async () => {
    const { adjacency } = await learn(pairs(0.88, 2));
    const joined = (i: number, j: number): number => adjacency[i]![j]! + adjacency[j]![i]!;
    expect([joined(0, 1), joined(2, 3)]).toEqual([1, 1]);
    expect(adjacency.flat().reduce((a, b) => a + b)).toBe(2);
  });
});

it('reaches the lasso of one direction', async () => {
  // min ½(1 − 2rw + w²) + .1w is r − .1.
  const { weights } = await notears(pairs(0.88, 1), { solver: 'lbfgsb' });
  const x = pairs(0.88, 1);
  const r = x.reduce((sum, [a, b]) => sum + a! * b!, 0) / x.length;
  expect(Math.max(...weights.flat())).toBeCloseTo(r - 0.1, 3);
});
