import { useEngine } from '@causal/testing';
import { pendulum } from './pendulum/pendulum';

useEngine();

describe('labels as they are told', () => {
  it('carry noise of the size asked for, while pictures stay exact', () => {
    const exact = pendulum({ size: 8, train: 2000, test: 5 });
    const noisy = pendulum({ size: 8, train: 2000, test: 5, labelNoise: 0.05 });
    exact.concepts.forEach(({ range }, c) => {
      const errors = noisy
        .labels('train')
        .map((row, k) => (row[c]! - exact.labels('train')[k]![c]!) / (range[1] - range[0]));
      const mean = errors.reduce((a, b) => a + b) / 2000;
      const deviation = Math.sqrt(errors.reduce((a, b) => a + b * b, 0) / 2000);
      // Six standard errors of a mean and of a deviation (fixed seed, so this cannot flicker).
      expect(Math.abs(mean)).toBeLessThan((6 * 0.05) / Math.sqrt(2000));
      expect(Math.abs(deviation - 0.05)).toBeLessThan((6 * 0.05) / Math.sqrt(4000));
    });
    const [a, b] = [exact.batch('train', [7]), noisy.batch('train', [7])];
    expect(a.images.dataSync()).toEqual(b.images.dataSync());
    [a, b].forEach((batch) => Object.values(batch).forEach((t) => t.dispose()));
  });

  it('are NaN where withheld, only in training, and batches say which', () => {
    const data = pendulum({ size: 8, train: 200, test: 20, labelled: 0.1 });
    const { images, labels, labelled } = data.batch('train', [...Array(200).keys()]);
    const mask = Array.from(labelled!.dataSync());
    expect(mask.reduce((a, b) => a + b)).toBe(20);
    const values = labels.dataSync();
    mask.forEach((told, k) => expect(Number.isNaN(values[4 * k]!)).toBe(told === 0));
    expect(data.labels('test').flat().every(Number.isFinite)).toBe(true);
    [images, labels, labelled!].forEach((t) => t.dispose());
    const whole = pendulum({ size: 8, train: 4, test: 1 }).batch('train', [0]);
    expect(Object.keys(whole)).toEqual(['images', 'labels']);
    Object.values(whole).forEach((t) => t.dispose());
  });

  it('come with the weights of the exact labels', () => {
    const data = pendulum({
      size: 8,
      train: 10,
      test: 1,
      weights: ([, , length]) => (length === 3 ? 0.5 : 2),
    });
    const batch = data.batch('train', [0, 1, 2, 3, 4]);
    const expected = data
      .labels('train')
      .slice(0, 5)
      .map((r) => (r[2] === 3 ? 0.5 : 2));
    expect(Array.from(batch.weights!.dataSync())).toEqual(expected);
    Object.values(batch).forEach((t) => t.dispose());
    expect(() => pendulum({ weights: () => -1 })).toThrow('weights: row 0 got -1');
    expect(() => pendulum({ labelled: 2 })).toThrow(
      '`labelled` must be a finite number ≥ 0 and ≤ 1, got 2',
    );
    expect(() => pendulum({ labelNoise: -1 })).toThrow('`labelNoise` must be');
  });
});
