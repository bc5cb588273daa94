import fc from 'fast-check';
import { averagePrecision } from './average-precision';
import { isDag } from './order';
import { randomDag } from './random';
import { graphs, randomDigraph } from './testing';

describe('randomDag', () => {
  it('is a DAG with exactly the edges asked for, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
        fc.constantFrom('erdos-renyi' as const, 'scale-free' as const),
        fc.integer(),
        (nodes, share, kind, seed) => {
          const edges = Math.round((share * nodes * (nodes - 1)) / 2);
          const a = randomDag({ nodes, edges, kind, seed, weights: [0.5, 2] });
          expect(isDag(a)).toBe(true);
          const weights = a.flat().filter((w) => w !== 0);
          expect(weights).toHaveLength(edges);
          for (const w of weights) expect(Math.abs(Math.abs(w) - 1.25)).toBeLessThanOrEqual(0.75);
          expect(randomDag({ nodes, edges, kind, seed, weights: [0.5, 2] })).toEqual(a);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('Erdős–Rényi: every pair is as likely, either way round', () => {
    const counts = Array.from({ length: 4 }, () => Array<number>(4).fill(0));
    for (let seed = 0; seed < 3000; seed++) {
      randomDag({ nodes: 4, edges: 3, seed }).forEach((row, i) =>
        row.forEach((w, j) => (counts[i]![j]! += w)),
      );
    }
    // 3 edges over 12 ordered pairs: 750 each, sd < 24; 5 sd over 12 cells fails by chance in 1e5.
    counts.forEach((row, i) =>
      row.forEach((n, j) => expect(Math.abs(n - (i === j ? 0 : 750))).toBeLessThan(120)),
    );
  });

  it('scale-free: some node has far more causes than under Erdős–Rényi', () => {
    const hub = (kind: 'erdos-renyi' | 'scale-free') => {
      let sum = 0;
      for (let seed = 0; seed < 30; seed++) {
        const a = randomDag({ nodes: 50, edges: 49, kind, seed });
        sum += Math.max(...a.map((_, j) => a.filter((row) => row[j] !== 0).length));
      }
      return sum / 30;
    };
    expect(hub('scale-free')).toBeGreaterThan(1.5 * hub('erdos-renyi'));
  });

  it('refuses what does not fit', () => {
    expect(() => randomDag({ nodes: 3, edges: 4 })).toThrow(/3 nodes take 0 … 3 edges.*got 4/);
    expect(() => randomDag({ nodes: 0, edges: 0 })).toThrow(/positive integer/);
    expect(() => randomDag({ nodes: 2, edges: 1, kind: 'tree' as 'scale-free' })).toThrow(
      /got "tree"/,
    );
    expect(() => randomDag({ nodes: 2, edges: 1, weights: [0, 1] })).toThrow(/0 < low/);
  });
});

describe('averagePrecision', () => {
  it('is the sum of its definition over thresholds', () => {
    fc.assert(
      fc.property(graphs(6), fc.integer(), ({ seed, d, density }, other) => {
        const truth = randomDigraph(seed, d, density);
        if (truth.flat().every((w) => w === 0)) return;
        // Rounded, so that there are ties.
        const weights = randomDigraph(other, d, 0.8).map((row) =>
          row.map((w) => Math.round(w * 2)),
        );
        const at = (threshold: number) => {
          const said = weights.map((row, i) =>
            row.map((w, j) => i !== j && Math.abs(w) >= threshold),
          );
          const count = (f: (i: number, j: number) => boolean) =>
            said.reduce((s, row, i) => s + row.filter((_, j) => f(i, j)).length, 0);
          const hits = count((i, j) => said[i]![j]! && truth[i]![j] !== 0);
          return {
            recall: hits / count((i, j) => truth[i]![j] !== 0),
            precision:
              hits /
              Math.max(
                1,
                count((i, j) => said[i]![j]!),
              ),
          };
        };
        const levels = [...new Set(weights.flat().map(Math.abs)), 0].sort((a, b) => b - a);
        let area = 0;
        let before = 0;
        for (const level of new Set(levels)) {
          const { recall, precision } = at(level);
          area += (recall - before) * precision;
          before = recall;
        }
        expect(averagePrecision(weights, truth)).toBeCloseTo(area, 12);
      }),
      { numRuns: 100 },
    );
  });

  it('is 1 for a perfect ranking, whatever the signs', () => {
    expect(
      averagePrecision(
        [
          [0, -3, 0.1],
          [0, 0, 2],
          [0, 0, 0],
        ],
        [
          [0, 1, 0],
          [0, 0, 1],
          [0, 0, 0],
        ],
      ),
    ).toBe(1);
    expect(() => averagePrecision([[0]], [[0]])).toThrow(/no edge to find/);
  });
});
