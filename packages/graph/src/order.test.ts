import { createRng } from '@causal/random';
import fc from 'fast-check';
import { makeAcyclic } from './acyclic';
import { CycleError, findCycle, isDag, topologicalOrder } from './order';
import { ancestors, descendants, longestPath } from './paths';
import { acyclicByPowers, allDags, graphs, randomAcyclic, randomDigraph, relabel } from './testing';

describe('isDag and findCycle', () => {
  it('agree with the definition by walks', () => {
    fc.assert(
      fc.property(graphs(8), ({ seed, d, density }) => {
        const a = randomDigraph(seed, d, density / 2);
        expect(isDag(a)).toBe(acyclicByPowers(a));
      }),
      { numRuns: 200 },
    );
  });

  it('count the DAGs of 1 to 4 nodes: 1, 3, 25, 543 (Robinson 1977)', () => {
    expect([1, 2, 3, 4].map((d) => allDags(d).filter(isDag).length)).toEqual([1, 3, 25, 543]);
  });

  it('name a real cycle', () => {
    fc.assert(
      fc.property(graphs(12), ({ seed, d, density }) => {
        const a = randomDigraph(seed, d, density);
        const cycle = findCycle(a);
        if (cycle === undefined) return;
        expect(new Set(cycle).size).toBe(cycle.length);
        cycle.forEach((node, i) => expect(a[node]![cycle[(i + 1) % cycle.length]!]).not.toBe(0));
      }),
      { numRuns: 200 },
    );
    expect(findCycle([[1]])).toEqual([0]);
  });
});

describe('topologicalOrder', () => {
  it('puts every cause before its effects', () => {
    fc.assert(
      fc.property(graphs(15), ({ seed, d, density }) => {
        const a = randomAcyclic(seed, d, density);
        const order = topologicalOrder(a);
        expect([...order].sort((x, y) => x - y)).toEqual(a.map((_, i) => i));
        const place = order.map((_, i) => order.indexOf(i));
        a.forEach((row, i) =>
          row.forEach((w, j) => w !== 0 && expect(place[i]!).toBeLessThan(place[j]!)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('throws on a cycle and names it', () => {
    const a = [
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 1],
      [0, 0, 0, 0],
    ];
    expect(() => topologicalOrder(a)).toThrow(CycleError);
    expect(() => topologicalOrder(a)).toThrow(/cycle 1 → 2 → 1/);
  });
});

describe('paths', () => {
  it('ancestors and descendants are each other turned round, and follow relabelling', () => {
    fc.assert(
      fc.property(graphs(10), ({ seed, d, density }) => {
        const a = randomDigraph(seed, d, density / 2);
        const order = createRng(seed).permutation(d);
        const moved = relabel(a, order);
        for (let i = 0; i < d; i++) {
          const below = descendants(a, i);
          expect(below).not.toContain(i);
          for (let j = 0; j < d; j++) {
            if (j !== i) expect(below.includes(j)).toBe(ancestors(a, j).includes(i));
          }
          expect(descendants(moved, order[i]!)).toEqual(
            below.map((j) => order[j]!).sort((x, y) => x - y),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('longestPath is the length of the longest of all paths', () => {
    const walk = (a: number[][], i: number): number =>
      Math.max(0, ...a[i]!.map((w, j) => (w === 0 ? 0 : 1 + walk(a, j))));
    fc.assert(
      fc.property(graphs(7), ({ seed, d, density }) => {
        const a = randomAcyclic(seed, d, density);
        expect(longestPath(a)).toBe(Math.max(...a.map((_, i) => walk(a, i))));
      }),
      { numRuns: 100 },
    );
    expect(() =>
      longestPath([
        [0, 1],
        [1, 0],
      ]),
    ).toThrow(CycleError);
  });
});

describe('makeAcyclic', () => {
  it('drops only edges that close a cycle of edges at least as heavy', () => {
    fc.assert(
      fc.property(graphs(9), ({ seed, d, density }) => {
        const w = randomDigraph(seed, d, density);
        const { weights, dropped } = makeAcyclic(w);
        expect(isDag(weights)).toBe(true);
        for (const { from, to, weight } of dropped) {
          expect(weights[from]![to]).toBe(0);
          const heavier = weights.map((row) =>
            row.map((v) => (Math.abs(v) >= Math.abs(weight) ? v : 0)),
          );
          expect(descendants(heavier, to)).toContain(from);
        }
        const back = weights.map((row) => [...row]);
        for (const { from, to, weight } of dropped) back[from]![to] = weight;
        expect(back).toEqual(w);
        const order = createRng(seed).permutation(d);
        expect(makeAcyclic(relabel(w, order)).weights).toEqual(relabel(weights, order));
      }),
      { numRuns: 150 },
    );
  });

  it('drops the weakest edge of a cycle, and self-loops', () => {
    const { weights, dropped } = makeAcyclic([
      [5, 0.9, 0],
      [0, 0, -0.8],
      [0.1, 0, 0],
    ]);
    expect(weights).toEqual([
      [0, 0.9, 0],
      [0, 0, -0.8],
      [0, 0, 0],
    ]);
    expect(dropped).toEqual([
      { from: 0, to: 0, weight: 5 },
      { from: 2, to: 0, weight: 0.1 },
    ]);
  });
});

describe('at the door', () => {
  it('refuses what is no square matrix of finite numbers', () => {
    expect(() => isDag([[0, 1]])).toThrow(/row 0 has 2 entries beside 1 rows/);
    expect(() =>
      isDag([
        [0, 1],
        [NaN, 0],
      ]),
    ).toThrow(/\[1\]\[0\] is NaN/);
    expect(() => isDag('a' as unknown as number[][])).toThrow(TypeError);
    expect(() => ancestors([[0]], 1)).toThrow(/node 1 is not one of 0 … 0/);
  });
});
