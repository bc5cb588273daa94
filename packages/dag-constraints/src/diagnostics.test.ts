import { createRng } from '@causal/random';
import { diagnose, r2Sortability, sortRegress, standardize, varsortability } from './diagnostics';
import { edgeStability } from './stability';
import { linearData } from './testing/linear-data';

describe('diagnostics', () => {
  const chain = Array.from({ length: 500 }, () => [0, 0, 0]);
  const rng = createRng(1);
  for (const row of chain) {
    row[0] = rng.normal();
    row[1] = 2 * row[0]! + rng.normal();
    row[2] = 2 * row[1]! + rng.normal();
  }
  const truth = [
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ];

  it('measures how far scale gives the order away', () => {
    expect(varsortability(chain, truth)).toBe(1);
    expect(varsortability(standardize(chain), truth)).toBe(0.5);
    expect(
      varsortability(chain, [
        [0, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ]),
    ).toBe(0);
    // R² is highest in the middle: of the paths 0→1, 1→2, 0→2 it grows along two.
    expect(r2Sortability(chain, truth)).toBeCloseTo(2 / 3, 9);
    expect(r2Sortability(standardize(chain), truth)).toBeCloseTo(2 / 3, 9);
    expect(
      varsortability(
        chain,
        truth.map((r) => r.map(() => 0)),
      ),
    ).toBeNaN();
    expect(() => varsortability(chain, [[0]])).toThrow(/3 × 3/);
  });

  it('warns of scale, of determined columns and of few rows, and only then', () => {
    expect(diagnose(chain).warnings.join()).toMatch(/Variances differ.*x0 least, x2 most/);
    expect(diagnose(standardize(chain)).warnings).toEqual([]);
    const determined = standardize(chain).map((r) => [...r, r[0]! + r[1]!]);
    expect(diagnose(determined).warnings.join()).toMatch(/x3 is determined/);
    expect(diagnose(standardize(chain.slice(0, 20))).warnings.join()).toMatch(/20 rows for 3/);
  });

  it('standardises a copy', () => {
    const before = structuredClone(chain);
    const z = standardize(chain);
    expect(chain).toEqual(before);
    for (let j = 0; j < 3; j++) {
      expect(z.reduce((s, r) => s + r[j]!, 0)).toBeCloseTo(0, 9);
      expect(z.reduce((s, r) => s + r[j]! ** 2, 0) / z.length).toBeCloseTo(1, 9);
    }
  });

  it('has the sort baseline, right on raw data and lost on standardised ones', () => {
    expect(sortRegress(chain).adjacency).toEqual(truth);
    sortRegress(chain)
      .weights.flat()
      .filter(Boolean)
      .forEach((w) => expect(Math.abs(w - 2)).toBeLessThan(0.2));
    const { x, weights } = linearData(8, 12, 500, 2);
    const flags = weights.map((r) => r.map((v) => (v ? 1 : 0)));
    expect(sortRegress(standardize(x)).adjacency).not.toEqual(flags);
    expect(sortRegress(x, { by: 'r2' }).adjacency).toHaveLength(8);
    const forbidden = [[0, 1]] as const;
    expect(sortRegress(chain, { priorKnowledge: { forbidden } }).adjacency[0]![1]).toBe(0);
  });

  it('counts how often edges return, by seed', async () => {
    const learn = async (rows: readonly (readonly number[])[]) =>
      sortRegress(rows, { threshold: 0.02 });
    const seen: number[] = [];
    const options = {
      samples: 20,
      seed: 3,
      onProgress: ({ done }: { done: number }) => seen.push(done),
    };
    const frequency = await edgeStability(chain, learn, options);
    expect(frequency[0]![1]).toBeCloseTo(1, 9);
    expect(frequency[2]![0]).toBe(0);
    expect(frequency[0]![2]).toBeGreaterThan(0);
    expect(frequency[0]![2]).toBeLessThan(1.0001);
    expect(await edgeStability(chain, learn, { samples: 20, seed: 3 })).toEqual(frequency);
    expect(seen.at(-1)).toBe(20);
  });
});
