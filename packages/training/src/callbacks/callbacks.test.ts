import { countTensors, useEngine } from '@causal/testing';
import type * as tf from '@tensorflow/tfjs';
import type { Callback, LogEntry, Outcome, Run } from '../callback';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { fit as train } from '../fit';
import type { FitOptions } from '../fit-options';
import type { OpenRunOptions, RunStore } from '../run-store';
import { toyData, toyModel, type ToyBatch, type ToyModel } from '../test-support/toy';
import { earlyStopping } from './early-stopping';
import { weightAverage } from './weight-average';

useEngine();

const quick: FitOptions<ToyBatch> = { steps: 20, batchSize: 16, learningRate: 0.02, logEvery: 1 };
const outer = (model: { parameters(): Readonly<Record<string, tf.Variable>> }): number[] => [
  ...model.parameters()['outer']!.dataSync(),
];

/** A store in memory that keeps one checkpoint: what a browser might have. */
function memoryStore(at: number): RunStore {
  let kept: Checkpoint | undefined;
  return {
    place: 'memory',
    open: ({ resume }: OpenRunOptions) =>
      Promise.resolve({
        ...(resume && { checkpoint: kept!, checkpointPlace: 'memory' }),
        history: [],
        warnings: [],
        callbacks: [
          {
            name: 'memory',
            async onStep(run: Run) {
              if (run.step === at) kept = structuredClone(await run.snapshot());
            },
          },
        ],
      }),
  };
}

/** Runs once whole, once interrupted at `at` and resumed; both must end with the same parameters. */
async function expectSameResumed(make: () => Callback, at: number): Promise<void> {
  const ends: number[][] = [];
  for (const broken of [false, true]) {
    const out = memoryStore(at);
    const model = toyModel();
    if (broken) {
      const controller = new AbortController();
      const stop: Callback = {
        name: 'stop',
        onStep: (run) => (run.step === at + 1 ? controller.abort() : undefined),
      };
      const options = { ...quick, out, signal: controller.signal, callbacks: [make(), stop] };
      await expect(train(model, toyData(), options)).rejects.toThrow(/Interrupted/);
    }
    await train(model, toyData(), { ...quick, out, resume: broken, callbacks: [make()] });
    ends.push(outer(model));
    model.dispose();
  }
  expect(ends[1]).toEqual(ends[0]);
}

/** Entries with these values of `total`, fed to a callback by hand. */
async function feed(
  callback: Callback,
  model: ToyModel,
  totals: number[],
): Promise<string | undefined> {
  let stopped: string | undefined;
  const run = {
    parameters: model.parameters(),
    stop: (reason: string) => (stopped ??= reason),
  } as unknown as Run;
  for (const [i, total] of totals.entries()) {
    const entry = { step: i + 1, terms: { total } } as unknown as LogEntry;
    model.parameters()['outer']!.assign(model.parameters()['outer']!.add(1));
    await callback.onLog!(entry, run);
    if (stopped !== undefined) break;
  }
  return stopped;
}

describe('earlyStopping', () => {
  it('stops after `patience` entries that are not better by more than minDelta', async () => {
    const model = toyModel();
    const options = { monitor: 'total', patience: 2, minDelta: 0.1 };
    expect(await feed(earlyStopping(options), model, [3, 2, 1.95, 2.1])).toMatch(
      /total has not fallen below 2 \(step 2\) for 2 entries/,
    );
    expect(await feed(earlyStopping(options), model, [3, 2, 1.95, 1.8, 1.75])).toBeUndefined();
    model.dispose();
  });

  it('puts the best parameters back', async () => {
    const model = toyModel();
    const seen: { loss: number; weights: number[] }[] = [];
    const watch: Callback = {
      name: 'watch',
      onLog: (entry) =>
        void seen.push({ loss: entry.validation!['total']!, weights: outer(model) }),
    };
    // A rate so high that the loss soon rises.
    const left = await countTensors(() =>
      train(model, toyData(), {
        ...quick,
        learningRate: 0.5,
        validateEvery: 1,
        callbacks: [watch, earlyStopping({ patience: 4 })],
      }),
    );
    const best = seen.reduce((a, b) => (b.loss < a.loss ? b : a));
    expect(best).not.toBe(seen.at(-1));
    expect(outer(model)).toEqual(best.weights);
    expect(left).toBe(0);
    model.dispose();
  });

  it('names an unknown term', async () => {
    const model = toyModel();
    const options = { ...quick, callbacks: [earlyStopping({ monitor: 'msee' })] };
    await expect(train(model, toyData(), options)).rejects.toThrow(
      /no term "msee"; did you mean "mse"\? Terms: total, mse, penalty/,
    );
    model.dispose();
    expect(() => earlyStopping({ patience: 0 })).toThrow(
      /`patience` must be an integer ≥ 1, got 0/,
    );
  });

  it('is resumed with its memory', () =>
    expectSameResumed(() => earlyStopping({ monitor: 'total', patience: 8, minDelta: 10 }), 6));
});

describe('weightAverage', () => {
  it('is the average computed by hand', async () => {
    const model = toyModel();
    let expected = outer(model);
    let t = 0;
    const byHand: Callback = {
      name: 'by-hand',
      onStep() {
        t++;
        const stays = Math.min(0.5, (1 + t) / (10 + t));
        expected = outer(model).map((value, i) => stays * expected[i]! + (1 - stays) * value);
      },
    };
    const ends: Outcome[] = [];
    const left = await countTensors(() =>
      train(model, toyData(), {
        ...quick,
        callbacks: [
          byHand,
          weightAverage({ decay: 0.5 }),
          { name: 'end', onEnd: (o) => void ends.push(o) },
        ],
      }),
    );
    outer(model).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
    expect(left).toBe(0);
    expect(ends).toEqual(['done']);
    model.dispose();
    expect(() => weightAverage({ decay: 1 })).toThrow(
      /`decay` must be a finite number ≥ 0 and < 1, got 1/,
    );
  });

  it('is resumed with its memory', () => expectSameResumed(() => weightAverage({ decay: 0.9 }), 6));
});
