import * as tf from '@tensorflow/tfjs';
import { isDag, shd } from '@causal/graph';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import type { Progress } from '../../progress';
import { FLOW_GRAPH, flowLabels, pendulumLabels, PENDULUM_GRAPH } from '../../testing/concepts';
import { exactSearch } from './exact-search';

useEngine();

const BALL = 0;
const HOLE = 3;

describe('exactSearch', () => {
  it.each([1, 2, 3, 4, 5])('finds the pendulum graph from labels alone (seed %d)', async (seed) => {
    const { adjacency, weights } = await exactSearch(pendulumLabels(2500, seed), { seed });
    expect(adjacency).toEqual(PENDULUM_GRAPH);
    expect(weights.map((row) => row.map((w) => (w > 0 ? 1 : 0)))).toEqual(PENDULUM_GRAPH);
  });

  it.each([1, 2, 3, 4, 5])('finds the flow graph from labels alone (seed %d)', async (seed) => {
    const { adjacency } = await exactSearch(flowLabels(2500, seed), { seed });
    expect(adjacency).toEqual(FLOW_GRAPH);
  });

  it('is right on flow with its roots, and by likelihood alone within one edge', async () => {
    const x = flowLabels(2500, 6);
    const rooted = await exactSearch(x, { priorKnowledge: { roots: [BALL, HOLE] } });
    expect(rooted.adjacency).toEqual(FLOW_GRAPH);
    const plain = await exactSearch(x, { score: 'nearest-neighbours' });
    expect(shd(plain.adjacency, FLOW_GRAPH)).toBeLessThanOrEqual(1);
  });

  it('keeps to the prior knowledge', async () => {
    const names = ['ball', 'height', 'flow', 'hole'];
    const x = flowLabels(800, 3);
    const options = { names, seed: 1 };
    const required = [['flow', 'ball']] as const;
    const one = await exactSearch(x, { ...options, priorKnowledge: { required } });
    expect(one.adjacency[2]![BALL]).toBe(1);
    const two = await exactSearch(x, {
      ...options,
      priorKnowledge: { required, forbidden: [['height', 'flow']], roots: ['hole'] },
    });
    expect(two.adjacency[2]![BALL]).toBe(1);
    expect(two.adjacency[1]![2]).toBe(0);
    expect(two.adjacency.map((row) => row[HOLE])).toEqual([0, 0, 0, 0]);
    const three = await exactSearch(x, {
      ...options,
      priorKnowledge: { tiers: [['flow'], ['height', 'ball'], ['hole']] },
    });
    expect([three.adjacency[1]![2], three.adjacency[BALL]![2], three.adjacency[HOLE]![2]]).toEqual([
      0, 0, 0,
    ]);
    for (const { adjacency } of [one, two, three]) expect(isDag(adjacency)).toBe(true);
  });

  // BIC at n = 2000: each of these dependences is worth over a hundred times its penalty, and a
  // false edge needs a χ² beyond ln n (odds 6e-3 a pair of binary columns; the seed is fixed).
  it('orients common effects among binary columns, and joins them to continuous ones', async () => {
    const rng = createRng(11);
    const coin = (p: number): number => (rng.uniform() < p ? 1 : 0);
    const x = Array.from({ length: 2000 }, () => {
      const [a, b, stranger] = [coin(0.5), coin(0.4), coin(0.5)];
      const either = coin(a || b ? 0.9 : 0.1);
      return [a, b, either, 2 * either + rng.normal(), stranger];
    });
    const { adjacency } = await exactSearch(x);
    expect([adjacency[0]![2], adjacency[1]![2], adjacency[2]![3]]).toEqual([1, 1, 1]);
    expect(adjacency.flat().reduce((sum, v) => sum + v, 0)).toBe(3);
    // A continuous cause of a binary variable, through its quantiles.
    const y = Array.from({ length: 2000 }, () => {
      const cause = rng.normal();
      return [cause, coin(1 / (1 + Math.exp(-3 * cause))), rng.normal()];
    });
    const found = (await exactSearch(y)).adjacency;
    expect(found[0]![1]! + found[1]![0]!).toBe(1);
    expect(found.flat().reduce((sum, v) => sum + v, 0)).toBe(1);
  });

  it('finds nothing in independent noise, whatever its scale', async () => {
    const rng = createRng(4);
    const x = Array.from({ length: 600 }, () => [
      rng.normal(),
      1e6 * rng.uniform(),
      1e-6 * rng.normal(),
    ]);
    const { adjacency } = await exactSearch(x);
    expect(adjacency.flat().every((v) => v === 0)).toBe(true);
  });

  it('gives the same for a tensor, and the same again', async () => {
    const x = pendulumLabels(400, 9);
    const tensor = tf.tensor2d(x);
    const before = structuredClone(x);
    const fromTensor = await exactSearch(tensor, { seed: 2 });
    tensor.dispose();
    const rounded = x.map((row) => row.map(Math.fround));
    expect(await exactSearch(rounded, { seed: 2 })).toEqual(fromTensor);
    await exactSearch(x, { seed: 2 });
    expect(x).toEqual(before);
  });

  it('takes a score of your own, and does find its optimum', async () => {
    const rng = createRng(7);
    for (let run = 0; run < 20; run++) {
      const d = 4;
      const table = Array.from({ length: 1 << d }, () =>
        Array.from({ length: d }, () => rng.normal()),
      );
      const mask = (set: readonly number[]): number => set.reduce((m, i) => m | (1 << i), 0);
      const score = () => (parents: readonly number[], children: readonly number[]) =>
        children.map((j) => ({ cost: table[mask(parents)]![j]! }));
      const found = await exactSearch(pendulumLabels(50, 1), { score, maxParents: 3 });
      // All 2^12 graphs, acyclic ones scored.
      let best = Infinity;
      for (let g = 0; g < 1 << (d * (d - 1)); g++) {
        const a = Array.from({ length: d }, (_, i) =>
          Array.from({ length: d }, (_, j) =>
            i === j ? 0 : (g >> (i * (d - 1) + j - (j > i ? 1 : 0))) & 1,
          ),
        );
        if (!isDag(a)) continue;
        let total = 0;
        for (let j = 0; j < d; j++)
          total += table[mask([...a.keys()].filter((i) => a[i]![j]))]![j]!;
        best = Math.min(best, total);
      }
      expect(found.score).toBeCloseTo(best, 12);
    }
  });

  it('reports progress and can be cancelled', async () => {
    const seen: Progress[] = [];
    await exactSearch(pendulumLabels(300, 1), { onProgress: (p) => seen.push(p) });
    expect(seen.at(-1)).toMatchObject({ done: 15, total: 15 });
    const abort = new AbortController();
    const rng = createRng(1);
    const large = Array.from({ length: 3000 }, () => Array.from({ length: 9 }, () => rng.normal()));
    const promise = exactSearch(large, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await expect(promise).rejects.toThrow('enough');
  });

  it('refuses bad input, naming the place', async () => {
    const good = pendulumLabels(60, 1);
    const changed = (i: number, j: number, value: number): number[][] =>
      good.map((row, r) => (r === i ? row.map((v, c) => (c === j ? value : v)) : row));
    await expect(exactSearch(changed(7, 2, NaN))).rejects.toThrow(
      /row 7, column 2 \("x2"\) is NaN/,
    );
    await expect(exactSearch(good.map((r) => [r[0]!, 5]))).rejects.toThrow(
      /column 1 \("x1"\) is constant/,
    );
    await expect(exactSearch(good.slice(0, 5))).rejects.toThrow(/5 rows are too few/);
    await expect(exactSearch([...good, [1, 2]])).rejects.toThrow(/row 60 has 2 values/);
    await expect(exactSearch(good, { maxParent: 2 } as never)).rejects.toThrow(
      /did you mean `maxParents`/,
    );
    await expect(exactSearch(good, { names: ['a', 'b'] })).rejects.toThrow(/2 names for 4 columns/);
    await expect(
      exactSearch(good, {
        maxParents: 1,
        priorKnowledge: {
          required: [
            [0, 2],
            [1, 2],
          ],
        },
      }),
    ).rejects.toThrow(/x2 has 2 required parents/);
    const wide = good.map((row) => Array.from({ length: 17 }, (_, j) => row[j % 4]! + j * row[0]!));
    await expect(exactSearch(wide)).rejects.toThrow(/at most 16/);
  });
});
