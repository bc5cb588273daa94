import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { Callback, LogEntry } from '../callback';
import { fit as train } from '../fit';
import type { FitOptions } from '../fit-options';
import { killedRun, trainIn } from '../test-support/kill-me';
import { toyData, toyModel, type ToyBatch } from '../test-support/toy';
import { loadCheckpoint, saveCheckpoint } from './checkpoint-files';

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
