import { createRng } from '@causal/random';
import { screenBlocks } from './screening';

/** Pictures whose left third shows u₀, middle u₁ and right a function of u₂ = f(u₀, u₁). */
function stripes(n: number, seed: number) {
  const rng = createRng(seed);
  const [height, width] = [12, 18];
  const images = new Float32Array(n * height * width);
  const labels: number[][] = [];
  for (let r = 0; r < n; r++) {
    const [a, b] = [rng.uniform(), rng.uniform()];
    const row = [a, b, (a + b * b) / 2];
    labels.push(row);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // A bar that rises with the label, so that pixels are steps of it.
        const level = row[Math.floor(x / 6)]!;
        images[(r * height + y) * width + x] = y / height < level ? 1 : 0;
      }
    }
  }
  return { images, labels, imageShape: [height, width, 1] as const };
}

const GRAPH = [
  [0, 0, 1],
  [0, 0, 1],
  [0, 0, 0],
];

describe('screenBlocks', () => {
  it('gives each region to the concept that paints it, an effect before its causes', () => {
    const blocks = screenBlocks({ ...stripes(600, 1), graph: GRAPH, rng: createRng(1) });
    expect(blocks.concepts).toEqual([[0], [1], [2]]);
    let wrong = 0;
    blocks.assignment.forEach((block, p) => {
      const x = p % 18;
      // Blurring mixes the columns next to a border.
      if (x % 6 > 0 && x % 6 < 5 && block !== Math.floor(x / 6)) wrong++;
    });
    expect(wrong).toBe(0);
  });

  it('is the same for the same seed', () => {
    const input = { ...stripes(200, 2), graph: GRAPH };
    const once = screenBlocks({ ...input, rng: createRng(5) });
    expect(screenBlocks({ ...input, rng: createRng(5) })).toEqual(once);
  });

  it('refuses too few pictures, wrong sizes, and pictures that labels do not explain', () => {
    const { images, labels, imageShape } = stripes(100, 3);
    const rng = createRng(1);
    const input = { images, labels, imageShape, graph: GRAPH, rng };
    expect(() => screenBlocks({ ...input, labels: labels.slice(0, 10) })).toThrow(/at least 50/);
    expect(() => screenBlocks({ ...input, images: images.subarray(1) })).toThrow(/pixel values/);
    const noise = createRng(2).uniforms(images.length);
    expect(() => screenBlocks({ ...input, images: noise })).toThrow(
      /no pixels that the labels explain/,
    );
  });
});
