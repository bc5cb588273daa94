import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { bars, readBars } from '../test-support/bars';
import { axioms } from './axioms';

useEngine();

const data = bars(30);
const reader = { read: readBars };

/** Reads the bars' labels, puts the mechanism to them, and draws: exact for any picture of bars. */
const exact: CounterfactualModel = {
  counterfactual: (images, interventions) => {
    const labels = tf.tidy(() => readBars(images).arraySync());
    return data.render(data.counterfactual(labels, interventions));
  },
};

describe('axioms', () => {
  it('hold for the true mechanism', async () => {
    const result = await axioms(exact, data, reader);
    expect(result.composition).toHaveLength(3);
    for (const change of result.composition) expect(change).toBeLessThan(1e-6);
    for (const name of ['cause', 'effect', 'other']) {
      expect(result.effectiveness[name]).toBeLessThan(1e-6);
      expect(result.reversibility[name]).toBeLessThan(1e-6);
    }
  });

  it('measure what a model does wrong', async () => {
    // Darkens at each step, and sets nothing.
    const dim: CounterfactualModel = {
      counterfactual: (images) => images.mul(0.9) as tf.Tensor4D,
    };
    const { composition, effectiveness, reversibility } = await axioms(dim, data, reader, {
      repetitions: 2,
    });
    const { images, labels } = data.batch('test', [...Array(30).keys()]);
    const brightness = images.mean().dataSync()[0]!;
    tf.dispose([images, labels]);
    expect(composition[0]).toBeCloseTo(0.1 * brightness, 5);
    expect(composition[1]).toBeCloseTo(0.19 * brightness, 5);
    expect(reversibility['other']).toBeCloseTo(0.19 * brightness, 5);
    expect(effectiveness['other']).toBeGreaterThan(0.1);
  });

  it('keep no tensors, also for a model that hands its images back', async () => {
    const idle: CounterfactualModel = { counterfactual: (images) => images };
    expect(await countTensors(() => axioms(idle, data, reader, { count: 5 }))).toBe(0);
    expect(await countTensors(() => axioms(exact, data, reader, { count: 5, chunkSize: 2 }))).toBe(
      0,
    );
    const narrow = { read: (images: tf.Tensor4D) => tf.zeros<tf.Rank.R2>([images.shape[0], 2]) };
    expect(
      await countTensors(() => expect(axioms(idle, data, narrow)).rejects.toThrow(/got \[30, 2\]/)),
    ).toBe(0);
    await expect(axioms(idle, data, reader, { repetitions: -1 })).rejects.toThrow(/repetitions/);
    await expect(axioms(idle, data, reader, { chunkSize: 0 })).rejects.toThrow(/chunkSize/);
    const signal = AbortSignal.abort();
    await expect(axioms(idle, data, reader, { signal })).rejects.toThrow(/abort/i);
  });
});
