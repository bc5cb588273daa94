import { createRng } from '@causal/random';
import * as fc from 'fast-check';
import { Canvas } from './canvas';
import { ellipse, stroke } from './shapes';

const SIZE = 16;

/** Coverage by counting which of 32×32 points of each pixel lie inside (non-zero winding). */
function sampledCoverage(points: readonly number[]): Float64Array {
  const per = 32;
  const out = new Float64Array(SIZE * SIZE);
  for (let y = 0; y < SIZE * per; y++) {
    for (let x = 0; x < SIZE * per; x++) {
      const px = (x + 0.5) / per;
      const py = (y + 0.5) / per;
      let winding = 0;
      for (let i = 0; i < points.length; i += 2) {
        const j = (i + 2) % points.length;
        const [x0, y0, x1, y1] = [points[i]!, points[i + 1]!, points[j]!, points[j + 1]!];
        if (y0 <= py === y1 <= py) continue;
        if (x0 + ((py - y0) / (y1 - y0)) * (x1 - x0) < px) winding += y0 < y1 ? 1 : -1;
      }
      if (winding !== 0) out[((y / per) | 0) * SIZE + ((x / per) | 0)]! += 1 / per ** 2;
    }
  }
  return out;
}

function coverage(points: ArrayLike<number>, canvas = new Canvas(SIZE, SIZE)): Float64Array {
  canvas.clear([0, 0, 0]);
  canvas.fill(points, [1, 1, 1]);
  return Float64Array.from({ length: SIZE * SIZE }, (_, i) => canvas.pixels[3 * i]!);
}

const largestGap = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

const coordinate = fc.double({ min: -20, max: 36, noNaN: true });
const triangle = fc.array(coordinate, { minLength: 6, maxLength: 6 });

describe('Canvas', () => {
  it('covers pixels of triangles, also ones that reach outside, as counting points does', () => {
    fc.assert(
      fc.property(triangle, (points) => {
        // A row of 32 points may be off by one at each of the two edges that cross a pixel.
        expect(largestGap(coverage(points), sampledCoverage(points))).toBeLessThan(0.07);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('covers discs and thick lines as counting points does', () => {
    const rng = createRng(2);
    const at = (): number => -4 + 24 * rng.uniform();
    for (let k = 0; k < 12; k++) {
      const disc = [...ellipse(at(), at(), 1 + 8 * rng.uniform(), 1 + 5 * rng.uniform())];
      expect(largestGap(coverage(disc), sampledCoverage(disc))).toBeLessThan(0.07);
      const line = stroke([at(), at(), at(), at()], 0.5 + 4 * rng.uniform(), 'projecting');
      expect(largestGap(coverage(line), sampledCoverage(line))).toBeLessThan(0.07);
    }
  });

  it('paints exactly the area of a shape that lies inside', () => {
    const area = (points: ArrayLike<number>): number => coverage(points).reduce((a, b) => a + b, 0);
    expect(area(ellipse(8.3, 7.1, 5, 4))).toBeCloseTo(Math.PI * 20, 4);
    expect(area(stroke([3, 3, 12.5, 9.25], 2, 'butt'))).toBeCloseTo(2 * Math.hypot(9.5, 6.25), 4);
    expect(area(stroke([3, 3, 12, 3], 2, 'projecting'))).toBeCloseTo(2 * 11, 4);
    // Two strokes at a right angle with a mitred corner: 2·9 + 2·6 less nothing, plus nothing.
    expect(area(stroke([3, 3, 12, 3, 12, 9], 2, 'butt'))).toBeCloseTo(30, 4);
  });

  it('moves the picture when the shape moves by whole pixels', () => {
    const still = coverage(ellipse(6.2, 7.6, 3, 2));
    const moved = coverage(ellipse(8.2, 8.6, 3, 2));
    for (let y = 0; y < SIZE - 1; y++) {
      for (let x = 0; x < SIZE - 2; x++) {
        expect(moved[(y + 1) * SIZE + x + 2]).toBeCloseTo(still[y * SIZE + x]!, 6);
      }
    }
  });

  it('leaves nothing behind between fills and paints huge shapes in bounded time', () => {
    const canvas = new Canvas(SIZE, SIZE);
    coverage([-1e17, -3, 1e17, 4.7, 5, 1e15], canvas);
    coverage(ellipse(3, 3, 1e6, 40), canvas);
    const reused = coverage(ellipse(8, 8, 3, 3), canvas);
    expect(largestGap(reused, coverage(ellipse(8, 8, 3, 3)))).toBe(0);
  });

  it('changes only pixels inside the clip, and blends by alpha', () => {
    const canvas = new Canvas(4, 4);
    canvas.clear([1, 1, 1]);
    canvas.clip([1, 1, 3, 9]);
    canvas.fill([-5, -5, 9, -5, 9, 9, -5, 9], [0, 0.5, 1, 0.25]);
    const bytes = new Uint8Array(48);
    canvas.toBytes(bytes);
    expect([...bytes.slice(0, 3)]).toEqual([255, 255, 255]);
    expect([...bytes.slice(15, 18)]).toEqual([191, 223, 255]);
    expect([...bytes.slice(21, 24)]).toEqual([255, 255, 255]);
  });
});
