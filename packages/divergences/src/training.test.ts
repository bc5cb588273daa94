import { writeFileSync } from 'node:fs';
import { adam } from '@causal/backend';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { betweenSamples, ofPairs, ofParameters } from '../test-support/losses';
import { normalRows, tensor } from '../test-support/reference';

useEngine();

/** CAUSAL_STEPS=1000 for the long form, CAUSAL_REPORT=file.json to keep what it finds. */
const STEPS = Number(process.env['CAUSAL_STEPS'] ?? 12);

const losses = { ...betweenSamples, ...ofPairs, ...ofParameters };

const report: object[] = [];
afterAll(() => {
  const file = process.env['CAUSAL_REPORT'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(report, null, 1) + '\n');
});

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
    const before = tf.memory();
    let last = first;
    for (let index = 1; index < STEPS; index++) last = step(index);
    const after = tf.memory();
    report.push({
      name,
      steps: STEPS,
      loss: [first, last],
      tensors: [before.numTensors, after.numTensors],
      bytes: [before.numBytes, after.numBytes],
    });
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.numBytes).toBe(before.numBytes);
    expect(last).toBeLessThan(first);
    expect(x.dataSync().every(Number.isFinite)).toBe(true);
    optimizer.dispose();
    tf.dispose([x, y]);
  });
});
