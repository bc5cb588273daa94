import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import { prepareFields, type PrepareFieldsInput } from './prepare';

useEngine();

const [height, width] = [5, 24];
const graph = [
  [0, 0, 1],
  [0, 0, 1],
  [0, 0, 0],
];

/**
 * Pictures of three concepts, the third the mean of the others: the left third shows the first, the
 * middle the third, the right the second; the top row shows nothing. `noise` is nuisance.
 */
function scene(rows: number, noise: number, determined = true): PrepareFieldsInput {
  const rng = createRng(5);
  const images = new Float32Array(rows * height * width);
  const labels = Array.from({ length: rows }, (_, r) => {
    const [a, b] = [rng.uniform(), rng.uniform()];
    const c = determined ? (a + b) / 2 : rng.uniform();
    const shade = noise * rng.normal();
    for (let p = 0; p < height * width; p++) {
      const [y, x] = [Math.floor(p / width), p % width];
      const shown = x < 8 ? Math.sin(4 * a) : x < 16 ? c * c : b;
      images[r * height * width + p] = y === 0 ? 0.5 : 0.3 * shown + shade + 0.005 * rng.normal();
    }
    return [a, b, c];
  });
  return { images, imageShape: [height, width, 1], labels, graph, rng: createRng(2) };
}

it('gives each pixel to the cheapest concepts that explain it, effects before causes', async () => {
  const found = await prepareFields(scene(450, 0));
  expect(found.explained).toBeGreaterThan(0.95);
  const sets = found.sets.map(({ concepts }) => concepts.join());
  // Along the borders of the thirds, where errors are blurred over both sides, a pair may win.
  expect(sets.filter((set) => set.length === 1).sort()).toEqual(['0', '1', '2']);
  expect(['0,2', '1,2']).toEqual(expect.arrayContaining(sets.filter((set) => set.length > 1)));
  const gate = (i: number, y: number, x: number): number =>
    found.gates![i * height * width + y * width + x]!;
  // Inside the thirds, away from the borders.
  for (const y of [2, 4]) {
    expect([0, 1, 2].map((i) => gate(i, y, 3))).toEqual([1, 0, 0]);
    expect([0, 1, 2].map((i) => gate(i, y, 12))).toEqual([0, 0, 1]);
    expect([0, 1, 2].map((i) => gate(i, y, 20))).toEqual([0, 1, 0]);
  }
  // Rows of labels that determine each other are all drawn alike.
  expect(new Set(found.rowWeights)).toEqual(new Set([1]));
});

it('leaves gates open where labels explain little, and weighs rare rows there', async () => {
  const found = await prepareFields(scene(450, 1, false));
  expect(found.explained).toBeLessThan(0.5);
  expect(found.gates).toBeNull();
  expect(new Set(found.rowWeights).size).toBeGreaterThan(100);
});

it('knows the labels’ scale, and draws pixels where concepts show', async () => {
  const input = scene(450, 0);
  const { labelStats, pixelWeights } = await prepareFields(input);
  [0, 1, 2].forEach((i) => {
    const codes = input.labels.map((row) => 2 * row[i]! - 1);
    const mean = codes.reduce((sum, v) => sum + v, 0) / codes.length;
    expect(labelStats.mean[i]).toBeCloseTo(mean, 6);
    const variance = codes.reduce((sum, v) => sum + (v - mean) ** 2, 0) / codes.length;
    expect(labelStats.std[i]).toBeCloseTo(Math.sqrt(variance), 6);
  });
  const sum = pixelWeights.reduce((total, w) => total + w, 0);
  expect(sum).toBeCloseTo(1, 4);
  const still = Math.max(...pixelWeights.slice(0, width));
  const shown = Math.min(...pixelWeights.slice(width));
  expect(shown).toBeGreaterThan(10 * still);
});

it('gives the same bits again, reports progress, can be stopped, leaves no tensor', async () => {
  const parts: number[] = [];
  const onProgress = (part: number): void => void parts.push(part);
  let first: unknown;
  const leaked = await countTensors(async () => {
    first = await prepareFields({ ...scene(200, 0), onProgress });
  });
  expect(leaked).toBe(0);
  expect(parts[parts.length - 1]).toBe(1);
  expect(await prepareFields(scene(200, 0))).toEqual(first);
  const stopped = prepareFields({ ...scene(200, 0), signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(/abort/i);
});

it('tells what does not fit', async () => {
  await expect(prepareFields(scene(20, 0))).rejects.toThrow(
    /at least 50 labelled pictures, got 20/,
  );
  const { images, ...rest } = scene(60, 0);
  await expect(prepareFields({ ...rest, images: images.slice(1) })).rejects.toThrow(
    /got 7199 pixel values for 60 pictures/,
  );
});
