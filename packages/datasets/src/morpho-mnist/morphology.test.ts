import { createRng, type Rng } from '@causal/random';
import { squaredDistance } from './distance';
import { medialAxis } from './medial-axis';
import { dilated, eroded, leanOf, type Runs, runsOf } from './runs';
import { pixelsOf } from './shape';

const SIDE = 24;

/** Some discs and holes, within a frame of background. */
function blobs(rng: Rng): Uint8Array {
  const binary = new Uint8Array(SIDE * SIDE);
  for (let k = 0; k < 6; k++) {
    const [cx, cy, r] = [rng.int(SIDE), rng.int(SIDE), 1 + rng.int(6)];
    for (let y = 1; y < SIDE - 1; y++) {
      for (let x = 1; x < SIDE - 1; x++) {
        if ((x - cx) ** 2 + (y - cy) ** 2 <= r * r) binary[y * SIDE + x] = k === 4 ? 0 : 1;
      }
    }
  }
  return binary;
}

/** Connected parts, diagonals included. */
function partsOf(binary: Uint8Array): number {
  const left = binary.slice();
  let count = 0;
  for (let start = left.indexOf(1); start >= 0; start = left.indexOf(1)) {
    count++;
    const open = [start];
    left[start] = 0;
    for (let i = open.pop(); i !== undefined; i = open.pop()) {
      for (let j = 0; j < 9; j++) {
        const next = i + ((j % 3) - 1) + (Math.floor(j / 3) - 1) * SIDE;
        if (!left[next]) continue;
        left[next] = 0;
        open.push(next);
      }
    }
  }
  return count;
}

function brute(binary: Uint8Array, i: number): number {
  let best = 2 ** 28;
  for (let j = 0; j < binary.length; j++) {
    if (binary[j]) continue;
    const d = ((i % SIDE) - (j % SIDE)) ** 2 + (Math.floor(i / SIDE) - Math.floor(j / SIDE)) ** 2;
    best = Math.min(best, d);
  }
  return best;
}

describe('squaredDistance', () => {
  it('is what trying all pairs gives', () => {
    for (let seed = 0; seed < 6; seed++) {
      const binary = blobs(createRng(seed));
      const distance = squaredDistance(binary, SIDE, SIDE);
      binary.forEach((set, i) => expect(distance[i]).toBe(set ? brute(binary, i) : 0));
    }
  });

  it('says that there is no background', () => {
    expect(squaredDistance(new Uint8Array(6).fill(1), 3, 2)[0]).toBe(2 ** 28);
  });

  it('counts nothing beyond the border', () => {
    expect([...squaredDistance(Uint8Array.from([1, 1, 0, 1, 1, 1]), 3, 2)]).toEqual([
      4, 1, 0, 5, 2, 1,
    ]);
  });
});

describe('medialAxis', () => {
  it('keeps the parts, is thin, and lies on the ridge', () => {
    for (let seed = 0; seed < 12; seed++) {
      const binary = blobs(createRng(seed));
      const distance = squaredDistance(binary, SIDE, SIDE);
      const axis = medialAxis(binary, distance, SIDE);
      expect(partsOf(axis)).toBe(partsOf(binary));
      // The pixel farthest from the background is on the axis or beside it.
      const far = distance.indexOf(distance.reduce((a, b) => Math.max(a, b)));
      const around = [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => far + dy * SIDE + dx));
      expect(around.some((i) => axis[i] === 1)).toBe(true);
      for (let i = 0; i < axis.length; i++) {
        if (axis[i]) expect(binary[i]).toBe(1);
      }
      const ink = binary.reduce((a, b) => a + b, 0);
      expect(axis.reduce((a, b) => a + b, 0)).toBeLessThan(0.75 * ink);
    }
  });

  it('is the diagonals and the middle of a rectangle', () => {
    const [width, height] = [9, 7];
    const binary = new Uint8Array(width * height);
    for (let y = 1; y < 6; y++) binary.fill(1, y * width + 1, y * width + 8);
    const axis = medialAxis(binary, squaredDistance(binary, width, height), width);
    const rows = Array.from({ length: height }, (_, y) =>
      [...axis.subarray(y * width, (y + 1) * width)].join(''),
    );
    expect(rows).toEqual([
      '000000000',
      '010000010',
      '001000100',
      '000111000',
      '001000100',
      '010000010',
      '000000000',
    ]);
  });
});

describe('runs', () => {
  const asPixels = (runs: Runs): number[] => [...pixelsOf(runs)];

  it('are the pixels, there and back', () => {
    for (let seed = 0; seed < 5; seed++) {
      const binary = blobs(createRng(seed));
      expect(asPixels(runsOf(binary, SIDE))).toEqual([...binary]);
    }
    expect(asPixels(runsOf(new Uint8Array(9).fill(1), 3))).toEqual(Array(9).fill(1));
  });

  it.each([1, 2, 3, 7])('grow and are worn by the disc of radius %i', (radius) => {
    for (let seed = 0; seed < 2; seed++) {
      const binary = blobs(createRng(seed));
      const within = (i: number, value: number): boolean =>
        binary.some(
          (v, j) =>
            v === value &&
            ((i % SIDE) - (j % SIDE)) ** 2 + (Math.floor(i / SIDE) - Math.floor(j / SIDE)) ** 2 <=
              radius * radius,
        );
      const runs = runsOf(binary, SIDE);
      const everywhere = Array.from(binary, (_, i) => i);
      expect(asPixels(dilated(runs, radius))).toEqual(everywhere.map((i) => Number(within(i, 1))));
      expect(asPixels(eroded(runs, radius))).toEqual(everywhere.map((i) => Number(!within(i, 0))));
    }
  });

  it('know their middle and how they lean', () => {
    // Two pixels a row, one further to the right in each row below.
    const binary = new Uint8Array(SIDE * SIDE);
    for (let y = 4; y < 12; y++) binary.fill(1, y * SIDE + y, y * SIDE + y + 2);
    expect(leanOf(runsOf(binary, SIDE))).toEqual({ x: 8, y: 7.5, shear: 1 });
    expect(leanOf(runsOf(new Uint8Array(9), 3))).toBeUndefined();
  });
});
