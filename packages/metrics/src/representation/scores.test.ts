import { createRng } from '@causal/random';
import fc from 'fast-check';
import { boostClassification, boostRegression } from './boosting';
import { dci, scoresOfImportance } from './dci';
import { mig } from './information';
import { irs } from './irs';
import { knnProbe, linearProbe } from './probes';
import { sap } from './sap';

type Rows = number[][];

const normals = (seed: number, n: number, d: number): Rows => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()));
};
const columnOf = (rows: Rows, j: number): Float64Array => Float64Array.from(rows, (row) => row[j]!);
const few = { rounds: 20 };

describe('boosted trees', () => {
  const x = normals(1, 600, 3);
  const inputs = [0, 1, 2].map((j) => columnOf(x, j));

  it('learn a nonlinear function with an interaction, and credit the inputs it uses', () => {
    const target = Float64Array.from(x, ([a, b]) => Math.sin(2 * a!) + a! * b!);
    const fresh = normals(2, 400, 3);
    const trees = boostRegression(inputs, target, { rounds: 200 });
    const predicted = trees.predict([0, 1, 2].map((j) => columnOf(fresh, j)));
    let error = 0;
    let total = 0;
    fresh.forEach(([a, b], i) => {
      const truth = Math.sin(2 * a!) + a! * b!;
      error += (predicted[i]! - truth) ** 2;
      total += truth ** 2;
    });
    expect(1 - error / total).toBeGreaterThan(0.85);
    expect(trees.importance[2]).toBeLessThan(0.05);
    expect(trees.importance.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('fit one split exactly: the plain step that minimises squared error', () => {
    const step = Float64Array.from(x, ([a]) => (a! > 0.3 ? 5 : 2));
    const trees = boostRegression(inputs, step, { rounds: 1, depth: 1, learningRate: 1 });
    const predicted = trees.predict(inputs);
    // 64 bins: rows whose value shares a bin with the border may fall on its wrong side.
    const wrong = predicted.filter((v, i) => Math.abs(v - step[i]!) > 0.2).length;
    expect(wrong).toBeLessThanOrEqual(Math.ceil(600 / 64));
    expect([...trees.importance]).toEqual([1, 0, 0]);
  });

  it('tell classes apart', () => {
    const classes = Int32Array.from(x, ([a, b]) => (a! > 0.5 ? 2 : b! > 0 ? 1 : 0));
    const trees = boostClassification(inputs, classes, 3);
    const right = trees.predict(inputs).filter((c, i) => c === classes[i]).length;
    expect(right / 600).toBeGreaterThan(0.97);
    expect(trees.importance[2]).toBeLessThan(0.02);
  });

  it('find nothing in a constant target', () => {
    const trees = boostRegression(inputs, new Float64Array(600).fill(3), few);
    expect([...trees.importance]).toEqual([0, 0, 0]);
    expect(trees.predict(inputs)[7]).toBe(3);
  });
});

describe('dci', () => {
  it('scores known importance matrices as the definition does', () => {
    const one = scoresOfImportance([
      [1, 0],
      [0, 1],
    ]);
    expect(one).toEqual({ disentanglement: 1, completeness: 1 });
    const even = scoresOfImportance([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(even.disentanglement).toBeCloseTo(0, 12);
    expect(even.completeness).toBeCloseTo(0, 12);
    // Two latents share label 0, one has label 1, one is dead.
    const split = scoresOfImportance([
      [0.5, 0],
      [0.5, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(split.disentanglement).toBeCloseTo(1, 12);
    expect(split.completeness).toBeCloseTo((1 - Math.log(2) / Math.log(4) + 1) / 2, 12);
    // One latent serves both labels three to one; weight 1.
    const mixed = scoresOfImportance([
      [1, 1],
      [0, 0],
    ]);
    expect(mixed).toEqual({ disentanglement: 0, completeness: 1 });
  });

  it('is high for the labels themselves and low for a rotation of them', () => {
    const u = normals(4, 800, 3);
    const own = dci(u, u, { rounds: 60 });
    expect(own.disentanglement).toBeGreaterThan(0.95);
    expect(own.completeness).toBeGreaterThan(0.95);
    expect(own.informativeness).toBeGreaterThan(0.9);
    const rotated = u.map(([a, b, c]) => [a! + b! + c!, a! - b! + 0.5 * c!, a! + b! - 2 * c!]);
    expect(dci(rotated, u, { rounds: 60 }).disentanglement).toBeLessThan(0.5);
  });

  it('is unchanged by the order of the latents, and follows that of the labels', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const u = normals(seed, 120, 2);
        const z = u.map(([a, b], i) => [a! + 0.3 * b!, b! ** 3, ((i * 37) % 11) / 11]);
        const straight = dci(z, u, few);
        const moved = dci(
          z.map(([a, b, c]) => [c!, a!, b!]),
          u.map(([a, b]) => [b!, a!]),
          few,
        );
        // Two inputs may cut a small leaf alike; which one is then credited depends on the order.
        expect(moved.disentanglement).toBeCloseTo(straight.disentanglement, 1);
        expect(moved.completeness).toBeCloseTo(straight.completeness, 1);
        expect(moved.informativenessOf[0]).toBeCloseTo(straight.informativenessOf[1]!, 1);
        expect(Math.abs(moved.importance[1]![1]! - straight.importance[0]![0]!)).toBeLessThan(0.03);
      }),
      { numRuns: 15 },
    );
  });

  it('reports accuracy for classes', () => {
    const u = normals(6, 400, 2).map(([a, b]) => [a! > 0 ? 1 : 0, Math.floor(Math.abs(b!))]);
    const z = u.map(([a, b], i) => [a! + 0.01 * (i % 7), b!]);
    const result = dci(z, u, few);
    expect(result.informativenessOf[0]).toBeGreaterThan(0.97);
    expect(result.disentanglement).toBeGreaterThan(0.9);
  });
});

describe('mig', () => {
  /** Entropies of columns of small integers, straight from counts. */
  const entropy = (...columns: number[][]): number => {
    const counts = new Map<string, number>();
    columns[0]!.forEach((_, i) => {
      const key = columns.map((column) => column[i]).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    });
    return [...counts.values()].reduce(
      (s, c) => s - (c / columns[0]!.length) * Math.log(c / columns[0]!.length),
      0,
    );
  };

  it('is the plain definition', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rng = createRng(seed);
        const z: Rows = Array.from({ length: 60 }, () => [rng.int(4), rng.int(4), rng.int(4)]);
        const u = z.map(([a, b]) => [(a! + (rng.int(5) === 0 ? 1 : 0)) % 4, b! + rng.int(2)]);
        const of = (rows: Rows, j: number): number[] => rows.map((row) => row[j]!);
        const gaps = [0, 1].map((j) => {
          const h = entropy(of(u, j));
          const told = [0, 1, 2]
            .map((i) => entropy(of(z, i)) + h - entropy(of(z, i), of(u, j)))
            .sort((a, b) => b - a);
          return (told[0]! - told[1]!) / h;
        });
        // Values 0 … 3 in 20 bins of equal width fall into bins of their own.
        expect(mig(z, u)).toBeCloseTo((gaps[0]! + gaps[1]!) / 2, 10);
      }),
      { numRuns: 50 },
    );
  });

  it('is near 1 for the labels themselves and 0 where each is told twice', () => {
    const u = Array.from({ length: 400 }, (_, i) => [i % 5, Math.floor(i / 5) % 4]);
    expect(mig(u, u)).toBeCloseTo(1, 10);
    expect(
      mig(
        u.map(([a, b]) => [a!, b!, 2 * a!, -b!]),
        u,
      ),
    ).toBeCloseTo(0, 10);
  });
});

describe('sap', () => {
  it('is the gap between the best two R² of lines', () => {
    const u = normals(8, 300, 1);
    const z = u.map(([a], i) => [a! + 0.5 * Math.sin(i), -2 * a!, Math.cos(i)]);
    const r2 = linearProbe(
      z.map(([a]) => [a!]),
      u,
      { testShare: 0.5 },
    ).score;
    expect(sap(z, u)).toBeGreaterThan(0);
    expect(Math.abs(sap(z, u) - (1 - r2))).toBeLessThan(0.05);
    expect(sap(u, u)).toBe(1);
  });

  it('uses the best threshold for classes', () => {
    const u = normals(9, 200, 1).map(([a]) => [a! > 0.2 ? 1 : 0]);
    const z = normals(9, 200, 1).map(([a], i) => [a!, i % 2]);
    // Latent 0 splits perfectly; latent 1 is near chance, .5.
    expect(sap(z, u)).toBeGreaterThan(0.4);
    expect(sap(z, u)).toBeLessThanOrEqual(0.5);
  });
});

describe('irs', () => {
  it('is 1 where each latent is a label, low for a mixture', () => {
    const rng = createRng(3);
    const u: Rows = Array.from({ length: 600 }, () => [rng.int(5), rng.int(4)]);
    expect(irs(u, u)).toBeCloseTo(1, 12);
    const mixed = u.map(([a, b]) => [a! + b!, a! - b!]);
    expect(irs(mixed, u)).toBeLessThan(0.75);
    // A dead latent changes nothing.
    expect(
      irs(
        u.map(([a, b]) => [a!, b!, 3]),
        u,
      ),
    ).toBeCloseTo(1, 12);
  });

  it('is the definition on a small table', () => {
    // Latent 2·u₀ + u₁ over all of {0, 1}²: mean 1.5, largest deviation 1.5. Given u₀ it deviates
    // by .5, given u₁ by 1: score 1 − .5/1.5.
    const u = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    expect(
      irs(
        u.map(([a, b]) => [2 * a! + b!]),
        u,
      ),
    ).toBeCloseTo(2 / 3, 12);
  });
});

describe('probes', () => {
  it('a linear one reads any linear map and no more', () => {
    const u = normals(11, 400, 2);
    const z = u.map(([a, b]) => [3 * a! - b! + 7, a! + 2 * b!, 0]);
    expect(linearProbe(z, u).score).toBeGreaterThan(0.9999);
    const bent = u.map(([a, b]) => [a! ** 2, b! ** 2]);
    expect(linearProbe(bent, u).score).toBeLessThan(0.2);
    expect(knnProbe(z, u).score).toBeGreaterThan(0.9);
  });

  it('tell classes', () => {
    const u = normals(12, 300, 1).map(([a]) => [a! > 0.6 ? 2 : a! > -0.4 ? 1 : 0]);
    const z = normals(12, 300, 1).map(([a]) => [a!, Math.abs(a!)]);
    expect(knnProbe(z, u).score).toBeGreaterThan(0.95);
    expect(linearProbe(z, u).score).toBeGreaterThan(0.7);
  });

  it('score independent latents about 0', () => {
    // Fixed seed. For random ones R² of 5 useless inputs on 600 rows is below .05 in all but 1e-6.
    const scores = linearProbe(normals(13, 2000, 5), normals(14, 2000, 1)).scores;
    expect(Math.abs(scores[0]!)).toBeLessThan(0.05);
  });

  it('say what is wrong', () => {
    const u = normals(1, 10, 1);
    expect(() => linearProbe(u, u, { testShare: 1 })).toThrow(/leaves one part empty/);
    expect(() => knnProbe(u, u, { k: 50 })).toThrow(/`k` must be an integer ≥ 1 and ≤ 7, got 50/);
    expect(() => dci(u, u, { kinds: [] })).toThrow(/kinds has 0 entries for 1 labels/);
    expect(() => irs(u, u, { quantile: 2 })).toThrow(
      /`quantile` must be a finite number > 0 and ≤ 1/,
    );
    expect(() => mig(u, u, { bins: 1 })).toThrow(/`bins` must be an integer ≥ 2/);
  });
});
