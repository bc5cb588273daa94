import { createRng } from '@causal/random';
import {
  dci,
  frechetDistance,
  irs,
  knnProbe,
  linearProbe,
  mcc,
  mccMatch,
  mig,
  representationReport,
  sap,
} from './index';

type Rows = number[][];
const rng = createRng(5);
const u: Rows = Array.from({ length: 80 }, () => [rng.normal(), rng.normal()]);
const withConstant = u.map((row) => [...row, 7]);
const scores = { mcc, mig, sap, irs } as const;

describe('constant factors', () => {
  it.each(Object.entries(scores))('%s leaves them out', (_, score) => {
    expect(score(u, withConstant)).toBeCloseTo(score(u, u), 12);
    expect(() => score(u, u.map(() => [3, 4]))).toThrow(/every label is constant over the 80 rows/); // prettier-ignore
  });

  it('dci and probes leave them out, and say NaN for them', () => {
    const [plain, more] = [dci(u, u), dci(u, withConstant)];
    for (const score of ['disentanglement', 'completeness', 'informativeness'] as const) {
      expect(more[score]).toBeCloseTo(plain[score], 12);
    }
    expect(more.informativenessOf[2]).toBeNaN();
    for (const probe of [linearProbe, knnProbe]) {
      expect(probe(u, withConstant).score).toBeCloseTo(probe(u, u).score, 12);
      expect(probe(u, withConstant).scores[2]).toBeNaN();
      expect(() => probe(u, u.map(() => [3]))).toThrow(/every label is constant/); // prettier-ignore
    }
    expect(mccMatch(u, withConstant).latentOf).toEqual([0, 1, -1]);
  });

  it('a half-sample that lacks a rare value does not end a report', async () => {
    const rare = u.map((_, i) => [i === 0 ? 1 : 0]);
    const report = await representationReport(u, rare, { samples: 8 });
    expect(report.scores.mcc.value).toBe(mcc(u, rare));
    expect(report.scores.mcc.low).toBeLessThanOrEqual(report.scores.mcc.high);
  });
});

describe('few rows', () => {
  it('dci of the labels themselves finds them on twelve rows', () => {
    const rows = Array.from({ length: 12 }, (_, i) => [i, (5 * i) % 12].map((v) => v + 0.5));
    const { disentanglement, completeness } = dci(rows, rows);
    expect(disentanglement).toBeGreaterThan(0.5);
    expect(completeness).toBeGreaterThan(0.5);
  });

  it('one latent, one label, two rows: numbers or a reason', () => {
    const two = [[0.5], [1.5]];
    for (const score of Object.values(scores)) expect(Number.isFinite(score(two, two))).toBe(true);
    expect(mcc(two, two)).toBeCloseTo(1, 12);
    for (const score of [dci, linearProbe, knnProbe, mig]) {
      expect(() => score([[1]], [[1]])).toThrow(/constant/);
    }
  });
});

describe('categories', () => {
  it('have no order in mcc where they are said to be classes', () => {
    const kinds = ['discrete'] as const;
    const classes = Array.from({ length: 60 }, (_, i) => i % 3);
    // The latent tells the classes perfectly, in another order than their numbers.
    const z = classes.map((c) => [[0, 5, 1][c]!]);
    const named = (order: number[]) => mcc(z, classes.map((c) => [order[c]!]), { kinds }); // prettier-ignore
    expect(named([0, 1, 2])).toBeCloseTo(1, 12);
    expect(named([2, 0, 1])).toBeCloseTo(1, 12);
    expect(mcc(z, classes.map((c) => [c]))).toBeLessThan(0.3); // prettier-ignore
    const binary = u.map(([a]) => [a! > 0 ? 1 : 0]);
    expect(mcc(u, binary, { kinds })).toBeCloseTo(mcc(u, binary), 12);
  });
});

describe('the ends of float64', () => {
  it.each([1e-200, 1e-160, 1e154, 1e250])('scores do not depend on a unit of %s', (unit) => {
    const far = u.map((row) => row.map((v) => v * unit));
    for (const score of [mcc, mig, sap]) expect(score(far, far)).toBeCloseTo(score(u, u), 6);
    expect(irs(far, u)).toBeCloseTo(irs(u, u), 6);
    expect(linearProbe(far, far).score).toBeCloseTo(linearProbe(u, u).score, 6);
    expect(knnProbe(far, far).score).toBeCloseTo(knnProbe(u, u).score, 6);
    expect(dci(far, far).informativeness).toBeCloseTo(dci(u, u).informativeness, 6);
  });

  it('frechetDistance: right as long as its square is a number, else a reason', () => {
    const v = u.map(([a, b]) => [2 * a! + 1, b! - 1]);
    const plain = frechetDistance(u, v);
    const of = (unit: number) =>
      frechetDistance(...([u, v].map((t) => t.map((r) => r.map((x) => x * unit))) as [Rows, Rows]));
    expect(of(1e150) / 1e300 / plain).toBeCloseTo(1, 9);
    expect(of(1e-150) / 1e-300 / plain).toBeCloseTo(1, 9);
    expect(() => of(1e160)).toThrow(/leaves float64/);
    expect(of(1e-170)).toBe(0);
    expect(frechetDistance(u, u)).toBeLessThan(1e-9);
    expect(frechetDistance(u.map(() => [0]), u.map(() => [0]))).toBe(0); // prettier-ignore
  });
});
