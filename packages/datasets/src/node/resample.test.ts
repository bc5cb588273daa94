import { createRng } from '@causal/random';
import { SquareResampler } from './resample';

const noise = (length: number): Uint8Array => {
  const rng = createRng(1);
  return Uint8Array.from({ length }, () => rng.int(256));
};

describe('SquareResampler', () => {
  it('copies the middle square when the size stays', () => {
    const source = noise(7 * 9 * 3);
    const out = new SquareResampler(5, 5).resize(source, 7, 9, 3);
    for (let y = 0; y < 5; y++) {
      const from = ((y + 2) * 7 + 1) * 3;
      expect([...out.slice(y * 15, y * 15 + 15)]).toEqual([...source.slice(from, from + 15)]);
    }
  });

  it('is the weighted mean by a triangle over the neighbourhood, when shrinking and enlarging', () => {
    const source = noise(10 * 10 * 3);
    for (const size of [4, 23]) {
      const out = new SquareResampler(10, size).resize(source, 10, 10, 3);
      const ratio = 10 / size;
      const reach = Math.max(1, ratio);
      const weight = (i: number, k: number): number =>
        Math.max(0, 1 - Math.abs((k + 0.5 - (i + 0.5) * ratio) / reach));
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          let sum = 0;
          let total = 0;
          for (let v = 0; v < 10; v++) {
            for (let u = 0; u < 10; u++) {
              const w = weight(y, v) * weight(x, u);
              total += w;
              sum += w * source[(v * 10 + u) * 3 + 1]!;
            }
          }
          expect(Math.abs(out[(y * size + x) * 3 + 1]! - sum / total)).toBeLessThan(0.51);
        }
      }
    }
  });

  it('takes grey and transparent pictures', () => {
    const same = new SquareResampler(2, 2);
    expect([...same.resize(Uint8Array.of(1, 2, 3, 4), 2, 2, 1)]).toEqual([
      1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4,
    ]);
    const rgba = Uint8Array.of(9, 8, 7, 255, 9, 8, 7, 0, 0, 0, 0, 51, 1, 2, 3, 255);
    expect([...same.resize(rgba, 2, 2, 4)]).toEqual([
      9, 8, 7, 255, 255, 255, 204, 204, 204, 1, 2, 3,
    ]);
  });
});
