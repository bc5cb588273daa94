import { createRng } from '@causal/random';
import fc from 'fast-check';
import { shd } from './distance';
import { edgeMetrics } from './edges';
import { graphs, randomDigraph, relabel } from './testing';

const trio = fc.record({
  d: fc.integer({ min: 1, max: 7 }),
  seeds: fc.tuple(fc.integer(), fc.integer(), fc.integer()),
  density: fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20),
  reversal: fc.constantFrom(1 as const, 2 as const),
});

describe('shd', () => {
  it('is a metric on digraphs, cyclic ones included, and does not care for names', () => {
    fc.assert(
      fc.property(trio, ({ d, seeds, density, reversal }) => {
        const [a, b, c] = seeds.map((seed) => randomDigraph(seed, d, density));
        const distance = (x: number[][], y: number[][]) => shd(x, y, { reversal });
        const same = (x: number[][], y: number[][]) =>
          x.every((row, i) => row.every((w, j) => (w !== 0) === (y[i]![j] !== 0)));
        expect(distance(a!, b!) === 0).toBe(same(a!, b!));
        expect(distance(a!, a!)).toBe(0);
        expect(distance(a!, b!)).toBe(distance(b!, a!));
        expect(distance(a!, c!)).toBeLessThanOrEqual(distance(a!, b!) + distance(b!, c!));
        const order = createRng(seeds[0]).permutation(d);
        expect(distance(relabel(a!, order), relabel(b!, order))).toBe(distance(a!, b!));
      }),
      { numRuns: 200 },
    );
  });

  it('counts a reversal once or twice', () => {
    const forward = [
      [0, 1],
      [0, 0],
    ];
    const backward = [
      [0, 0],
      [1, 0],
    ];
    expect(shd(backward, forward)).toBe(1);
    expect(shd(backward, forward, { reversal: 2 })).toBe(2);
    expect(
      shd(
        [
          [0, 1],
          [1, 0],
        ],
        forward,
      ),
    ).toBe(1);
    expect(
      shd(
        [
          [0, 0],
          [0, 0],
        ],
        forward,
        { reversal: 2 },
      ),
    ).toBe(1);
    expect(() => shd(forward, [[0]])).toThrow(/2 nodes, the truth 1/);
    expect(() => shd(forward, forward, { reversal: 3 as 1 })).toThrow(/reversal must be 1 or 2/);
  });
});

describe('edgeMetrics', () => {
  it('equals the counts of the definition', () => {
    fc.assert(
      fc.property(graphs(7), fc.integer(), ({ seed, d, density }, other) => {
        const estimate = randomDigraph(seed, d, density);
        const truth = randomDigraph(other, d, density);
        const m = edgeMetrics(estimate, truth);
        const pairs = estimate.flatMap((row, i) =>
          row.flatMap((w, j) => (i === j ? [] : [[w !== 0, truth[i]![j] !== 0]])),
        );
        const count = (said: boolean, is: boolean) =>
          pairs.filter(([s, t]) => s === said && t === is).length;
        const hits = count(true, true);
        const wrong = count(true, false);
        const missed = count(false, true);
        expect(m.precision).toBeCloseTo(hits + wrong === 0 ? 1 : hits / (hits + wrong), 12);
        expect(m.recall).toBeCloseTo(hits + missed === 0 ? 1 : hits / (hits + missed), 12);
        expect(m.fdr).toBeCloseTo(1 - m.precision, 12);
        expect(m.tpr).toBe(m.recall);
        const pairsWithout = (d * (d - 1)) / 2 - hits - missed;
        expect(m.fpr).toBeCloseTo(wrong / Math.max(1, pairsWithout), 12);
        if (hits > 0) expect(m.f1).toBeCloseTo((2 * hits) / (2 * hits + wrong + missed), 12);
        else if (wrong + missed > 0) expect(m.f1).toBeCloseTo(0, 12);
        expect(m.shd).toBe(shd(estimate, truth));
      }),
      { numRuns: 150 },
    );
  });

  it('is perfect on the truth, the empty graph included', () => {
    for (const truth of [
      [
        [0, 1],
        [0, 0],
      ],
      [
        [0, 0],
        [0, 0],
      ],
    ]) {
      expect(edgeMetrics(truth, truth)).toEqual({
        fdr: 0,
        tpr: 1,
        fpr: 0,
        precision: 1,
        recall: 1,
        f1: 1,
        shd: 0,
      });
    }
  });
});
