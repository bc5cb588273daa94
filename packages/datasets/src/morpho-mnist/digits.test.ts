import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '@causal/random';
import { readDigitFiles } from '../node/mnist/digit-files';
import { expand } from './expand';
import { drawSlant, drawThickness, intensityFrom, intensityNoise } from './law';
import { binarised, measureDigit } from './measure';
import { setIntensity, setSlant, setThickness } from './setters';
import { pixelsOf, shapeOf } from './shape';

/** What scikit-image makes of the same digits: scripts/morpho-reference.py. */
const reference = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/morpho-mnist.json'), 'utf8'),
) as {
  measures: {
    thickness: number[];
    length: number[];
    slant: number;
    width: number;
    height: number;
    intensity: number;
  }[];
  set: { thickness: number; own: number; picture: string }[];
};
const { pictures } = readDigitFiles('test').train;
const digit = (k: number): Uint8Array => pictures.subarray(k * 784, (k + 1) * 784);
const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

describe('measureDigit', () => {
  const measured = reference.measures.map((_, k) => measureDigit(digit(k)));

  it('gives slant, width, height and intensity of the reference on 200 digits', () => {
    measured.forEach((m, k) => {
      for (const name of ['slant', 'width', 'height', 'intensity'] as const) {
        expect(Math.abs(m[name] - reference.measures[k]![name])).toBeLessThan(1e-5);
      }
    });
  });

  it('gives thickness and length as near to the reference as that is to itself', () => {
    // The reference draws lots: leaving out one of its five seeds, thickness differs by .005 in the
    // mean from the others', length by .35. Ours take equals in reading order.
    const off = (name: 'thickness' | 'length'): number[] =>
      measured.map((m, k) => m[name] - mean(reference.measures[k]![name]));
    expect(mean(off('thickness').map(Math.abs))).toBeLessThan(0.009);
    expect(Math.abs(mean(off('thickness')))).toBeLessThan(0.002);
    expect(Math.max(...off('thickness').map(Math.abs))).toBeLessThan(0.2);
    expect(mean(off('length').map(Math.abs))).toBeLessThan(0.75);
    expect(Math.max(...off('length').map(Math.abs))).toBeLessThan(3);
  });

  it('measures a bar', () => {
    const bar = new Uint8Array(784);
    for (let y = 4; y < 24; y++) bar.fill(200, y * 28 + 11, y * 28 + 17);
    const { thickness, slant, width, height, intensity } = measureDigit(bar);
    // Six wide; towards its corners the axis is nearer to the border.
    expect(thickness).toBeGreaterThan(4);
    expect(thickness).toBeLessThan(6.1);
    expect(slant).toBeCloseTo(0, 6);
    // The enlarged picture is smooth: some ink lies beyond the bar.
    expect(Math.abs(width - 6.4)).toBeLessThan(0.6);
    expect(Math.abs(height - 20)).toBeLessThan(1);
    expect(intensity).toBe(200);
  });

  it('takes fractions, and pictures without a digit', () => {
    const { thickness, ...rest } = measureDigit(Array.from(digit(0), (v) => v * 0.5));
    expect(Math.abs(thickness - measured[0]!.thickness)).toBeLessThan(0.1);
    expect(Math.abs(rest.slant - measured[0]!.slant)).toBeLessThan(0.01);
    expect(measureDigit(new Float32Array(784).fill(7))).toEqual({
      thickness: 0, length: 0, slant: 0, width: 0, height: 0, intensity: 7,
    }); // prettier-ignore
  });

  it('refuses other pictures', () => {
    expect(() => measureDigit(new Uint8Array(1024))).toThrow(/784 numbers, got 1024.*32 × 32/);
    expect(() => measureDigit(new Float32Array(784).fill(NaN))).toThrow(/pixel 0 is NaN/);
    expect(() => measureDigit(new Float32Array(784).fill(-1))).toThrow(/expected 0–255/);
  });
});

describe('shapeOf', () => {
  it('is the enlarged picture at half its range, but for one pixel in a thousand', () => {
    let [set, different] = [0, 0];
    for (let k = 0; k < 3; k++) {
      const plain = binarised(expand(digit(k), 16))!;
      const quick = pixelsOf(shapeOf(digit(k))!);
      plain.forEach((v, i) => {
        set += v;
        different += Number(v !== quick[i]);
      });
    }
    expect(set).toBeGreaterThan(50_000);
    expect(different / set).toBeLessThan(0.001);
  });

  it('is not there for a picture of one grey', () => {
    expect(shapeOf(new Uint8Array(784))).toBeUndefined();
  });
});

describe('setThickness', () => {
  it('draws the reference’s pictures', () => {
    const off = reference.set.map(({ thickness, picture }, k) => {
      const expected = Buffer.from(picture, 'base64');
      return mean(
        Array.from(setThickness(digit(k), thickness), (v, i) => Math.abs(v - expected[i]!)),
      );
    });
    // In grey levels. Where the own thickness falls to the other side of a whole radius, the outline
    // moves by a sixteenth of a pixel.
    expect(Math.max(...off)).toBeLessThan(2.5);
    expect(mean(off)).toBeLessThan(0.25);
    expect(off.filter((v) => v < 0.02).length).toBeGreaterThan(12);
  });

  it('is measured again', () => {
    // Strokes of uneven width are worn through, or grow together: near, not equal.
    const off = [1.5, 2.5, 4].flatMap((t) =>
      Array.from({ length: 8 }, (_, k) =>
        Math.abs(measureDigit(setThickness(digit(k), t)).thickness - t),
      ),
    );
    expect(mean(off)).toBeLessThan(0.3);
    expect(Math.max(...off)).toBeLessThan(2);
  });
});

describe('setIntensity and setSlant', () => {
  it('are measured again', () => {
    for (let k = 0; k < 8; k++) {
      for (const i of [70, 128, 240]) {
        const { intensity } = measureDigit(setIntensity(digit(k), i));
        // Held to 255, bright digits lose contrast, and the half of it moves.
        expect(Math.abs(intensity - i)).toBeLessThan(i > 200 ? 12 : 1.01);
      }
      for (const slant of [-0.5, 0, 0.4]) {
        expect(Math.abs(measureDigit(setSlant(digit(k), slant)).slant - slant)).toBeLessThan(0.03);
      }
    }
  });

  it('refuse what cannot be', () => {
    expect(() => setIntensity(digit(0), 256)).toThrow(/intensity must be from 0 to 255, got 256/);
    expect(() => setSlant(digit(0), 2)).toThrow(/slant must be from -1.5 to 1.5/);
    expect(() => setThickness(digit(0), NaN)).toThrow(/thickness must be from 0 to 28, got NaN/);
    expect(() => setThickness(new Uint8Array(784), 2)).toThrow(/of one grey/);
    expect([...setIntensity(new Uint8Array(784), 90)]).toEqual(Array(784).fill(0));
    // Only blots are left of a stroke that is worn by its whole width.
    expect(mean([...setThickness(digit(0), 0)])).toBeLessThan(0.2 * mean([...digit(0)]));
  });
});

describe('the labels’ law', () => {
  it('has deepscm’s figures over 60,000 rows', () => {
    const rng = createRng(1);
    const rows = Array.from({ length: 60_000 }, () => {
      const t = drawThickness(rng);
      return [t, intensityFrom(t, rng.normal()), drawSlant(rng)] as const;
    });
    const column = (c: number): number[] => rows.map((row) => row[c]!);
    const deviation = (v: readonly number[], about = mean(v)): number =>
      Math.sqrt(mean(v.map((x) => (x - about) ** 2)));
    const [t, i, s] = [column(0), column(1), column(2)];
    // Five standard errors of 60,000 rows, times √2 where the published figure is itself a sample's:
    // each fails a right law with odds below 1e-6.
    expect(Math.abs(mean(t) - 2.5)).toBeLessThan(5 * 0.00258);
    expect(Math.abs(deviation(t) - Math.sqrt(0.4))).toBeLessThan(5 * 0.0021);
    expect(Math.abs(mean(i) - 158)).toBeLessThan(7.1 * 0.198);
    expect(Math.abs(deviation(i) - 48.4)).toBeLessThan(7.1 * 0.14);
    const together = mean(rows.map((row) => (row[0] - mean(t)) * (row[1] - 158)));
    expect(Math.abs(together / deviation(t) / deviation(i) - 0.908)).toBeLessThan(7.1 * 0.0008);
    expect(Math.abs(mean(s))).toBeLessThan(5 * 0.00129);
    expect(Math.abs(deviation(s) - 0.1 * Math.PI)).toBeLessThan(5 * 0.00091);
    // A least value outside .6–1.1 or a greatest outside 5.1–8 of 60,000: odds below 5e-5.
    const sorted = Float64Array.from(t).sort();
    expect(sorted[0]).toBeGreaterThan(0.6);
    expect(sorted[0]).toBeLessThan(1.1);
    expect(sorted.at(-1)).toBeGreaterThan(5.1);
    expect(sorted.at(-1)).toBeLessThan(8);
    for (const v of i) expect(v > 64 && v < 255).toBe(true);
  });

  it('gives the noise back', () => {
    for (const noise of [-3, 0, 1.5]) {
      expect(intensityNoise(3, intensityFrom(3, noise))).toBeCloseTo(noise, 6);
    }
    expect(Number.isFinite(intensityNoise(2, 255))).toBe(true);
  });
});
