import { createRng } from '@causal/random';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
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
  latentTraversal,
  parallelMicMatrix,
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

  it('move one latent a row while the others stay', async () => {
    // The decoder paints each coordinate into its own pixel.
    const seen: number[][] = [];
    const decode = (z: tf.Tensor): tf.Tensor4D => {
      const flat = Array.from(z.dataSync());
      for (let i = 0; i < flat.length; i += 4) seen.push(flat.slice(i, i + 4));
      return tf.tidy(() => z.reshape([-1, 2, 2, 1]).clipByValue(0, 1) as tf.Tensor4D);
    };
    let svg = '';
    const leaked = await countTensors(async () => {
      const start = tf.tensor([
        [
          [0.25, 0.5],
          [0.75, 1],
        ],
      ]);
      svg = await latentTraversal(decode, start, {
        coordinates: [0, 3],
        names: ['angle', 'light'],
        range: [0, 1],
        steps: 3,
      });
      start.dispose();
    });
    expect(leaked).toBe(0);
    expect(seen).toEqual([
      [0, 0.5, 0.75, 1],
      [0.25, 0.5, 0.75, 0],
      [0.5, 0.5, 0.75, 1],
      [0.25, 0.5, 0.75, 0.5],
      [1, 0.5, 0.75, 1],
      [0.25, 0.5, 0.75, 1],
    ]);
    expect(svg.match(/data:image\/png/g)?.length).toBe(6);
    for (const text of ['angle', 'light', '>0<', '>0.5<', '>1<']) expect(svg).toContain(text);
    const two = tf.zeros([2, 4]);
    await expect(latentTraversal(decode, two)).rejects.toThrow(/those of one image, got \[2, 4/);
    const one = tf.zeros([1, 4]);
    await expect(latentTraversal(decode, one, { coordinates: [4] })).rejects.toThrow(
      /coordinate 4/,
    );
    await expect(latentTraversal(decode, one, { range: [[0, 1]] })).rejects.toThrow(/row 1 needs/);
    tf.dispose([two, one]);
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
    // Another generator gives other weights, wherever it stands in its stream the same ones.
    const drawnFrom = createRng(7);
    for (const rng of [createRng(7), drawnFrom]) {
      drawnFrom.uniform();
      (await cachedAnnotator(data, { ...options, rng })).dispose();
    }
    expect(trained).toBe(4 * once);
    await rm(directory, { recursive: true });
  });
});

describe('parallelMicMatrix', () => {
  // Threads start from built files only: the program and its thread are built as tsup does.
  it.each(['esm', 'cjs'] as const)(
    'is micMatrix on threads (%s): same result, progress, can be cancelled',
    async (format) => {
      const folder = await mkdtemp(join(tmpdir(), 'causal-threads-'));
      const extension = format === 'esm' ? '.mjs' : '.cjs';
      await build({
        entryPoints: {
          program: join(__dirname, '../test-support/parallel-mic-program.ts'),
          'mic.worker': join(__dirname, 'mic.worker.ts'),
        },
        outdir: folder,
        outExtension: { '.js': extension },
        bundle: true,
        platform: 'node',
        conditions: ['@causal/source'],
        logOverride: { 'empty-import-meta': 'silent' },
        format,
      });
      const output = execFileSync(process.execPath, [join(folder, `program${extension}`)]);
      const { parallel, plain, progress, aborted } = JSON.parse(output.toString()) as Record<
        string,
        unknown
      >;
      expect(parallel).toEqual(plain);
      expect(progress).toEqual([1, 2, 3, 4, 5, 6].map((done) => done / 6));
      expect(aborted).toBe('AbortError');
      await rm(folder, { recursive: true });
    },
  );

  it('says what is wrong before it starts a thread', async () => {
    const table = [[1], [2], [3]];
    await expect(parallelMicMatrix(table, [[1], [2]])).rejects.toThrow(/same length, got 3 and 2/);
    await expect(parallelMicMatrix(table, table, { alpha: 2 })).rejects.toThrow(/alpha must be/);
    await expect(parallelMicMatrix(table, table, { threads: 0 })).rejects.toThrow(
      /`threads` must be/,
    );
    await expect(parallelMicMatrix([[Number.NaN]], [[1]])).rejects.toThrow(/finite/);
  });
});
