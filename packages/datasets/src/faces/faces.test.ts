import { createHash } from 'node:crypto';
import { useEngine } from '@causal/testing';
import * as fc from 'fast-check';
import { faces } from './faces';

useEngine();

const bytesOf = (images: { dataSync(): ArrayLike<number>; dispose(): void }): Uint8Array => {
  const bytes = Uint8Array.from(images.dataSync(), (v) => Math.round(v * 255));
  images.dispose();
  return bytes;
};

const unsquash = (v: number): number => (2 * (2 * v - 1)) / Math.sqrt(1 - (2 * v - 1) ** 2);

/** Least squares of y on the columns of x and a constant, by the normal equations. */
function regress(x: readonly (readonly number[])[], y: readonly number[]): number[] {
  const rows = x.map((r) => [...r, 1]);
  const d = rows[0]!.length;
  const a = Array.from({ length: d }, (_, i) => [
    ...Array.from({ length: d }, (_, j) => rows.reduce((s, r) => s + r[i]! * r[j]!, 0)),
    rows.reduce((s, r, k) => s + r[i]! * y[k]!, 0),
  ]);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < d; k++) {
      if (k === i) continue;
      const f = a[k]![i]! / a[i]![i]!;
      for (let j = i; j <= d; j++) a[k]![j]! -= f * a[i]![j]!;
    }
  }
  return a.map((row, i) => row[d]! / row[i]!);
}

describe('faces', () => {
  it.each(['smile', 'beard'] as const)('has labels that follow the graph of %s', (concepts) => {
    const data = faces({ size: 8, concepts, train: 4000, test: 1, seed: 3 });
    const rows = data.labels('train');
    expect(rows.flat().every((v) => v > 0 && v < 1)).toBe(true);
    data.concepts.forEach((_, effect) => {
      const parents = data.graph.map((r, i) => (r[effect] ? i : -1)).filter((i) => i >= 0);
      const descendants = new Set([effect]);
      for (let pass = 0; pass < 4; pass++) {
        data.graph.forEach((r, i) => {
          if (descendants.has(i)) r.forEach((e, j) => e && descendants.add(j));
        });
      }
      const others = data.concepts.map((_, i) => i).filter((i) => !descendants.has(i));
      const y = rows.map((r) => unsquash(r[effect]!));
      const slopes = regress(
        rows.map((r) => others.map((i) => r[i]!)),
        y,
      );
      others.forEach((i, k) => {
        // Slopes of non-causes have standard errors below .13 here (fixed seed).
        if (parents.includes(i)) expect(Math.abs(slopes[k]!)).toBeGreaterThan(0.9);
        else expect(Math.abs(slopes[k]!)).toBeLessThan(0.5);
      });
    });
  });

  it('gives true counterfactuals: undoing do() gives the row back, do() on an effect moves it alone', () => {
    const data = faces({ size: 8, train: 60, test: 1 });
    const labels = data.labels('train');
    const smiled = data.counterfactual(labels, { smile: 0.95 });
    smiled.forEach((row, k) => {
      const back = data.counterfactual([row], { smile: labels[k]![1]! })[0]!;
      back.forEach((v, c) => expect(v).toBeCloseTo(labels[k]![c]!, 9));
      expect(row[0]).toBe(labels[k]![0]);
      if (labels[k]![1]! < 0.95) expect(row[3]).toBeGreaterThan(labels[k]![3]!);
    });
    data.counterfactual(labels, { eyes: 0.2 }).forEach((row, k) => {
      expect(row).toEqual([labels[k]![0], labels[k]![1], 0.2, labels[k]![3]]);
    });
  });

  it('has binary labels with the same graph and the more probable counterfactual', () => {
    const data = faces({ size: 8, labels: 'binary', concepts: 'beard', train: 3000, test: 1 });
    const rows = data.labels('train');
    expect(new Set(rows.flat())).toEqual(new Set([0, 1]));
    expect(data.concepts.every((c) => c.kind === 'binary')).toBe(true);
    const share = (gender: number): number => {
      const some = rows.filter((r) => r[1] === gender);
      return some.filter((r) => r[3] === 1).length / some.length;
    };
    expect(share(1)).toBeGreaterThan(share(0) + 0.4);
    expect(data.counterfactual([[1, 1, 0, 1]], { gender: 0 })).toEqual([[1, 0, 0, 0]]);
    expect(data.counterfactual([[1, 1, 0, 1]], { gender: 1 })).toEqual([[1, 1, 0, 1]]);
  });

  it('renders any combination as finite values in [0, 1], at any size and aspect', () => {
    const any = fc.double({ min: -100, max: 100, noNaN: true });
    for (const concepts of ['smile', 'beard'] as const) {
      const data = faces({ size: 12, aspect: 218 / 178, concepts, train: 3, test: 1 });
      expect(data.imageShape).toEqual([15, 12, 3]);
      fc.assert(
        fc.property(fc.array(any, { minLength: 4, maxLength: 4 }), (labels) => {
          const image = data.render([labels], { split: 'train', rows: [2] });
          const values = image.dataSync();
          image.dispose();
          expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
        }),
        { numRuns: 40 },
      );
    }
  });

  it('shows each concept, and the same person in a counterfactual picture', () => {
    for (const concepts of ['smile', 'beard'] as const) {
      const data = faces({ size: 48, concepts, train: 4, test: 1 });
      const like = { split: 'train', rows: [1] } as const;
      const base = data.labels('train')[1]!;
      const factual = bytesOf(data.batch('train', [1]).images);
      expect(bytesOf(data.render([base], like))).toEqual(factual);
      base.forEach((_, c) => {
        const low = bytesOf(data.render([base.map((v, i) => (i === c ? 0.05 : v))], like));
        const high = bytesOf(data.render([base.map((v, i) => (i === c ? 0.95 : v))], like));
        const changed = low.filter((v, i) => Math.abs(v - high[i]!) > 8).length / low.length;
        expect(changed).toBeGreaterThan(0.004);
        expect(changed).toBeLessThan(0.5);
      });
    }
  });

  it('draws the same bytes as ever', () => {
    for (const concepts of ['smile', 'beard'] as const) {
      const bytes = bytesOf(
        faces({ concepts, train: 4, test: 4 }).batch('test', [0, 1, 2, 3]).images,
      );
      expect(createHash('sha256').update(bytes).digest('hex')).toMatchSnapshot(concepts);
    }
  });

  it('refuses what it cannot do', () => {
    expect(() => faces({ concept: 'smile' } as object)).toThrow('did you mean `concepts`');
    expect(() => faces({ concepts: 'hats' as 'smile' })).toThrow(
      "`concepts` must be one of 'smile', 'beard', got ",
    );
    expect(() => faces({ labels: 'binary', labelNoise: 0.1 })).toThrow('labelNoise is for');
    expect(() => faces({ aspect: 9 })).toThrow('`aspect` must be a finite number ≥ 0.5 and ≤ 2');
  });
});
