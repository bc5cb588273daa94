import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { useEngine } from '@causal/testing';
import * as fc from 'fast-check';
import { PNG } from 'pngjs';
import { NEUTRAL_LOOK } from '../look';
import { Figure } from '../raster/figure';
import { drawFlow, WINDOW } from './draw';
import { flow } from './flow';

useEngine();

const bytesOf = (images: { dataSync(): ArrayLike<number>; dispose(): void }): Uint8Array => {
  const bytes = Uint8Array.from(images.dataSync(), (v) => Math.round(v * 255));
  images.dispose();
  return bytes;
};

describe('flow', () => {
  // Ball radius, height, flow and hole of released pictures, and the noise of their jets.
  it.each([
    ['flow-003', 5 / 30, 2.20462962962963, 2.545900844713146, 2, 0.01],
    ['flow-011', 0.5, 1.125, 3.0310889132455356, 14 / 3, 0.01],
    ['flow-020', 25 / 30, 1.5787037037037037, 3.5906471441204366, 14 / 3, 0.021475279977798287],
    ['flow-033', 34 / 30, 5.355703703703703, 3.9680938608970537, 2, 0.01],
    ['flow-038', 0.7, 3.543, 3.2274479081776053, 2, 0.01],
  ])('draws the released picture %s', (file, ball, height, strength, hole, noise) => {
    const figure = new Figure(96, 'released', WINDOW);
    drawFlow(figure, [ball, height, strength, hole], NEUTRAL_LOOK, noise);
    const theirs = PNG.sync.read(readFileSync(`${__dirname}/../../fixtures/${file}.png`)).data;
    let total = 0;
    for (let k = 0; k < 96 * 96; k++) {
      for (let c = 0; c < 3; c++) {
        total += Math.abs(figure.canvas.pixels[3 * k + c]! - theirs[4 * k + c]! / 255);
      }
    }
    expect(total / (96 * 96 * 3)).toBeLessThan(0.0005);
  });

  it('has the released counts and ranges, and no label in two splits', () => {
    const data = flow({ size: 8 });
    expect([data.size('train'), data.size('validation'), data.size('test')]).toEqual([
      6480, 0, 1620,
    ]);
    const rows = [...data.labels('train'), ...data.labels('test')];
    expect(new Set(rows.map(String)).size).toBe(8100);
    data.concepts.forEach((concept, c) => {
      expect(Math.min(...rows.map((r) => r[c]!))).toBe(concept.range[0]);
      expect(Math.max(...rows.map((r) => r[c]!))).toBe(concept.range[1]);
    });
    expect(data.concepts.map((c) => c.name)).toEqual(['ball', 'height', 'flow', 'hole']);
  });

  it('passes do() on through ball → height → flow with the water of each cup kept', () => {
    const data = flow({ size: 8, train: 40, test: 1, continuous: true });
    const labels = data.labels('train');
    data.counterfactual(labels, { ball: 1.1 }).forEach((row, k) => {
      const [ball, height, , hole] = labels[k]!;
      const raised = height! - ball! ** 3 + 1.1 ** 3;
      expect(row[1]).toBeCloseTo(raised, 12);
      expect(row[2]).toBeCloseTo(Math.sqrt(1.96 * raised * (hole! - 0.5)), 12);
      expect([row[0], row[3]]).toEqual([1.1, hole]);
    });
    data.counterfactual(labels, { hole: 3, height: 2 }).forEach((row, k) => {
      expect(row).toEqual([labels[k]![0], 2, Math.sqrt(1.96 * 2 * 2.5), 3]);
    });
    data.counterfactual(labels, { flow: 4 }).forEach((row, k) => {
      expect(row).toEqual([labels[k]![0], labels[k]![1], 4, labels[k]![3]]);
    });
    expect(data.counterfactual(labels, { hole: 0 })[0]![2]).toBe(0);
  });

  it('renders any combination as finite values in [0, 1]', () => {
    const data = flow({ size: 16, train: 1, test: 1 });
    const any = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(any, { minLength: 4, maxLength: 4 }), (labels) => {
        const image = data.render([labels]);
        const values = image.dataSync();
        image.dispose();
        expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
      }),
    );
  });

  it('draws the same bytes as ever, in both framings', () => {
    for (const framing of ['tight', 'released'] as const) {
      const bytes = bytesOf(flow({ framing }).batch('test', [0, 1, 2, 3]).images);
      expect(createHash('sha256').update(bytes).digest('hex')).toMatchSnapshot(framing);
    }
  });

  it('keeps the look of a scene in a counterfactual picture when asked', () => {
    const data = flow({ size: 24, train: 8, test: 1, varyBackground: true, varyBall: true });
    const rows = [2, 5];
    const labels = rows.map((r) => data.labels('train')[r]!);
    const same = bytesOf(data.render(labels, { split: 'train', rows }));
    expect(same).toEqual(bytesOf(data.batch('train', rows).images));
    expect(bytesOf(data.render(labels))).not.toEqual(same);
    expect(() => data.render(labels, { split: 'train', rows: [1] })).toThrow('1 rows for 2 rows');
    expect(() => data.render([labels[0]!], { split: 'test', rows: [1] })).toThrow('no row 1');
  });
});
