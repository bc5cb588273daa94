import { morphoMnist } from '@causal/datasets/node';
import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { bars } from '../test-support/bars';
import { rendererModel } from '../test-support/renderer-model';
import { measuredEffects } from './measured-effects';

useEngine();

const data = morphoMnist({ train: 4, test: 16, slant: true, cache: false });
const options = { values: 4, count: 16 };

describe('measuredEffects', () => {
  it('finds nothing wrong with the data set’s own counterfactuals', async () => {
    const oracle = rendererModel(data, data.counterfactual);
    const effects = await measuredEffects(oracle, data, options);
    expect(Object.keys(effects)).toEqual(['thickness', 'intensity', 'slant']);
    for (const { made, truth, error } of Object.values(effects)) {
      expect(made).toEqual(truth);
      expect([error.mae, error.changedRegion]).toEqual([0, 0]);
    }
    const { thickness, intensity, slant } = effects as Record<string, (typeof effects)[string]>;
    expect(thickness!.made['thickness']!.mae).toBeLessThan(0.35);
    expect(intensity!.made['intensity']!.slope).toBeGreaterThan(0.97);
    expect(slant!.made['slant']!.r2).toBeGreaterThan(0.99);
  });

  it('finds what a model that changes nothing leaves', async () => {
    const idle: CounterfactualModel = { counterfactual: (images) => images };
    const effects = await measuredEffects(idle, data, { ...options, concepts: ['slant'] });
    expect(Object.keys(effects)).toEqual(['slant']);
    const { made, truth, error } = effects['slant']!;
    expect(error.changedRegion).toBeCloseTo(1, 5);
    expect(made['slant']!.mae).toBeGreaterThan(10 * truth['slant']!.mae);
  });

  it('keeps no tensors, takes what lies beyond [0, 1], and refuses other data', async () => {
    const loud: CounterfactualModel = {
      counterfactual: (images) => tf.tidy(() => images.mul(1.3).sub(0.05) as tf.Tensor4D),
    };
    expect(
      await countTensors(() => measuredEffects(loud, data, { count: 4, concepts: ['intensity'] })),
    ).toBe(0);
    await expect(measuredEffects(loud, bars())).rejects.toThrow(
      /expected the pictures of morphoMnist/,
    );
  });
});
