import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { faces } from './faces/faces';
import { pendulum } from './pendulum/pendulum';
import { labelScaling, scaleLabels, unscaleLabels } from './scaling';

useEngine();

describe('label scaling', () => {
  const data = pendulum({ size: 8, labelled: 0.5 });
  const rows = data.labels('test');

  it('takes the range to [0, 1], and comes back through JSON', () => {
    const scaling = JSON.parse(JSON.stringify(labelScaling(data)));
    const scaled = scaleLabels(scaling, rows);
    expect(Math.min(...scaled.flat())).toBeGreaterThanOrEqual(0);
    expect(Math.max(...scaled.flat())).toBeLessThanOrEqual(1);
    unscaleLabels(scaling, scaled).forEach((row, k) => {
      row.forEach((v, c) => expect(v).toBeCloseTo(rows[k]![c]!, 12));
    });
  });

  it('standardises by the labelled training rows', () => {
    const scaling = labelScaling(data, 'standardise');
    const told = data.labels('train').filter((r) => !Number.isNaN(r[0]!));
    const scaled = scaleLabels(scaling, told);
    data.concepts.forEach((_, c) => {
      const mean = scaled.reduce((a, r) => a + r[c]!, 0) / scaled.length;
      const square = scaled.reduce((a, r) => a + r[c]! ** 2, 0) / scaled.length;
      expect(mean).toBeCloseTo(0, 10);
      expect(square).toBeCloseTo(1, 10);
    });
  });

  it('does the same on tensors and leaves none behind', async () => {
    const scaling = labelScaling(data, 'standardise');
    const native = tf.tensor2d(rows.slice(0, 5).map((r) => [...r]));
    const leaked = await countTensors(() => {
      const scaled = scaleLabels(scaling, native);
      const back = unscaleLabels(scaling, scaled);
      const expected = scaleLabels(scaling, rows.slice(0, 5)).flat();
      scaled.dataSync().forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 4));
      back.dataSync().forEach((v, i) => expect(v).toBeCloseTo(rows.flat()[i]!, 4));
      tf.dispose([scaled, back]);
    });
    expect(leaked).toBe(0);
    native.dispose();
  });

  it('leaves binary labels alone and refuses other widths', () => {
    const scaling = labelScaling(
      faces({ size: 8, labels: 'binary', train: 9, test: 1 }),
      'standardise',
    );
    expect(scaleLabels(scaling, [[0, 1, 1, 0]])).toEqual([[0, 1, 1, 0]]);
    expect(() => scaleLabels(scaling, [[1]])).toThrow('1 columns, the scaling is for 4 (gender,');
  });
});
