import { spawn } from 'node:child_process';
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sgd } from '@causal/backend';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { Callback, LogEntry } from '../callback';
import { earlyStopping } from '../callbacks/early-stopping';
import { fit as train } from '../fit';
import type { FitOptions } from '../fit-options';
import { killedRun, trainIn } from '../test-support/kill-me';
import { toyData, toyModel, type ToyBatch } from '../test-support/toy';
import { loadCheckpoint, saveCheckpoint } from './checkpoint-files';
import { explainFileError } from './file-errors';

useEngine();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causal-training-'));
});
afterEach(() => rm(folder, { recursive: true }));

const quick: FitOptions<ToyBatch> = {
  steps: 30,
  batchSize: 16,
  learningRate: 0.02,
  schedule: 'one-cycle',
  seed: 5,
  logEvery: 4,
  checkpointEvery: 7,
};

/** Weights, slots and log of a run: all that must be the same, without times. */
async function endOf(run: string): Promise<unknown> {
  const { tensors, state } = await loadCheckpoint(run);
  const { position, ...rest } = state as { position: { seconds: number } };
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const log = lines.map((line) => {
    const { seconds, stepsPerSecond, ...entry } = JSON.parse(line) as LogEntry;
    expect(seconds).toBeGreaterThan(0);
    expect(stepsPerSecond).toBeGreaterThan(0);
    return entry;
  });
  return { tensors, rest, position: { ...position, seconds: 0 }, log };
}

async function run(out: string, options: FitOptions<ToyBatch> = {}): ReturnType<typeof train> {
  const model = toyModel({ adversary: true });
  try {
    return await train(model, toyData(), { ...quick, out, ...options });
  } finally {
    model.dispose();
  }
}

const stopAt = (step: number, act: () => void | Promise<void>): Callback => ({
  name: 'stop-at',
  onStep: (now) => (now.step === step ? act() : undefined),
});

describe('a run folder', () => {
  it('holds the options, the log and the newest checkpoints', async () => {
    const out = join(folder, 'deep', 'run');
    const result = await run(out, { config: { latents: 4 } });
    expect((await readdir(out)).sort()).toEqual(['checkpoints', 'config.json', 'metrics.jsonl']);
    expect(await readdir(join(out, 'checkpoints'))).toEqual([
      'index.json',
      'step-00000021.safetensors',
      'step-00000028.safetensors',
      'step-00000030.safetensors',
    ]);
    expect(result.checkpoint).toBe(join(out, 'checkpoints', 'step-00000030.safetensors'));
    expect(JSON.parse(await readFile(join(out, 'config.json'), 'utf8'))).toMatchObject({
      steps: 30,
      batchSize: 16,
      betas: [0.9, 0.999],
      seed: 5,
      config: { latents: 4 },
      engine: tf.getBackend(),
    });
    const lines = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(result.history);
  });

  it('keeps the best by validation besides the newest', async () => {
    const out = join(folder, 'run');
    const result = await run(out, { validateEvery: 5, keepCheckpoints: 1 });
    const validated = result.history.filter((entry) => entry.validation);
    const best = validated.reduce((a, b) =>
      b.validation!['total']! < a.validation!['total']! ? b : a,
    );
    const index = JSON.parse(await readFile(join(out, 'checkpoints', 'index.json'), 'utf8')) as {
      best: { file: string; step: number; total: number };
    };
    expect(index.best).toMatchObject({ step: best.step, total: best.validation!['total'] });
    const kept = await readdir(join(out, 'checkpoints'));
    expect(kept).toContain(index.best.file);
    expect(kept).toContain('step-00000030.safetensors');
    expect(kept.length).toBeLessThanOrEqual(3);
  });

  it('resumes after an interruption at any step to the bits of an unbroken run', async () => {
    await run(join(folder, 'whole'));
    const whole = await endOf(join(folder, 'whole'));
    // In an epoch, at its end (6), at a log (8), at a checkpoint (14), one before the end.
    for (const step of [1, 6, 8, 14, 29]) {
      const out = join(folder, `broken-${step}`);
      const controller = new AbortController();
      const broken = run(out, {
        signal: controller.signal,
        callbacks: [stopAt(step, () => controller.abort())],
      });
      await expect(broken).rejects.toThrow(
        new RegExp(`after step ${step} of 30. Go on with .*resume: true`),
      );
      const result = await run(out, { resume: true });
      expect(result.history.length).toBe(8);
      expect(await endOf(out)).toEqual(whole);
    }
  });

  it('is resumed when it is over: nothing happens', async () => {
    const out = join(folder, 'run');
    const first = await run(out);
    const before = await endOf(out);
    const second = await run(out, { resume: true });
    expect(second).toMatchObject({ outcome: 'done', steps: 30, checkpoint: first.checkpoint });
    expect(second.terms).toEqual(first.terms);
    expect(await endOf(out)).toEqual(before);
  });

  it('falls back to the checkpoint before one that is damaged, and says so', async () => {
    const whole = join(folder, 'whole');
    await run(whole);
    const out = join(folder, 'run');
    const { checkpoint } = await run(out);
    await truncate(checkpoint!, 1200);
    const flipped = await readFile(join(out, 'checkpoints', 'step-00000028.safetensors'));
    flipped[flipped.length - 5]! ^= 4;
    await writeFile(join(out, 'checkpoints', 'step-00000028.safetensors'), flipped);
    const result = await run(out, { resume: true });
    expect(result.warnings).toEqual([
      expect.stringMatching(/step-00000030.* cannot be used. .*the file was cut/),
      expect.stringMatching(/step-00000028.* cannot be used. .*bytes were changed/),
    ]);
    expect(await endOf(out)).toEqual(await endOf(whole));
  });

  it('refuses to resume from nothing readable, from nothing, or another run', async () => {
    const out = join(folder, 'run');
    const { checkpoint } = await run(out, { keepCheckpoints: 1 });
    await expect(run(out, { resume: true, seed: 6 })).rejects.toThrow(
      /its seed was 5, now it is 6/,
    );
    await expect(run(out, { resume: true, batchSize: 8 })).rejects.toThrow(
      /batchSize was 16, now it is 8/,
    );
    await truncate(checkpoint!, 100);
    await expect(run(out, { resume: true })).rejects.toThrow(/No checkpoint in .* can be used/);
    await expect(run(join(folder, 'typo'), { resume: true })).rejects.toThrow(/no run to resume/);
  });

  it('refuses a checkpoint of another model, naming the parameters', async () => {
    const out = join(folder, 'run');
    await run(out);
    const other = { ...toyModel(), parameters: () => ({ inner: tf.variable(tf.ones([2, 2])) }) };
    await expect(train(other, toyData(), { ...quick, out, resume: true })).rejects.toThrow(
      /only one of checkpoint and model has an adversary/,
    );
    const two = { ...toyModel({ adversary: true }), parameters: other.parameters };
    await expect(train(two, toyData(), { ...quick, out, resume: true })).rejects.toThrow(
      /does not fit this model .*"inner" is float32 \[3, 8\], the model's is float32 \[2, 2\]; "outer" is unknown/,
    );
  });

  it('does not take the place of another run unless told to, and then removes only a run', async () => {
    const out = join(folder, 'run');
    await run(out);
    await writeFile(join(out, 'notes.txt'), 'mine');
    await expect(run(out)).rejects.toThrow(/holds a run already \(newest checkpoint: step 30\)/);
    await run(out, { overwrite: true, steps: 10 });
    expect((await loadCheckpoint(out)).path).toMatch(/step-00000010/);
    expect(await readFile(join(out, 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('names the last good checkpoint where a loss is not finite, and resumes from it', async () => {
    const out = join(folder, 'run');
    const model = toyModel({ spoil: (loss, step) => (step === 17 ? loss.mul(NaN) : loss) });
    await expect(train(model, toyData(), { ...quick, out })).rejects.toMatchObject({
      step: 18,
      checkpoint: join(out, 'checkpoints', 'step-00000014.safetensors'),
    });
    expect((await loadCheckpoint(out)).path).toMatch(/step-00000014/);
    model.dispose();
  });

  it('ends with the error of a checkpoint that cannot be written', async () => {
    const out = join(folder, 'run');
    const remove = stopAt(6, () => rm(join(out, 'checkpoints'), { recursive: true }));
    await expect(run(out, { callbacks: [remove] })).rejects.toThrow(
      /Could not write .*step-00000007/,
    );
  });
});

describe('the identity of a run', () => {
  const labels = [
    [0, 3, 1],
    [0.5, 2, 0],
    [1, 1, 1],
  ];
  const concepts = [
    { name: 'angle', unit: 'rad', kind: 'continuous', range: [0, 1] },
    { name: 'light', unit: '', kind: 'continuous', range: [1, 3] },
    { name: 'on', unit: '', kind: 'binary', range: [0, 1] },
  ];
  const graph = [
    [0, 1, 0],
    [0, 0, 0],
    [0, 0, 0],
  ];
  const labelled = (changes: object = {}): ReturnType<typeof toyData> =>
    ({ ...toyData(), name: 'toy', labels: () => labels, concepts, graph, ...changes }) as never;
  const again = async (
    out: string,
    options: FitOptions<ToyBatch>,
    data = labelled(),
    identity?: unknown,
  ): ReturnType<typeof train> => {
    const model = { ...toyModel({ adversary: true }), identity: () => identity };
    try {
      return await train(model, data, { ...quick, schedule: 'constant', out, ...options });
    } finally {
      model.dispose();
    }
  };
  /** A run that was interrupted, of a model that says 1. */
  let broken: string;
  beforeAll(async () => {
    broken = join(await mkdtemp(join(tmpdir(), 'causal-training-')), 'run');
    const controller = new AbortController();
    const callbacks = [stopAt(8, () => controller.abort())];
    const { signal } = controller;
    await expect(again(broken, { signal, callbacks }, labelled(), 1)).rejects.toThrow(
      /Interrupted/,
    );
  });
  afterAll(() => rm(broken, { recursive: true }));

  const swapped = labels.map(([a, b, c]) => [b!, a!, c!]);
  // What differs: options, data, model; what the error says.
  it.each<[string, FitOptions<ToyBatch>, object, unknown, RegExp]>([
    ['rate', { learningRate: 0.01 }, {}, 1, /its learningRate was 0.02, now it is 0.01/],
    [
      'rates by group',
      { learningRate: { default: 0.02, head: 0.01 }, adversary: { learningRate: 0.02 } },
      {},
      1,
      /its learningRate was 0.02, now it is {"default":0.02,"head":0.01}/,
    ],
    ['schedule', { schedule: 'cosine' }, {}, 1, /its schedule was "constant", now it is "cosine"/],
    ['fewer steps', { steps: 20 }, {}, 1, /its steps was 30, now it is 20/],
    ['betas', { betas: [0.5, 0.9] }, {}, 1, /betas was \[0.9,0.999\], now it is \[0.5,0.9\]/],
    ['epsilon', { epsilon: 1e-6 }, {}, 1, /epsilon was 1e-8, now it is 0.000001/],
    ['weight decay', { weightDecay: 0.1 }, {}, 1, /weightDecay was 0, now it is 0.1/],
    ['clip', { clipNorm: 1 }, {}, 1, /clipNorm was not there, now it is 1/],
    [
      'optimiser',
      { optimizer: sgd() },
      {},
      1,
      /optimizer was "adam", now it is "given by the caller"/,
    ],
    [
      'adversary',
      { adversary: { learningRate: 1 } },
      {},
      1,
      /adversary.learningRate was 0.02, now it is 1/,
    ],
    ['model', {}, {}, 2, /its model was 1, now it is 2/],
    [
      'columns in another order',
      {},
      { labels: () => swapped, concepts: [concepts[1], concepts[0], concepts[2]] },
      1,
      /data.concepts was \["angle","light","on"\], now it is \["light","angle","on"\]/,
    ],
    ['columns alone', {}, { labels: () => swapped }, 1, /other training labels/],
    [
      'range',
      {},
      { concepts: [{ ...concepts[0], range: [0, 2] }, ...concepts.slice(1)] },
      1,
      /data.concept.angle.range was \[0,1\], now it is \[0,2\]/,
    ],
    [
      'kind',
      {},
      { concepts: [{ ...concepts[0], kind: 'ordinal' }, ...concepts.slice(1)] },
      1,
      /data.concept.angle.kind was "continuous", now it is "ordinal"/,
    ],
    ['graph', {}, { graph: [[0, 0, 0]] }, 1, /data.graph was \[\[0,1,0\],/],
    ['data', {}, { name: 'other' }, 1, /data.name was "toy", now it is "other"/],
  ])('refuses another %s, and leaves the run as it is', async (_, options, data, model, reason) => {
    const config = await readFile(join(broken, 'config.json'), 'utf8');
    const resumed = again(broken, { resume: true, ...options }, labelled(data), model);
    await expect(resumed).rejects.toThrow(reason);
    expect(await readFile(join(broken, 'config.json'), 'utf8')).toBe(config);
    expect((await readdir(broken)).sort()).toEqual(['checkpoints', 'config.json', 'metrics.jsonl']);
  });

  it('lets the same run go on', async () => {
    expect((await again(broken, { resume: true }, labelled(), 1)).steps).toBe(30);
  });

  it('is not changed by what only watches or keeps a run', async () => {
    const out = join(folder, 'run');
    await again(out, {});
    const moved = join(folder, 'moved');
    await rename(out, moved);
    const second = await again(moved, {
      resume: true,
      logEvery: 1,
      checkpointEvery: 2,
      keepCheckpoints: 9,
      validateEvery: 3,
      progress: false,
      config: { note: 'again' },
    });
    expect(second).toMatchObject({ steps: 30, warnings: [] });
  });

  it('lets a run be longer where the rates so far are the same, and then only', async () => {
    const out = join(folder, 'run');
    // Steps that are logged in both: a run also logs where it ends.
    await again(out, { logEvery: 5 });
    const longer = await again(out, { logEvery: 5, resume: true, steps: 60 });
    expect(longer.steps).toBe(60);
    expect(longer.warnings).toEqual([
      expect.stringMatching(/was to end after 30 steps and now goes on to 60/),
    ]);
    const whole = join(folder, 'whole');
    await again(whole, { logEvery: 5, steps: 60 });
    expect(await endOf(out)).toEqual(await endOf(whole));

    const cycle = join(folder, 'cycle');
    await again(cycle, { schedule: 'one-cycle' });
    await expect(again(cycle, { schedule: 'one-cycle', steps: 60, resume: true })).rejects.toThrow(
      /steps was 30, now it is 60 \(only a schedule that does not depend on the length/,
    );
    const ownSchedule = join(folder, 'function');
    await again(ownSchedule, { schedule: (step) => 0.9 ** step });
    await again(ownSchedule, { schedule: (step) => 0.9 ** step, steps: 40, resume: true });
    await expect(
      again(ownSchedule, { schedule: (step) => 0.8 ** step, steps: 40, resume: true }),
    ).rejects.toThrow(/another function, with other rates/);
  });

  it('is known of a run that was ended before its first checkpoint', async () => {
    const out = join(folder, 'run');
    const stop: Callback = {
      name: 'stop',
      onStart: () => {
        throw new Error('ended');
      },
    };
    await expect(again(out, { callbacks: [stop] })).rejects.toThrow('ended');
    await expect(again(out, { resume: true, seed: 9 })).rejects.toThrow(/seed was 5, now it is 9/);
    expect((await again(out, { resume: true })).steps).toBe(30);
  });

  it('warns where the state of a callback is left out', async () => {
    const out = join(folder, 'run');
    await again(out, { callbacks: [earlyStopping({ monitor: 'total' })] });
    expect((await again(out, { resume: true })).warnings).toEqual([
      expect.stringMatching(/holds the state of a callback "early-stopping"/),
    ]);
  });
});

describe('a place that cannot be used', () => {
  it('says why: a file, below a file, a folder of another program', async () => {
    const file = join(folder, 'file');
    await writeFile(file, 'mine');
    await expect(run(file)).rejects.toThrow(/must be a folder, and .*file is a file/);
    await expect(run(join(file, 'run'))).rejects.toThrow(
      /Could not make the folder .*file\/run for `out`: a part of the path is a file/,
    );
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'config.json'), '{"port": 80}');
    for (const options of [{}, { overwrite: true }, { resume: true }]) {
      await expect(run(other, options)).rejects.toThrow(/config.json is not what a run writes/);
    }
    expect(await readdir(other)).toEqual(['config.json']);
    const half = join(folder, 'half');
    await mkdir(join(half, 'checkpoints'), { recursive: true });
    await expect(run(half, { overwrite: true })).rejects.toThrow(
      /holds checkpoints but no config.json/,
    );
    expect(await readdir(half)).toEqual(['checkpoints']);
  });

  it.each([
    ['EROFS', 'that file system is read-only'],
    ['EACCES', 'this user may not write there'],
    ['ENOSPC', 'the disk is full'],
    ['EXXX', 'Could not write x: what it said'],
  ])('explains %s', (code, text) => {
    const error = Object.assign(new Error('what it said'), { code });
    const { message, cause } = explainFileError(error, 'write x');
    expect(message).toContain(text);
    expect(message).toContain('what it said');
    expect(cause).toBe(error);
  });
});

describe('saveCheckpoint, loadCheckpoint', () => {
  it('keep tensors and state in one file', async () => {
    const path = join(folder, 'new', 'model.safetensors');
    const w = tf.tensor2d([[1, 2]]);
    await saveCheckpoint(path, { tensors: { w }, state: { epoch: 3 } });
    w.dispose();
    const { tensors, state } = await loadCheckpoint(path);
    expect(state).toEqual({ epoch: 3 });
    expect(tensors['w']).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) });
    expect(await readdir(join(folder, 'new'))).toEqual(['model.safetensors']);
  });

  it('say what is wrong with a place', async () => {
    await expect(loadCheckpoint(join(folder, 'none'))).rejects.toThrow(/There is no checkpoint at/);
    await expect(loadCheckpoint(folder)).rejects.toThrow(/There is no checkpoint in/);
    await writeFile(join(folder, 'x'), 'hello');
    await expect(loadCheckpoint(join(folder, 'x'))).rejects.toThrow(
      /x cannot be used. Not a valid safetensors/,
    );
  });
});

describe('SIGKILL', () => {
  /** Runs until `steps` more steps were seen, then waits a moment and kills; or to the end. */
  function child(out: string, steps: number, delay: number): Promise<number | null> {
    const program = `import { ${trainIn.name} } from './src/test-support/kill-me';
      await ${trainIn.name}(${JSON.stringify(out)}, 1);`;
    const process_ = spawn(
      process.execPath,
      ['--conditions=@causal/source', '--import', 'tsx', '--input-type=module', '-e', program],
      { cwd: join(__dirname, '..', '..'), stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let seen = 0;
    let errors = '';
    process_.stderr.on('data', (text: Buffer) => (errors += text.toString()));
    process_.stdout.on('data', (text: Buffer) => {
      const before = seen;
      seen += text.toString().split('\n').length - 1;
      if (before < steps && seen >= steps) setTimeout(() => process_.kill('SIGKILL'), delay);
    });
    return new Promise((resolve, reject) => {
      process_.on('close', (code, signal) => {
        if (signal === 'SIGKILL' || code === 0) resolve(code);
        else reject(new Error(errors));
      });
    });
  }

  it('at random moments, then resume: the same bits and the same log as an unbroken run', async () => {
    const whole = join(folder, 'whole');
    const model = toyModel({ adversary: true });
    const say = { name: 'say', onStep: () => {} };
    await train(model, toyData(), { ...killedRun, out: whole, callbacks: [say] });
    model.dispose();

    const out = join(folder, 'killed');
    // The child resumes from the first time on, as after a kill before the first checkpoint.
    await prepare(out);
    const moments = createRng(Date.now());
    for (let i = 0; i < 3; i++) {
      const code = await child(out, 1 + moments.int(35), moments.uniform() * 6);
      expect(code).toBeNull();
    }
    expect(await child(out, Infinity, 0)).toBe(0);
    expect(await endOf(out)).toEqual(await endOf(whole));
    expect((await readdir(join(out, 'checkpoints'))).some((name) => name.endsWith('.tmp'))).toBe(
      false,
    );
  });

  /** What a run that was killed before its first step leaves. */
  async function prepare(out: string): Promise<void> {
    const model = toyModel({ adversary: true });
    const stop: Callback = {
      name: 'say',
      onStart: () => {
        throw new Error('killed');
      },
    };
    await expect(train(model, toyData(), { ...killedRun, out, callbacks: [stop] })).rejects.toThrow(
      'killed',
    );
    model.dispose();
  }
});
