// Additive noise with networks as mechanisms, as the nonlinear benchmarks of NOTEARS and DAGMA have
// it: x_j = Σ_k v_k σ(Σ_i u_ki x_i) + ε, 100 units, weights ±U[.5, 2), standard normal ε.
import { randomDag } from '@causal/graph';
import { createRng } from '@causal/random';
import { Scm, type Mechanism } from '@causal/scm';
import { ROWS, type Cell } from './cells';

const UNITS = 100;

/** ER2: twice as many edges as nodes. */
export function makeNonlinear({ nodes, seed }: Pick<Cell, 'nodes' | 'seed'>): {
  x: number[][];
  truth: number[][];
} {
  const truth = randomDag({ nodes, edges: 2 * nodes, seed: 1000 * nodes + seed });
  const rng = createRng(seed).split('mechanisms');
  const weight = (): number => (rng.uniform() < 0.5 ? -1 : 1) * (0.5 + 1.5 * rng.uniform());
  const mechanisms = truth.map((_, j): Mechanism => {
    const causes = truth.filter((row) => row[j] !== 0).length;
    if (causes === 0) return { kind: 'linear' };
    const into = Array.from({ length: UNITS }, () => Array.from({ length: causes }, weight));
    const out = Array.from({ length: UNITS }, weight);
    return {
      kind: 'additive',
      mean: (values) =>
        into.reduce((sum, unit, k) => {
          const z = unit.reduce((total, w, i) => total + w * values[i]!, 0);
          return sum + out[k]! / (1 + Math.exp(-z));
        }, 0),
    };
  });
  return { x: new Scm({ adjacency: truth, mechanisms }).sample(ROWS, { seed }), truth };
}
