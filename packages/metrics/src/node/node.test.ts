import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { effectMatrix } from '../interventions/effect-matrix';
import { bars, readBars } from '../test-support/bars';
import {
  associationPlot,
  cachedAnnotator,
  counterfactualGrid,
  effectMatrixPlot,
  imageGrid,
  svgToPng,
} from '.';

useEngine();

const data = bars();
const model = {
  counterfactual: (images: tf.Tensor4D) => images,
  reconstruct: (images: tf.Tensor4D) => images.clone(),
};
const PNG = [0x89, 0x50, 0x4e, 0x47];

describe('plots', () => {
  it('draw the effect matrix as SVG and PNG, with its numbers', async () => {
    const svg = await effectMatrixPlot(await effectMatrix(model, data, { read: readBars }));
    expect(svg).toMatch(/^<svg[^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    for (const text of ['do(cause)', 'do(effect)', 'model', 'truth', '0.00']) {
      expect(svg).toContain(text);
    }
    const png = await svgToPng(svg, { scale: 1 });
    expect([...png.subarray(0, 4)]).toEqual(PNG);
    // Width in the header: one pixel a unit.
    expect(new DataView(png.buffer).getUint32(16)).toBe(160 + 2 * 64 * 3);
  });

  it('draw latents against labels with their MIC', async () => {
    const rng = createRng(1);
    const labels = Array.from({ length: 50 }, () => [rng.normal(), rng.normal()]);
    const svg = await associationPlot(labels, labels, { names: ['angle', 'light'] });
    expect(svg).toContain('angle (MIC 1.000)');
    expect(svg.match(/<circle/g)?.length).toBe(100);
  });

  it('put pictures in titled columns', () => {
    const images = tf.zeros<tf.Rank.R4>([2, 4, 4, 3]);
    const svg = imageGrid([
      { title: 'a < b', images },
      { title: 'two\nlines', images },
    ]);
    expect(svg.match(/data:image\/png/g)?.length).toBe(4);
    expect(svg).toContain('a &#60; b');
    const other = tf.zeros<tf.Rank.R4>([1, 4, 4, 3]);
    expect(() =>
      imageGrid([
        { title: 'a', images },
        { title: 'b', images: other },
      ]),
    ).toThrow(/column 'b' is \[1, 4/);
    expect(() => imageGrid([])).toThrow(/at least one column/);
    tf.dispose([images, other]);
  });

  it('put counterfactuals beside the true renders, keeping no tensors', async () => {
    let svg = '';
    const leaked = await countTensors(async () => {
      svg = await counterfactualGrid(model, data, { rows: [0, 3] });
    });
    expect(leaked).toBe(0);
    // Image, reconstruction, and two columns for each of three concepts.
    expect(svg.match(/data:image\/png/g)?.length).toBe(2 * (2 + 2 * 3));
    expect((await svgToPng(svg)).length).toBeGreaterThan(500);
  });
});

describe('cachedAnnotator', () => {
  it('trains once, and anew for other pictures or a broken file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'causal-annotator-'));
    let trained = 0;
    const options = {
      directory: join(directory, 'cache'),
      steps: 2,
      batchSize: 4,
      heldOut: 8,
      minimumR2: -Infinity,
      onProgress: () => trained++,
    };
    const take = async (world = data): Promise<void> =>
      (await cachedAnnotator(world, options)).dispose();
    await take();
    const once = trained;
    expect(once).toBeGreaterThan(0);
    await take();
    expect(trained).toBe(once);
    const files = await readdir(options.directory);
    expect(files).toHaveLength(1);
    await writeFile(join(options.directory, files[0]!), 'broken');
    await take();
    expect(trained).toBe(2 * once);
    const lit = {
      ...data,
      render: (l: readonly (readonly number[])[]) =>
        tf.tidy(() => data.render(l).mul(0.5) as tf.Tensor4D),
    };
    await take({
      ...lit,
      batch: (split, rows) => {
        const { images, labels } = data.batch(split, rows);
        const darker = images.mul(0.5) as tf.Tensor4D;
        images.dispose();
        return { images: darker, labels };
      },
    });
    expect(trained).toBe(3 * once);
    expect(await readdir(options.directory)).toHaveLength(2);
    await rm(directory, { recursive: true });
  });
});
