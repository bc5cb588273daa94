import { createRng } from '@causal/random';
import { mic } from '../mic/statistics';
import { conceptAssociation } from './association';
import { intervals } from './interval';
import { mcc } from './mcc';
import { formatReport, representationReport } from './report';

const table = (seed: number, n: number, d: number): number[][] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => Array.from({ length: d }, () => rng.normal()));
};

describe('intervals', () => {
  it('cover a known mean about as often as they say', async () => {
    // 200 data sets, 90 % intervals of a mean: 180 ± 4.24 expected; the bound is 5 deviations plus
    // the interval's own error with 60 half-samples. Fixed seeds: cannot fail by chance.
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const values = createRng(seed).normals(60);
      const [mean] = await intervals(
        60,
        (rows) => [rows.reduce((sum, i) => sum + values[i]!, 0) / rows.length],
        { samples: 60, level: 0.9, seed },
      );
      if (mean!.low <= 0 && mean!.high >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(180 - 22);
    expect(covered).toBeLessThan(180 + 16);
  });

  it('can be cancelled and refuse nonsense', async () => {
    const none = (): number[] => [0];
    await expect(intervals(10, none, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    await expect(intervals(10, none, { samples: 1 })).rejects.toThrow(
      /`samples` must be an integer ≥ 2/,
    );
    await expect(intervals(10, none, { level: 1 })).rejects.toThrow(
      /`level` must be a finite number > 0 and < 1/,
    );
  });
});

describe('conceptAssociation', () => {
  it('averages each concept’s latents and scores them against its own label', () => {
    const u = table(1, 200, 2);
    const z = u.map(([a, b], i) => [a! + (i % 3), a! - (i % 3), b!, b!]);
    const result = conceptAssociation(z, u);
    const column = u.map((row) => row[0]!);
    expect(result.micOf[0]).toBeCloseTo(mic(column, column), 12);
    expect(result.mic).toBeCloseTo((result.micOf[0]! + result.micOf[1]!) / 2, 12);
    expect(result.tic).toBeLessThanOrEqual(result.mic);
    expect(() => conceptAssociation(table(1, 9, 3), table(1, 9, 2))).toThrow(/no multiple of 2/);
  });
});

describe('representationReport', () => {
  it('gives every score with an interval, and a table', async () => {
    const u = table(2, 160, 2);
    const noise = table(3, 160, 2);
    const z = u.map((row, i) => row.map((v, j) => v + 0.2 * noise[i]![j]!));
    const report = await representationReport(z, u, {
      samples: 6,
      names: ['angle', 'light'],
      aligned: true,
    });
    expect(report.scores.mcc.value).toBe(mcc(z, u));
    expect(report.scores.mic.value).toBe(conceptAssociation(z, u).mic);
    for (const { value, low, high } of Object.values(report.scores)) {
      expect(Number.isFinite(value)).toBe(true);
      expect(low).toBeLessThanOrEqual(high);
    }
    expect(report.byLabel.linearProbe[0]).toBeGreaterThan(0.9);
    const text = formatReport(report);
    expect(text).toContain(`| mcc | ${report.scores.mcc.value.toFixed(3)} |`);
    expect(text).toMatch(/\| light \| 0\.\d{3} \|/);
  });

  it('matches latents with labels where they are not aligned', async () => {
    const u = table(2, 80, 2);
    const z = u.map(([a, b], i) => [b!, i % 5, -a!]);
    const report = await representationReport(z, u, { samples: 2 });
    expect(report.scores.mic.value).toBeCloseTo(1, 2);
    expect(report.labels).toEqual(['label 0', 'label 1']);
    await expect(representationReport(z, u, { names: ['one'] })).rejects.toThrow(/1 names for 2/);
    await expect(representationReport(z, u, { aligned: true })).rejects.toThrow(/no multiple/);
  });
});
