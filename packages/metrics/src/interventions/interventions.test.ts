import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { bars, readBars } from '../test-support/bars';
import { rendererModel } from '../test-support/renderer-model';
import { counterfactualError, reconstructionError } from './counterfactual-error';
import { effectMatrix } from './effect-matrix';
import { judgeInterventions } from './judge';

useEngine();

const data = bars();
const reader = { read: readBars };
let perfect: CounterfactualModel;
let swapped: CounterfactualModel;
const idle: CounterfactualModel = { counterfactual: (images) => images };
beforeAll(() => {
  perfect = rendererModel(data, data.counterfactual);
  // As if the effect caused the cause: do(effect) moves the cause, do(cause) leaves the effect.
  swapped = rendererModel(data, (labels, { cause, effect, other }) =>
    labels.map((row) => [
      cause ?? (effect === undefined ? row[0]! : effect - 1),
      effect ?? row[1]!,
      other ?? row[2]!,
    ]),
  );
});

describe('effectMatrix', () => {
  it('gives a perfect model the identity pattern', async () => {
    const result = await effectMatrix(perfect, data, reader);
    for (const own of Object.values(result.own)) expect(own).toBeCloseTo(1, 5);
    expect(result.leak).toBeLessThan(1e-5);
    expect(result.descendantsError).toBeLessThan(1e-5);
    expect(result.faults).toEqual([]);
    expect(Object.keys(result.own)).toEqual(['cause', 'effect', 'other']);
  });

  it('measures changes over the range between the quantiles, as the mechanism has them', async () => {
    const { effects, truth, exact } = await effectMatrix(perfect, data, reader);
    const column = (j: number): number[] =>
      data
        .labels('test')
        .map((row) => row[j]!)
        .sort((a, b) => a - b);
    const at = (values: number[], p: number): number => {
      const k = p * (values.length - 1);
      const low = Math.floor(k);
      return values[low]! + (k - low) * (values[low + 1]! - values[low]!);
    };
    const moved = at(column(0), 0.95) - at(column(0), 0.05);
    for (const matrix of [effects, truth, exact]) {
      expect(matrix[0]![0]).toBeCloseTo(moved / 2, 5);
      expect(matrix[0]![1]).toBeCloseTo((0.6 * moved) / 2, 5);
      expect(matrix[0]![2]).toBeCloseTo(0, 5);
      expect(matrix[1]![0]).toBeCloseTo(0, 5);
    }
  });

  it('gives a model that ignores do() own effect 0 and names every fault', async () => {
    const result = await effectMatrix(idle, data, reader);
    expect(Object.values(result.own)).toEqual([0, 0, 0]);
    expect(result.leak).toBeLessThan(1e-5);
    expect(result.faults.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual([
      'own cause cause',
      'effect-wrong cause effect',
      'own effect effect',
      'own other other',
    ]);
  });

  it('flags a model with cause and effect swapped', async () => {
    const result = await effectMatrix(swapped, data, reader);
    expect(result.leakAt).toEqual({ from: 'effect', to: 'cause' });
    expect(result.leak).toBeGreaterThan(0.4);
    expect(result.descendantsError).toBeGreaterThan(0.3);
    expect(result.faults.map(({ kind, from, to }) => `${kind} ${from} ${to}`)).toEqual([
      'effect-wrong cause effect',
      'cause-moved effect cause',
    ]);
  });

  it('cancels the annotator’s own bias', async () => {
    // Reads everything at 80 % and mixes the cause into `other`.
    const biased = {
      read: (images: tf.Tensor4D) =>
        tf.tidy(() => {
          const read = readBars(images).mul(0.8);
          const [cause] = tf.split(read, 3, 1);
          return read.add(
            tf.concat([cause!.mul(0), cause!.mul(0), cause!.mul(0.5)], 1),
          ) as tf.Tensor2D;
        }),
      r2: { cause: 0.9, effect: 0.8, other: 0.85 },
    };
    const result = await effectMatrix(perfect, data, biased);
    for (const own of Object.values(result.own)) expect(own).toBeCloseTo(1, 5);
    expect(result.leak).toBeLessThan(1e-5);
    expect(result.annotatorR2).toBe(0.8);
  });

  it('leaves no tensors and takes promises', async () => {
    const slow: CounterfactualModel = {
      counterfactual: async (images, values) => perfect.counterfactual(images, values),
    };
    const run = (): Promise<unknown> =>
      effectMatrix(slow, data, reader, { count: 20, chunkSize: 7 });
    expect(await countTensors(run)).toBe(0);
  });

  it('leaves no tensors when the model fails, and says what is wrong', async () => {
    const small: CounterfactualModel = { counterfactual: () => tf.zeros([1, 2, 2, 1]) };
    const leaked = await countTensors(async () => {
      await expect(effectMatrix(small, data, reader)).rejects.toThrow(
        /counterfactual\(images, { cause: .*expected images \[60, 8, 8, 1\], got \[1, 2, 2, 1\]/,
      );
      const broken = { counterfactual: (x: tf.Tensor4D) => tf.fill<tf.Rank.R4>(x.shape, NaN) };
      await expect(effectMatrix(broken, data, reader)).rejects.toThrow(/annotator read NaN/);
      await expect(counterfactualError(broken, data)).rejects.toThrow(/not finite/);
    });
    expect(leaked).toBe(0);
    const blind = { ...data, render: undefined };
    await expect(effectMatrix(idle, blind, reader)).rejects.toThrow(/has no render\(\)/);
    await expect(effectMatrix(idle, data, reader, { quantiles: [0.9, 0.1] })).rejects.toThrow(
      /low < high/,
    );
  });

  it('refuses an annotator of other concepts, and numbers of images that are none', async () => {
    const leaked = await countTensors(async () => {
      const other = { ...reader, r2: { cause: 1, other: 1, effect: 1 } };
      await expect(effectMatrix(idle, data, other)).rejects.toThrow(
        /the annotator reads \[cause, other, effect\], but 'bars' has \[cause, effect, other\]/,
      );
      const narrow = { read: (images: tf.Tensor4D) => tf.zeros<tf.Rank.R2>([images.shape[0], 2]) };
      await expect(effectMatrix(idle, data, narrow)).rejects.toThrow(
        /expected the annotator to read \[60, 3\] off the model’s images, got \[60, 2\]/,
      );
      for (const options of [{ chunkSize: 0 }, { count: 0 }, { count: 2.5 }, { chunkSize: NaN }]) {
        await expect(effectMatrix(idle, data, reader, options)).rejects.toThrow(
          /`(count|chunkSize)` must be an integer ≥ 1/,
        );
      }
      const drawing = { reconstruct: (images: tf.Tensor4D) => images };
      await expect(reconstructionError(drawing, data, { chunkSize: 0 })).rejects.toThrow(
        /reconstructionError: `chunkSize` must be an integer ≥ 1, got 0/,
      );
    });
    expect(leaked).toBe(0);
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort();
    await expect(effectMatrix(idle, data, reader, { signal })).rejects.toThrow(/abort/i);
  });
});

describe('counterfactualError', () => {
  it('is 0 for a perfect model and has the ratio of the errors', async () => {
    const noisy: CounterfactualModel = {
      counterfactual: (images, values) =>
        tf.tidy(
          () => (perfect.counterfactual(images, values) as tf.Tensor4D).add(0.02) as tf.Tensor4D,
        ),
      reconstruct: (images) => images.add(0.01) as tf.Tensor4D,
    };
    const none = await counterfactualError(perfect, data);
    expect(none.mae).toBeCloseTo(0, 6);
    expect(none.changedRegion).toBeCloseTo(0, 6);
    const error = await counterfactualError(noisy, data);
    expect(error.mae).toBeCloseTo(0.02, 5);
    expect(error.psnr).toBeCloseTo(-20 * Math.log10(0.02), 3);
    expect(error.reconstructionMae).toBeCloseTo(0.01, 5);
    expect(error.ratio).toBeCloseTo(2, 2);
    expect(Object.keys(error.byConcept)).toEqual(['cause', 'effect', 'other']);
    const same = await reconstructionError(noisy, data);
    expect(same.mae).toBeCloseTo(0.01, 5);
  });

  it('is 1 within the changed region for a model that changes nothing', async () => {
    const error = await counterfactualError(idle, data);
    expect(error.changedRegion).toBeCloseTo(1, 6);
    expect(error.reconstructionMae).toBeUndefined();
    await expect(reconstructionError(idle, data)).rejects.toThrow(/no reconstruct/);
  });

  it('comes with the effect matrix in one pass', async () => {
    let calls = 0;
    const counted: CounterfactualModel = {
      counterfactual: (images, values) => {
        calls++;
        return perfect.counterfactual(images, values);
      },
    };
    const { effects, error } = await judgeInterventions(counted, data, reader, { count: 20 });
    expect(calls).toBe(6);
    expect(effects).toEqual(await effectMatrix(perfect, data, reader, { count: 20 }));
    expect(error).toEqual(await counterfactualError(counted, data, { count: 20 }));
  });
});
