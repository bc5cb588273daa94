import { adam } from '@causal/backend';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { betweenSamples, ofPairs, ofParameters } from '../test-support/losses';
import { normalRows, tensor } from '../test-support/reference';
useEngine();

/** CAUSAL_STEPS=1000 for the long form. */
const STEPS = Number(process.env['CAUSAL_STEPS'] ?? 12);

const losses = { ...betweenSamples, ...ofPairs, ...ofParameters };

describe('as a training loss', () => {
  it.each(Object.keys(losses))('%s falls, and tensors stay flat', (name) => {
    const loss = losses[name]!;
    const x = tf.variable(tensor(normalRows(16, 2, 'x', { mean: 1 })));
    // Dependent on x, and elsewhere: something to do for every loss.
    const y = tf.tidy(() =>
      tensor(normalRows(16, 2, 'y'))
        .mul(0.5)
        .add(x.square().mul(0.5)),
    ) as tf.Tensor2D;
    const optimizer = adam({ learningRate: 0.05 });
    const step = (index: number): number => {
      const { value, grads } = tf.variableGrads(
        () => loss(x as unknown as tf.Tensor2D, y, name === 'fourierMmd' ? 1 : index),
        [x],
      );
      optimizer.step({ x: grads[x.name]! }, { x });
      const number = value.dataSync()[0]!;
      tf.dispose([value, grads]);
      return number;
    };
    const first = step(0);
    const before = tf.memory().numTensors;
    let last = first;
    for (let index = 1; index < STEPS; index++) last = step(index);
    expect(tf.memory().numTensors).toBe(before);
    expect(last).toBeLessThan(first);
    expect(x.dataSync().every(Number.isFinite)).toBe(true);
    optimizer.dispose();
    tf.dispose([x, y]);
  });
});
