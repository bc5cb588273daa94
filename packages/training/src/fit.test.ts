import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sgd } from '@causal/backend';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { Callback, LogEntry } from './callback';
import { fit as train, InterruptedError } from './fit';
import type { FitOptions, Progress } from './fit-options';
import { NonFiniteLossError } from './loop/loss-log';
import { toyData, toyModel, type ToyBatch, type ToyModel } from './test-support/toy';
import type { Trainable } from './trainable';

useEngine();

const quick = { steps: 30, batchSize: 16, learningRate: 0.02, logEvery: 10 } as const;

async function valuesAfter(options: FitOptions<ToyBatch>, model = toyModel()): Promise<number[]> {
  await train(model, toyData(), options);
  return valuesOf(model);
}

function valuesOf(model: ToyModel): number[] {
  const values = Object.values(model.parameters()).flatMap((v) => [...v.dataSync()]);
  model.dispose();
  return values;
}

describe('fit', () => {
  it('learns', async () => {
    const model = toyModel();
    const result = await train(model, toyData(), {
      ...quick,
      epochs: 50,
      steps: undefined,
      learningRate: 0.05,
    });
    model.dispose();
    expect(result).toMatchObject({ outcome: 'done', steps: 300, warnings: [] });
    expect(result.history.map((entry) => entry.step)).toEqual(
      Array.from({ length: 30 }, (_, i) => 10 * (i + 1)),
    );
    expect(result.history[0]!.terms['mse']).toBeGreaterThan(1);
    expect(result.terms['mse']).toBeLessThan(0.1);
    expect(result.history.at(-1)!.epoch).toBe(50);
  });

  it('gives the same bits for a seed, other bits for another', async () => {
    const once = await valuesAfter({ ...quick, seed: 3 });
    expect(await valuesAfter({ ...quick, seed: 3 })).toEqual(once);
    expect(await valuesAfter({ ...quick, seed: 4 })).not.toEqual(once);
  });

  it('does not depend on how often it logs, validates or tells', async () => {
    const once = await valuesAfter({ ...quick, seed: 3, logEvery: 1 });
    const again = await valuesAfter({
      ...quick,
      seed: 3,
      logEvery: 7,
      validateEvery: 4,
      onProgress: () => {},
    });
    expect(again).toEqual(once);
  });

  it('takes each training row once an epoch, in another order each, and draws anew each step', async () => {
    const model = toyModel();
    const data = toyData(50);
    await train(model, data, { ...quick, epochs: 2, steps: undefined });
    model.dispose();
    const [first, second] = [data.taken.slice(0, 3).flat(), data.taken.slice(3).flat()];
    expect(new Set(first).size).toBe(48);
    expect(new Set(second).size).toBe(48);
    expect(first).not.toEqual(second);
    expect(model.contexts.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(new Set(model.contexts.map(({ draw }) => draw)).size).toBe(6);
  });

  it('logs the mean over the steps between entries', async () => {
    const each = toyModel();
    const every = await train(each, toyData(), { ...quick, logEvery: 1 });
    each.dispose();
    const some = toyModel();
    const tens = await train(some, toyData(), quick);
    some.dispose();
    const mean = (from: number): number =>
      every.history.slice(from, from + 10).reduce((sum, entry) => sum + entry.terms['mse']!, 0) /
      10;
    expect(tens.history.map((entry) => entry.terms['mse'])).toEqual([mean(0), mean(10), mean(20)]);
  });

  it('keeps the number of tensors flat from step to step, and leaves none', async () => {
    const counts: number[] = [];
    const model = toyModel({ adversary: true });
    const watch: Callback = {
      name: 'watch',
      onStep: () => void counts.push(tf.memory().numTensors),
    };
    const left = await countTensors(() =>
      train(model, toyData(), {
        ...quick,
        callbacks: [watch],
        clipNorm: 1,
        validateEvery: 3,
      }),
    );
    model.dispose();
    expect(left).toBe(0);
    expect(new Set(counts).size).toBe(1);
  });

  it('steps the adversary on what the model carried, by its own options, and logs its terms', async () => {
    const model = toyModel({ adversary: true });
    const before = model.adversary!.parameters()['judge']!.dataSync().slice();
    const result = await train(model, toyData(), {
      ...quick,
      adversary: { learningRate: 1e-9, betas: [0.5, 0.9] },
    });
    const after = model.adversary!.parameters()['judge']!.dataSync();
    after.forEach((value, i) => expect(Math.abs(value - before[i]!)).toBeLessThan(1e-6));
    expect(Object.keys(result.terms)).toEqual([
      'total',
      'mse',
      'penalty',
      'adversary.total',
      'adversary.gap',
    ]);
    model.dispose();
  });

  it('gives the adversary and afterStep what the loss carried, once an encoding', async () => {
    const model = toyModel({ adversary: true });
    const batches: unknown[] = [];
    const after: number[] = [];
    const adversaryLoss = model.adversary!.loss.bind(model.adversary);
    const watched: Trainable<ToyBatch> = {
      ...model,
      adversary: {
        ...model.adversary!,
        loss(carried, context) {
          batches.push(Object.fromEntries(Object.entries(carried).map(([k, t]) => [k, t.shape])));
          return adversaryLoss(carried, context);
        },
      },
      afterStep: (_context, carried) => void after.push(carried['error']!.size),
    };
    await train(watched, toyData(), { ...quick, steps: 2 });
    expect(batches).toEqual(Array(2).fill({ x: [16, 3], error: [16, 1] }));
    expect(after).toEqual([16, 16]);
    expect(model.contexts).toHaveLength(2);
    model.dispose();
  });

  it('saves and restores buffers with the checkpoint', async () => {
    const seen = tf.variable(tf.scalar(0));
    const counting = (): Trainable<ToyBatch> => ({
      ...toyModel(),
      buffers: () => ({ seen }),
      afterStep: () => seen.assign(seen.add(1)),
    });
    const folder = await mkdtemp(join(tmpdir(), 'buffers-'));
    await train(counting(), toyData(), { ...quick, steps: 3, out: folder });
    seen.assign(tf.scalar(100));
    await train(counting(), toyData(), { ...quick, steps: 5, out: folder, resume: true });
    expect(seen.dataSync()[0]).toBe(5);
  });

  it('gives groups their rates, and follows the schedule', async () => {
    const model = toyModel();
    const before = model.parameters()['inner']!.dataSync().slice();
    const result = await train(model, toyData(), {
      ...quick,
      logEvery: 1,
      learningRate: { default: 1e-12, head: 0.1 },
      schedule: (step, steps) => 1 - step / steps,
    });
    expect(result.history[3]!.learningRate).toEqual({ default: 1e-12 * 0.9, head: 0.1 * 0.9 });
    const inner = model.parameters()['inner']!.dataSync();
    inner.forEach((value, i) => expect(Math.abs(value - before[i]!)).toBeLessThan(1e-6));
    expect(result.terms['mse']).toBeLessThan(result.history[0]!.terms['mse']!);
    model.dispose();
  });

  it('uses another optimiser when given, and leaves it to its owner', async () => {
    const optimizer = sgd({ learningRate: 1 });
    const model = toyModel();
    const start = model.parameters()['outer']!.dataSync().slice();
    await train(model, toyData(), { ...quick, steps: 1, optimizer, learningRate: 1e-3 });
    const moved = model
      .parameters()
      ['outer']!.dataSync()
      .map((value, i) => value - start[i]!);
    // Adam's first step moves every weight by the whole rate; gradient descent by rate × gradient.
    expect(Math.max(...moved.map(Math.abs))).not.toBeCloseTo(1e-3, 6);
    model.dispose();
    optimizer.dispose();
  });

  it('validates on the validation split with the same draws every time', async () => {
    const model = toyModel();
    const result = await train(model, toyData(), {
      ...quick,
      learningRate: 1e-12,
      validateEvery: 'epoch',
    });
    model.dispose();
    const validated = result.history.filter((entry) => entry.validation !== undefined);
    expect(validated.map((entry) => entry.step)).toEqual([6, 12, 18, 24, 30]);
    expect(new Set(validated.map((entry) => entry.validation!['mse'])).size).toBe(1);
    expect(result.validation).toEqual(validated[0]!.validation);
  });

  it('takes a plain source of batches', async () => {
    const model = toyModel();
    const seen: number[] = [];
    const source = {
      batchesPerEpoch: 2,
      *batches({ batchSize, from }: { batchSize: number; from: number }) {
        for (let b = from; b < 2; b++) {
          seen.push(b);
          yield { x: tf.ones([batchSize, 3]), y: tf.ones([batchSize, 1]) } as ToyBatch;
        }
      },
    };
    const result = await train(model, source, { epochs: 3, batchSize: 4 });
    model.dispose();
    expect(result.steps).toBe(6);
    expect(seen).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('calls callbacks in order, lets one stop the run, and tells progress', async () => {
    const calls: string[] = [];
    const progress: Progress[] = [];
    const watch: Callback = {
      name: 'watch',
      onStart: () => void calls.push('start'),
      onStep: (run) => {
        calls.push(`step ${run.step}`);
        if (run.step === 3) run.stop('enough');
      },
      onLog: (entry) => void calls.push(`log ${entry.step}`),
      onEnd: (outcome) => void calls.push(outcome),
    };
    const model = toyModel();
    const result = await train(model, toyData(), {
      ...quick,
      logEvery: 2,
      callbacks: [watch],
      onProgress: (event) => progress.push(event),
    });
    model.dispose();
    expect(calls).toEqual(['start', 'step 1', 'log 2', 'step 2', 'step 3', 'stopped']);
    expect(result).toMatchObject({ outcome: 'stopped', reason: 'enough', steps: 3 });
    expect(progress[0]).toMatchObject({ step: 2, steps: 30 });
    expect(progress[0]!.secondsLeft).toBeGreaterThan(0);
  });

  it('is interrupted by its signal, also from a timer', async () => {
    const controller = new AbortController();
    const model = toyModel();
    setTimeout(() => controller.abort(), 40);
    const left = await countTensors(async () => {
      const run = train(model, toyData(), { ...quick, steps: 1e6, signal: controller.signal });
      await expect(run).rejects.toMatchObject({ name: 'AbortError', checkpoint: undefined });
      await expect(run).rejects.toBeInstanceOf(InterruptedError);
      await expect(run).rejects.toThrow(/after step \d+ of 1000000. No checkpoint/);
    });
    model.dispose();
    expect(left).toBe(0);
  });
});

describe('fit lets others have their turn', () => {
  it('between the batches of a validation, too', async () => {
    const model = toyModel();
    let turns = 0;
    let going = true;
    const turn = (): void => {
      turns++;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    const seen: number[] = [];
    const validation = {
      *batches() {
        for (let b = 0; b < 6; b++) {
          seen.push(turns);
          yield { x: tf.ones([4, 3]), y: tf.ones([4, 1]) } as ToyBatch;
        }
      },
    };
    await train(model, toyData(), { ...quick, steps: 1, validateEvery: 1, validation });
    going = false;
    model.dispose();
    expect(new Set(seen).size).toBe(6);
  });
});

describe('fit stops where a loss is not finite', () => {
  const spoilAt =
    (bad: number, value: number) =>
    (loss: tf.Scalar, step: number): tf.Scalar =>
      step === bad ? loss.mul(value) : loss;

  it.each([
    [NaN, undefined],
    [Infinity, undefined],
    [NaN, 1],
  ])('%s, clipNorm %s: names step and term, leaves no tensors', async (value, clipNorm) => {
    const model = toyModel({ spoil: spoilAt(4, value) });
    const entries: LogEntry[] = [];
    const ends: unknown[] = [];
    const watch: Callback = {
      name: 'watch',
      onLog: (entry) => void entries.push(entry),
      onEnd: (outcome, _run, error) => void ends.push(outcome, error),
    };
    const left = await countTensors(async () => {
      const run = train(model, toyData(), {
        ...quick,
        callbacks: [watch],
        ...(clipNorm && { clipNorm }),
      });
      await expect(run).rejects.toMatchObject({
        name: 'NonFiniteLossError',
        step: 5,
        term: 'total',
      });
    });
    expect(left).toBe(0);
    expect(entries).toEqual([]);
    expect(ends).toEqual(['failed', expect.any(NonFiniteLossError)]);
    model.dispose();
  });

  it('blames the term and not the total', async () => {
    const base = toyModel();
    const model = {
      ...base,
      loss: (...given: Parameters<ToyModel['loss']>) => {
        const { total, terms } = base.loss(...given);
        const root = tf.log(tf.scalar(-1)) as tf.Scalar;
        return { total: total.add(root) as tf.Scalar, terms: { ...terms, root } };
      },
    };
    await expect(train(model, toyData(), quick)).rejects.toThrow(
      /"root" is NaN at step 1\..*learningRate/,
    );
    base.dispose();
  });

  it('refuses a snapshot with parameters that are not finite', async () => {
    const model = toyModel();
    const spoil: Callback = {
      name: 'spoil',
      async onStep(run) {
        if (run.step !== 2) return;
        const bad = tf.fill([8, 1], NaN);
        run.parameters['outer']!.assign(bad);
        bad.dispose();
        await run.snapshot();
      },
    };
    await expect(train(model, toyData(), { ...quick, callbacks: [spoil] })).rejects.toThrow(
      /Parameter "outer" holds NaN after step 2/,
    );
    model.dispose();
  });
});

describe('fit refuses before the first step', () => {
  const cases: [string, FitOptions<ToyBatch>, RegExp][] = [
    ['no length', {}, /`epochs` or `steps` is missing/],
    ['two lengths', { steps: 1, epochs: 1 }, /give one of them/],
    [
      'an unknown key',
      { steps: 1, batchsize: 3 } as never,
      /unknown option `batchsize`; did you mean `batchSize`\?/,
    ],
    ['a negative size', { steps: -1 }, /`steps` must be a number ≥ 1, got -1/],
    ['a wrong shape', { steps: 1, betas: [0.9] as never }, /`betas` must be .*\[0.9\]/],
    [
      'an unknown schedule',
      { steps: 1, schedule: 'onecycle' as never },
      /`schedule` must be one of "constant"/,
    ],
    [
      'an unknown group',
      { steps: 1, learningRate: { default: 1, haed: 1, head: 1 } },
      /did you mean `head`\? Its groups: default, head/,
    ],
    [
      'a missing group',
      { steps: 1, learningRate: { default: 1 } },
      /`learningRate.head` is missing/,
    ],
    ['resume without out', { steps: 1, resume: true }, /`resume` needs `out`/],
    [
      'a batch larger than the data',
      { steps: 1, batchSize: 97 },
      /train split has 96 rows, fewer than one batch of 97/,
    ],
    [
      'Adam’s options with another optimiser',
      { steps: 1, optimizer: sgd(), clipNorm: 1 },
      /`clipNorm` is Adam's/,
    ],
    [
      'two callbacks of one name',
      { steps: 1, callbacks: [{ name: 'a' }, { name: 'a' }] },
      /two called "a"/,
    ],
  ];
  it.each(cases)('%s', async (_, options, reason) => {
    const model = toyModel();
    const left = await countTensors(() =>
      expect(train(model, toyData(), options)).rejects.toThrow(reason),
    );
    expect(left).toBe(0);
    expect(model.contexts).toEqual([]);
    model.dispose();
  });

  const some = { parameters: () => ({}), loss: () => undefined };
  it.each<[string, unknown[], RegExp]>([
    ['nothing at all', [], /`model` is missing; expected an object with parameters\(\) and loss/],
    ['no model', [toyData(), { steps: 1 }], /It is a data source: give the model before it/],
    ['half a model', [{ loss() {} }, toyData(), { steps: 1 }], /it has no parameters\(\)\.$/],
    ['no data', [some], /`data` is missing; expected a data set/],
    ['rows for data', [some, [[1]], { steps: 1 }], /`data` is \[.*\]; expected a data set/],
    ['no options', [some, toyData()], /`options` is missing; expected options, such as/],
    ['a number for options', [some, toyData(), 10], /`options` is 10; expected/],
    ['null for options', [some, toyData(), null], /`options` is null; expected/],
  ])('%s', async (_, given, reason) => {
    await expect(train(...(given as Parameters<typeof train>))).rejects.toThrow(reason);
  });

  it.each<keyof FitOptions>([
    'epochs',
    'steps',
    'batchSize',
    'learningRate',
    'epsilon',
    'weightDecay',
    'clipNorm',
    'seed',
    'checkpointEvery',
    'keepCheckpoints',
    'logEvery',
    'validateEvery',
  ])('%s that is NaN or infinite', async (key) => {
    const model = toyModel();
    for (const value of [NaN, Infinity]) {
      const options = { ...(key === 'epochs' ? {} : { steps: 1 }), [key]: value };
      await expect(train(model, toyData(), options)).rejects.toThrow(
        new RegExp(`\`${key}\`.*got ${value}`),
      );
    }
    model.dispose();
  });

  it('a schedule that gives no number', async () => {
    const model = toyModel();
    const schedule = (step: number): number => (step === 1 ? NaN : 1);
    await expect(train(model, toyData(), { ...quick, schedule })).rejects.toThrow(
      /schedule must give a finite factor ≥ 0, got NaN for step 1 of 30/,
    );
    model.dispose();
  });

  it('data of another kind, an unknown length of an epoch, no batches', async () => {
    const model = toyModel();
    const none = { batches: () => [] };
    await expect(train(model, {} as never, { steps: 1 })).rejects.toThrow(/must have batches/);
    await expect(train(model, none, { epochs: 1 })).rejects.toThrow(/give `steps`/);
    await expect(train(model, none, { steps: 1 })).rejects.toThrow(/no batches in epoch 0/);
    await expect(train(model, none, { steps: 1, validateEvery: 1 })).rejects.toThrow(
      /data with splits/,
    );
    model.dispose();
  });

  it('a loss that does not depend on the parameters', async () => {
    const model = toyModel();
    const apart = { ...model, loss: () => ({ total: tf.scalar(1) as tf.Scalar, terms: {} }) };
    const left = await countTensors(() =>
      expect(train(apart, toyData(), { steps: 1 })).rejects.toThrow(
        /depend on no trainable parameter: was something/,
      ),
    );
    expect(left).toBe(0);
    model.dispose();
  });

  it('a loss that is no scalar, terms that change', async () => {
    const model = toyModel();
    const wrong = { ...model, loss: () => ({ total: tf.zeros([2]) as never, terms: {} }) };
    await expect(train(wrong, toyData(), { steps: 1 })).rejects.toThrow(
      /must be a scalar, got shape \[2\]/,
    );
    const changing = {
      ...model,
      loss: (...given: Parameters<ToyModel['loss']>) => {
        const { total, terms } = model.loss(...given);
        return { total, terms: given[1].step === 0 ? terms : { mse: terms['mse']! } };
      },
    };
    await expect(train(changing, toyData(), { steps: 2 })).rejects.toThrow(
      /terms changed from total, mse, penalty to/,
    );
    model.dispose();
  });
});
