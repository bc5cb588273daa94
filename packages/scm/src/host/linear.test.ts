import { createRng } from '@causal/random';
import fc from 'fast-check';
import { gap, models, randomRows, randomWeights } from '../testing';
import { endogenous, exogenous, totalEffects } from './linear';

const largest = (rows: number[][]) => rows.flat().reduce((s, v) => Math.max(s, Math.abs(v)), 1);

describe('in float64', () => {
  it('exogenous∘endogenous is the identity to 1e-12 at any density, d ≤ 50', () => {
    fc.assert(
      fc.property(models(50), ({ seed, d, density }) => {
        const a = randomWeights(seed, d, density);
        const rows = randomRows(seed, 4, d);
        const z = endogenous(a, rows);
        expect(gap(exogenous(a, z).flat(), rows.flat())).toBeLessThan(1e-12);
        // The other way round every error is carried on by the graph, as far as z is.
        const again = endogenous(a, exogenous(a, rows));
        expect(gap(again.flat(), rows.flat()) / largest(z)).toBeLessThan(1e-12);
      }),
      { numRuns: 100 },
    );
  });

  it('total effects are the sums over paths of the products of their weights', () => {
    const paths = (a: number[][], i: number, j: number): number =>
      i === j ? 1 : a[i]!.reduce((sum, w, k) => (w === 0 ? sum : sum + w * paths(a, k, j)), 0);
    fc.assert(
      fc.property(models(8), ({ seed, d, density }) => {
        const a = randomWeights(seed, d, density);
        const plain = a.map((_, i) => a.map((__, j) => paths(a, i, j)));
        expect(gap(totalEffects(a).flat(), plain.flat())).toBeLessThan(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it('a DAG in any order of its nodes gives the same rows, reordered', () => {
    fc.assert(
      fc.property(models(9), ({ seed, d, density }) => {
        const a = randomWeights(seed, d, density);
        const rows = randomRows(seed, 3, d);
        const to = createRng(seed).split('relabel').permutation(d);
        const from = [...to.keys()].map((i) => to.indexOf(i));
        const moved = a.map((_, i) => a.map((__, j) => a[from[i]!]![from[j]!]!));
        const turn = (table: number[][]) => table.map((row) => row.map((_, i) => row[from[i]!]!));
        expect(
          gap(endogenous(moved, turn(rows)).flat(), turn(endogenous(a, rows)).flat()),
        ).toBeLessThan(1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it('takes cycles through LU, and refuses what has no solution', () => {
    const a = [
      [0, 0.5],
      [0.4, 0],
    ];
    const rows = randomRows(1, 5, 2);
    expect(gap(exogenous(a, endogenous(a, rows)).flat(), rows.flat())).toBeLessThan(1e-12);
    expect(totalEffects(a)[0]![0]).toBeCloseTo(1 / 0.8, 12);
    expect(endogenous(a, [])).toEqual([]);
    expect(() =>
      endogenous(
        [
          [0, 1],
          [1, 0],
        ],
        rows,
      ),
    ).toThrow(/singular/);
    expect(() => exogenous(a, [[1]])).toThrow(/2 numbers in each row, row 0 has 1/);
  });
});
