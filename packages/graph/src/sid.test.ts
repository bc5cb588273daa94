import { createRng } from '@causal/random';
import fc from 'fast-check';
import { adjustmentDistance } from './adjustment-distance';
import peer from './fixtures/gadjid.json';
import { descendants } from './paths';
import { randomDag } from './random';
import { sid } from './sid';
import { adjustsByPaths, allDags, below, graphs, randomAcyclic, relabel } from './testing';

/** Solves a small symmetric system by Gaussian elimination with pivoting. */
function solve(m: number[][], b: number[]): number[] {
  const rows = m.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < rows.length; k++) {
    const best = rows
      .slice(k)
      .reduce((at, row, i) => (Math.abs(row[k]!) > Math.abs(rows[at]![k]!) ? k + i : at), k);
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    rows.forEach((row, i) => {
      if (i === k) return;
      const factor = row[k]! / rows[k]![k]!;
      row.forEach((_, j) => (row[j]! -= factor * rows[k]![j]!));
    });
  }
  return rows.map((row, i) => row[rows.length]! / row[i]!);
}

/** Total effects of a linear model with weights w, as sums over the powers of w. */
function totalEffects(w: number[][]): number[][] {
  let power = w.map((row, i) => row.map((_, j) => Number(i === j)));
  const total = power.map((row) => [...row]);
  for (let step = 0; step < w.length; step++) {
    power = power.map((row) => w.map((_, j) => row.reduce((s, v, k) => s + v * w[k]![j]!, 0)));
    total.forEach((row, i) => row.forEach((_, j) => (row[j]! += power[i]![j]!)));
  }
  return total;
}

/**
 * The SID by what it means, without graph theory: in a linear Gaussian model of the true graph with
 * random weights and variances, regress j on i and the estimate's parents of i, and count the pairs
 * whose coefficient is not the total effect. (Equal by accident for no weights but a null set.)
 */
function sidByRegression(estimate: number[][], truth: number[][], seed: number): number {
  const d = truth.length;
  const rng = createRng(seed);
  const draw = () => 0.5 + rng.uniform();
  const w = truth.map((row) =>
    row.map((on) => (on === 0 ? 0 : (rng.uniform() < 0.5 ? -1 : 1) * draw())),
  );
  const variances = w.map(draw);
  const total = totalEffects(w);
  const cov = w.map((_, i) =>
    w.map((_, j) => variances.reduce((s, v, k) => s + v * total[k]![i]! * total[k]![j]!, 0)),
  );
  let wrong = 0;
  for (let i = 0; i < d; i++) {
    const parents = [...Array(d).keys()].filter((k) => estimate[k]![i] !== 0);
    const given = [i, ...parents];
    const gram = given.map((p) => given.map((q) => cov[p]![q]!));
    for (let j = 0; j < d; j++) {
      if (j === i) continue;
      const claimed = parents.includes(j)
        ? 0
        : solve(
            gram,
            given.map((p) => cov[p]![j]!),
          )[0]!;
      if (Math.abs(claimed - total[i]![j]!) > 1e-7) wrong++;
    }
  }
  return wrong;
}

/** For every node its parents, as bits. */
const parentBits = (a: number[][]) =>
  a.map((_, i) => a.reduce((bits, row, k) => (row[i] === 0 ? bits : bits | (1 << k)), 0));

/**
 * The SID by its definition: the pairs i, j for which the parents that the estimate gives i are no
 * adjustment set in the truth, judged by walking every path. What a truth says of (i, parents) is
 * worked out once for all estimates.
 */
function sidByPaths(truth: number[][]): (parentsOfEstimate: readonly number[]) => number {
  const nodes = [...truth.keys()];
  const known = truth.map(() => new Map<number, number>());
  const wrongOf = (i: number, bits: number) => {
    const parents = nodes.filter((k) => (bits & (1 << k)) !== 0);
    return nodes.filter((j) => {
      if (j === i) return false;
      if (parents.includes(j)) return below(truth, i).includes(j);
      return !adjustsByPaths(truth, i, j, parents);
    }).length;
  };
  return (parentsOfEstimate) =>
    parentsOfEstimate.reduce((sum, bits, i) => {
      const wrong = known[i]!.get(bits) ?? wrongOf(i, bits);
      known[i]!.set(bits, wrong);
      return sum + wrong;
    }, 0);
}

const toMatrix = (edges: readonly number[], d: number) => {
  const a = Array.from({ length: d }, () => Array<number>(d).fill(0));
  for (const edge of edges) a[Math.floor(edge / d)]![edge % d] = 1;
  return a;
};

describe('sid', () => {
  it('is what regression finds wrong: every pair of DAGs of 3 nodes', () => {
    const dags = allDags(3);
    dags.forEach((truth, t) =>
      dags.forEach((estimate, e) =>
        expect(sid(estimate, truth)).toBe(sidByRegression(estimate, truth, t * 99 + e)),
      ),
    );
  });

  it.each([1, 2, 3, 4])('is its definition by paths: every pair of DAGs of %s nodes', (d) => {
    const dags = allDags(d);
    const parents = dags.map(parentBits);
    for (const truth of dags) {
      const byPaths = sidByPaths(truth);
      dags.forEach((estimate, e) => {
        if (sid(estimate, truth) !== byPaths(parents[e]!)) {
          throw new Error(`${JSON.stringify(estimate)} beside the truth ${JSON.stringify(truth)}`);
        }
      });
    }
  });

  it('is what regression finds wrong and its definition by paths: random DAGs of up to 6 nodes', () => {
    fc.assert(
      fc.property(graphs(6), fc.integer(), ({ seed, d, density }, other) => {
        const truth = randomAcyclic(seed, d, density);
        const estimate = randomAcyclic(other, d, density);
        expect(sid(estimate, truth)).toBe(sidByRegression(estimate, truth, seed));
        expect(sid(estimate, truth)).toBe(sidByPaths(truth)(parentBits(estimate)));
      }),
      { numRuns: 80 },
    );
  });

  it('is 0 on the truth and on every DAG that contains it; follows relabelling', () => {
    fc.assert(
      fc.property(graphs(9), fc.integer(), ({ seed, d, density }, other) => {
        const more = randomAcyclic(seed, d, density);
        const rng = createRng(other);
        const truth = more.map((row) => row.map((w) => (rng.uniform() < 0.6 ? w : 0)));
        expect(sid(more, more)).toBe(0);
        expect(sid(more, truth)).toBe(0);
        const estimate = randomAcyclic(other, d, density);
        const order = createRng(seed).permutation(d);
        expect(sid(relabel(estimate, order), relabel(truth, order))).toBe(sid(estimate, truth));
      }),
      { numRuns: 80 },
    );
  });

  it('takes d = 100, and refuses cycles', () => {
    const truth = randomDag({ nodes: 100, edges: 400, seed: 1 });
    const estimate = randomDag({ nodes: 100, edges: 400, seed: 2 });
    expect(sid(truth, truth)).toBe(0);
    expect(sid(estimate, truth)).toBeGreaterThan(1000);
    expect(() =>
      sid(
        [
          [0, 1],
          [1, 0],
        ],
        [
          [0, 1],
          [0, 0],
        ],
      ),
    ).toThrow(/cycle 0 → 1 → 0/);
  });
});

describe('beside gadjid', () => {
  it('gives the same SID, ancestor and optimal distances', () => {
    expect(peer.cases.length).toBe(60);
    for (const { nodes, truth, estimate, ...expected } of peer.cases) {
      const [a, b] = [toMatrix(estimate, nodes), toMatrix(truth, nodes)];
      expect({
        sid: sid(a, b),
        ancestor: adjustmentDistance(a, b),
        optimal: adjustmentDistance(a, b, { strategy: 'optimal' }),
      }).toEqual(expected);
    }
    expect(() => adjustmentDistance([[0]], [[0]], { strategy: 'oset' as 'optimal' })).toThrow(
      /'optimal', got "oset"/,
    );
  });

  it('no effect of i on j is what a graph without edges says', () => {
    fc.assert(
      fc.property(graphs(8), ({ seed, d, density }) => {
        const truth = randomAcyclic(seed, d, density);
        const empty = truth.map((row) => row.map(() => 0));
        const effects = truth
          .map((_, i) => descendants(truth, i).length)
          .reduce((s, n) => s + n, 0);
        expect(adjustmentDistance(empty, truth)).toBe(effects);
        expect(adjustmentDistance(truth, empty, { strategy: 'parent' })).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
