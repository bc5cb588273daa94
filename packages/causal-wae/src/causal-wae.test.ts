import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pendulum } from '@causal/datasets';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { CausalWAE, type CausalWAEOptions } from './causal-wae';

useEngine();

const data = pendulum({ size: 16, seed: 1, train: 160, test: 40 });
const small: CausalWAEOptions = {
  graph: data.graph.map((row) => [...row]),
  mechanismSteps: 30,
  warp: { samplePixels: 64, hidden: 16 },
};
const create = (options: CausalWAEOptions = {}): CausalWAE =>
  new CausalWAE({ data, ...small, ...options });
const trained = async (options: CausalWAEOptions = {}, steps = 12): Promise<CausalWAE> => {
  const model = create(options);
  await model.fit(data, { steps, batchSize: 16, seed: 1 });
  return model;
};
const bits = (model: CausalWAE): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(model.savedParameters()).map(([name, v]) => [name, [...v.dataSync()]]),
  );

describe('CausalWAE', () => {
  let model: CausalWAE;
  let images: tf.Tensor4D;
  beforeAll(async () => {
    model = await trained();
    images = data.batch('test', [0, 1, 2, 3, 4, 5]).images;
  });

  it('lowers its loss', async () => {
    const fresh = create();
    const run = await fresh.fit(data, { steps: 60, batchSize: 16, seed: 2, logEvery: 20 });
    const losses = run.history.map((entry) => entry.terms['reconstruction']!);
    expect(losses.at(-1)!).toBeLessThan(0.7 * losses[0]!);
  });

  it('reconstructs exactly where do() changes nothing', () => {
    const { noise, latents, labels } = model.encode(images);
    expect([noise.shape, latents.shape, labels.shape]).toEqual([
      [6, 4, 1],
      [6, 4, 1],
      [6, 4],
    ]);
    const decoded = model.decode(latents).dataSync();
    expect([...model.reconstruct(images).dataSync()]).toEqual([...decoded]);
    // Composition: do() of what was read off the pictures changes nothing beyond rounding.
    const angle = [...labels.slice([0, 0], [-1, 1]).dataSync()];
    const same = model.counterfactual(images, { angle });
    expect(same.sub(model.reconstruct(images)).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  });

  it('leaves every pixel of causes as it was, to the bit, when an effect is set', () => {
    const concepts = (model.plan!.json as { blocks: number[][] }).blocks;
    const assignment = model.plan!.tensors['assignment']!.data;
    const before = model.reconstruct(images).dataSync();
    const after = model.counterfactual(images, { length: 9 }).dataSync();
    const length = 2;
    let changed = 0;
    before.forEach((value, i) => {
      const block = assignment[Math.floor(i / 3) % 256]!;
      if (concepts[block]!.includes(length)) changed += Number(value !== after[i]);
      else expect(after[i]).toBe(value);
    });
    expect(changed).toBeGreaterThan(0);
  });

  it('takes one value per row, several targets at once, and shifts', () => {
    const values = [-0.5, -0.3, 0, 0.2, 0.4, 0.6];
    const each = values.map((angle, i) =>
      model.counterfactual(images.slice([i, 0, 0, 0], [1, -1, -1, -1]), { angle, length: 5 }),
    );
    const joined = model.counterfactual(images, { length: 5, angle: values });
    expect(tf.concat(each, 0).sub(joined).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    const shifted = model.counterfactual(images, { angle: { shift: 0 } });
    expect([...shifted.dataSync()]).toEqual([...model.reconstruct(images).dataSync()]);
  });

  it('samples pictures with labels, causes untouched by do() of an effect', () => {
    const free = model.sample(5, { seed: 3 });
    const done = model.sample(5, { seed: 3, interventions: { position: 12 } });
    expect(free.images.shape).toEqual([5, 16, 16, 3]);
    const cause = (labels: tf.Tensor2D): number[] => [...labels.slice([0, 0], [-1, 2]).dataSync()];
    expect(cause(done.labels)).toEqual(cause(free.labels));
    for (const row of done.labels.arraySync()) expect(row[3]).toBeCloseTo(12, 3);
  });

  it('saves and loads to the same bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causal-wae-'));
    try {
      await model.save(join(folder, 'model'));
      const loaded = await CausalWAE.load(join(folder, 'model'));
      expect(bits(loaded)).toEqual(bits(model));
      const wanted = model.counterfactual(images, { light: 1.2 }).dataSync();
      expect([...loaded.counterfactual(images, { light: 1.2 }).dataSync()]).toEqual([...wanted]);
      expect(loaded.adjacency()).toEqual(model.adjacency());
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('gives the same bits for the same seed', async () => {
    expect(bits(await trained())).toEqual(bits(model));
  });

  it('resumes an interrupted run to the same bits', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causal-wae-'));
    try {
      const out = join(folder, 'run');
      const controller = new AbortController();
      const options = { steps: 12, batchSize: 16, seed: 1, out, logEvery: 1 };
      const interrupted = create().fit(data, {
        ...options,
        signal: controller.signal,
        onProgress: ({ step }) => {
          if (step === 5) controller.abort();
        },
      });
      await expect(interrupted).rejects.toThrow(/resume/);
      const resumed = create();
      await resumed.fit(data, { ...options, resume: true });
      expect(bits(resumed)).toEqual(bits(model));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves no tensor behind', async () => {
    const own = create();
    await own.fit(data, { steps: 2, batchSize: 16, seed: 1 });
    const loss = (step: number): void => {
      const batch = data.batch('train', [...Array(16).keys()]);
      const { grads, value } = tf.variableGrads(
        () => own.loss(batch, { rng: createRng(step), step, steps: 9, training: true }).total,
      );
      tf.dispose([grads, value, batch.images, batch.labels] as tf.TensorContainer);
    };
    loss(0);
    const before = tf.memory().numTensors;
    for (let step = 1; step < 4; step++) loss(step);
    own.counterfactual(images, { angle: 0.1 }).dispose();
    tf.dispose({ ...own.encode(images) });
    tf.dispose({ ...own.sample(3) });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    { variant: 'full' },
    { variant: 'equation8' },
    { variant: 'residual', maskLayer: 'mlp', latentSize: 2 },
    { decoder: 'joint', independence: 'none' },
    { weights: { labelConsistency: 1, consistency: 1 } },
  ] satisfies CausalWAEOptions[])('trains with %j', async (options) => {
    const other = await trained(options, 2);
    const pictures = other.counterfactual(images, { light: 1.5 }).dataSync();
    expect(pictures.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it('trains where labels are missing', async () => {
    const partial = pendulum({ size: 16, seed: 1, train: 300, test: 40, labelled: 0.5 });
    const own = new CausalWAE({ data: partial, ...small });
    const run = await own.fit(partial, { steps: 3, batchSize: 16, seed: 1 });
    expect(Number.isFinite(run.terms['label'])).toBe(true);
  });
});

describe('errors', () => {
  it('names unknown and wrong options and the nearest known one', () => {
    const make =
      (options: object): (() => CausalWAE) =>
      () =>
        new CausalWAE({ data, ...options });
    expect(make({ varient: 'full' })).toThrow(/varient.*variant/s);
    expect(make({ variant: 'ful' })).toThrow(/variant.*residual.*full/s);
    expect(make({ latentSize: -1 })).toThrow(/latentSize/);
    expect(make({ weights: { divergense: 1 } })).toThrow(/divergense/);
    expect(() => new CausalWAE({} as never)).toThrow(/data/);
  });

  it('says what to do before training, and names a wrong concept, shape, graph or data set', async () => {
    const { images } = data.batch('test', [0]);
    expect(() => create().reconstruct(images)).toThrow(/fit\(data\)/);
    const model = await trained({}, 1);
    expect(() => model.counterfactual(images, { ligth: 1 })).toThrow(/ligth.*light/s);
    expect(() => model.counterfactual(images, { light: [1, 2] })).toThrow(
      /light.*2 values for 1 rows/,
    );
    expect(() => model.counterfactual(images, { light: NaN })).toThrow(/light/);
    expect(() => model.reconstruct(tf.zeros([1, 8, 8, 3]))).toThrow(/\[1, 8, 8, 3\].*16, 16, 3/);
    const cyclic = create({
      graph: [
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
    });
    await expect(cyclic.fit(data, { steps: 1 })).rejects.toThrow(/cycle/);
    const other = pendulum({ size: 24, train: 160, test: 20 });
    await expect(create().fit(other, { steps: 1 })).rejects.toThrow(/24,24,3.*16,16,3/);
    await expect(create().fit(data, { steps: 1, epoch: 2 } as never)).rejects.toThrow(/epoch/);
  });
});
