import { useEngine } from '@causal/testing';
import fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { betweenSamples, ofPairs, type Loss } from '../test-support/losses';
import { normalRows, scalarOf, tensor, type Rows } from '../test-support/reference';
import { gaussianW2, klBernoulli, klCategorical, klGaussian, totalVariation } from './index';

useEngine();

const value = (loss: Loss, x: Rows, y: Rows): number =>
  scalarOf(() => loss(tensor(x), tensor(y), 1));

/** Quarters: shifts and sums of them are exact in float32. */
const quarters = (rows: Rows) => rows.map((row) => row.map((v) => Math.round(4 * v) / 4));
const shifted = (rows: Rows, by: number) => rows.map((row) => row.map((v, c) => v + by * (c + 1)));
const rotated = <T>(items: readonly T[], by: number): T[] => [...items.slice(by), ...items.slice(0, by)]; // prettier-ignore

const seeds = fc.integer({ min: 0, max: 1e6 });
const shifts = fc.integer({ min: -64, max: 64 });
const holds = (law: (seed: number, shift: number) => void): void =>
  fc.assert(fc.property(seeds, shifts, law), { numRuns: 8 });

/** They pair rows by their place. */
const ordered = ['mmd, laplacian, block', 'mmd, linear time'];
/** They subtract an average over other pairs. */
const unbiased = ['mmd, WAE, unbiased', 'energyDistance, unbiased, tiles', ...ordered];
/** OT_ε(x, x) is not 0: that is what debiasing is for. */
const notDebiased = ['entropicOT, tiles'];
/** float32 at an iteration's end, or in squares of the data, beside a few units in the last place. */
const tolerances: Readonly<Record<string, number>> = {
  sinkhornDivergence: 2e-3,
  'entropicOT, tiles': 2e-3,
  'mmd, linear kernel': 1e-4,
  energyDistance: 1e-4,
  'energyDistance, unbiased, tiles': 1e-4,
};

describe('laws of divergences between samples', () => {
  const without = (excluded: readonly string[]) =>
    Object.entries(betweenSamples).filter(([name]) => !excluded.includes(name));
  const near = (name: string, a: number, b: number): void =>
    expect(Math.abs(a - b)).toBeLessThan((tolerances[name] ?? 1e-5) * (1 + Math.abs(b)));
  const draw = (seed: number) =>
    [normalRows(6, 2, seed), normalRows(6, 2, `y${seed}`, { mean: 0.5, std: 1.5 })].map(
      quarters,
    ) as [number[][], number[][]];

  it.each(without([...unbiased, ...notDebiased]))('%s: D(x, x) = 0 and D ≥ 0', (name, loss) => {
    holds((seed) => {
      const [x, y] = draw(seed);
      near(name, value(loss, x, rotated(x, 2)), 0);
      for (const other of [x, rotated(x, 2), y]) {
        expect(value(loss, x, other)).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it.each(without([]))('%s: symmetric', (name, loss) => {
    holds((seed) => {
      const [x, y] = draw(seed);
      near(name, value(loss, x, y), value(loss, y, x));
    });
  });

  it.each(without([]))('%s: the same after a common shift', (name, loss) => {
    holds((seed, shift) => {
      const [x, y] = draw(seed);
      near(name, value(loss, shifted(x, shift), shifted(y, shift)), value(loss, x, y));
    });
  });

  it.each(without(ordered))('%s: the same in any order of rows', (name, loss) => {
    holds((seed) => {
      const [x, y] = draw(seed);
      near(name, value(loss, rotated(x, 1), rotated(y, 3)), value(loss, x, y));
    });
  });
});

describe('laws of dependence measures', () => {
  const draw = (seed: number) => {
    const x = normalRows(7, 2, seed);
    return [x, normalRows(7, 2, `e${seed}`).map(([a, b], i) => [a! + x[i]![0]! ** 2, b!])] as const;
  };
  it.each(Object.entries(ofPairs))(
    '%s: symmetric, the same after shifts and in any common order, never negative where biased',
    (name, loss) => {
      holds((seed, shift) => {
        const [x, y] = draw(seed).map(quarters) as [number[][], number[][]];
        const base = value(loss, x, y);
        const near = (other: number) => expect(Math.abs(other - base)).toBeLessThan(2e-5);
        near(value(loss, y, x));
        near(value(loss, shifted(x, shift), shifted(y, -shift)));
        near(value(loss, rotated(x, 3), rotated(y, 3)));
        if (!name.includes('unbiased')) expect(base).toBeGreaterThan(-1e-6);
        if (name === 'cka' || name === 'hsic, normalised, tiles')
          expect(base).toBeLessThan(1.00001);
      });
    },
  );
});

describe('laws of divergences between Gaussians', () => {
  const draw = (seed: number) =>
    ['a', 'b'].flatMap((which) => {
      const factor = normalRows(3, 3, `${which}${seed}`);
      const [mean] = quarters(normalRows(1, 3, `m${which}${seed}`));
      const cov = factor.map((a, i) =>
        factor.map((b, j) => a.reduce((s, v, c) => s + v * b[c]!, i === j ? 0.5 : 0)),
      );
      return [mean!, cov];
    }) as [number[], number[][], number[], number[][]];
  type Four = ReturnType<typeof draw>;
  const measure = (f: typeof gaussianW2, [m1, c1, m2, c2]: Four) =>
    scalarOf(() => f(tf.tensor1d(m1), tf.tensor2d(c1), tf.tensor1d(m2), tf.tensor2d(c2)));
  const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(1e-5 * (1 + b));
  /** Turns the first two axes by a quarter: exact. */
  const turned = ([m1, c1, m2, c2]: Four): Four => {
    const vector = ([a, b, c]: number[]) => [-b!, a!, c!];
    const matrix = (c: number[][]) => {
      const rows = c.map(vector);
      return [0, 1, 2].map((i) => vector(rows.map((row) => row[i]!)));
    };
    return [vector(m1), matrix(c1), vector(m2), matrix(c2)];
  };

  it.each(Object.entries({ gaussianW2, klGaussian }))(
    '%s: 0 between equals, never negative, the same after a shift and a turn',
    (name, f) => {
      holds((seed, shift) => {
        const four = draw(seed);
        const [m1, c1, m2, c2] = four;
        const base = measure(f, four);
        expect(base).toBeGreaterThan(0);
        near(measure(f, [m1, c1, m1, c1]), 0);
        near(measure(f, [m1.map((v) => v + shift), c1, m2.map((v) => v + shift), c2]), base);
        near(measure(f, turned(four)), base);
        if (name === 'gaussianW2') near(measure(f, [m2, c2, m1, c1]), base);
      });
    },
  );
});

describe('laws of divergences between discrete variables', () => {
  const draw = (seed: number) =>
    scalarRows(normalRows(2, 6, seed, { std: 3 })) as [number[], number[]];
  const scalarRows = (logits: Rows) =>
    logits.map((row) => {
      const exps = row.map(Math.exp);
      const sum = exps.reduce((a, b) => a + b, 0);
      return exps.map((v) => Math.fround(v / sum));
    });

  it.each(Object.entries({ klCategorical, klBernoulli, totalVariation }))(
    '%s: 0 between equals only, never negative, the same in any common order',
    (name, f) => {
      holds((seed) => {
        const [p, q] = draw(seed);
        const of = (a: number[], b: number[]) => scalarOf(() => f(tensor([a]), tensor([b])));
        const base = of(p, q);
        expect(of(p, p)).toBe(0);
        expect(base).toBeGreaterThan(0);
        const other = of(rotated(p, 2), rotated(q, 2));
        expect(Math.abs(other - base)).toBeLessThan(1e-5 * (1 + base));
        if (name !== 'totalVariation') return;
        expect(of(q, p)).toBe(base);
        expect(base).toBeLessThanOrEqual(1);
        // Pinsker: TV ≤ √(KL/2).
        const kl = scalarOf(() => klCategorical(tensor([p]), tensor([q])));
        expect(base).toBeLessThan(Math.sqrt(kl / 2) + 1e-5);
      });
    },
  );
});
