import { countTensors, useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { fit as train } from '../fit';
import { toyData, toyModel, type ToyBatch } from '../test-support/toy';
import { probeBatch, probeLabels } from './probe';

useEngine();

const nothing = { errors: [], warnings: [] };

describe('probeBatch', () => {
  it('finds nothing in good data, and leaves it alone', async () => {
    const batch = { images: tf.tensor4d([0, 1, 0.5, 0.2], [2, 1, 2, 1]), labels: tf.ones([2, 3]) };
    const left = await countTensors(async () => expect(await probeBatch(batch)).toEqual(nothing));
    expect(left).toBe(0);
    expect(await probeBatch({ inner: [batch.labels], other: 3 })).toEqual(nothing);
  });

  it.each<[string, () => object, object]>([
    [
      'a NaN',
      () => ({ codes: tf.tensor2d([1, 2, 3, NaN], [2, 2]) }),
      { errors: ['codes: value NaN in row 1 of the first batch.'] },
    ],
    ['nothing in missing labels', () => ({ labels: tf.tensor2d([1, NaN], [2, 1]) }), {}],
    [
      'an infinite label',
      () => ({ labels: tf.tensor2d([NaN, -Infinity], [2, 1]) }),
      { errors: ['labels: value -Infinity in row 1 of the first batch.'] },
    ],
    ['nothing in a row of missing labels', () => ({ labels: tf.fill([1, 2], NaN) }), {}],
    [
      'a weight below 0',
      () => ({ labels: tf.ones([2, 1]), weights: tf.tensor1d([1, -2]) }),
      { errors: ['weights: row 1 of the first batch weighs -2; weights are ≥ 0.'] },
    ],
    [
      'a missing weight',
      () => ({ weights: tf.tensor1d([1, NaN]) }),
      { errors: ['weights: value NaN in row 1 of the first batch.'] },
    ],
    [
      'no weight at all',
      () => ({ weights: tf.zeros([2]) }),
      { errors: [expect.stringMatching(/every row of the first batch weighs 0/)] },
    ],
    ['nothing in weights, some 0', () => ({ weights: tf.tensor1d([0, 2]) }), {}],
    [
      'bytes instead of [0, 1]',
      () => ({ images: tf.tensor4d([0, 255], [1, 1, 2, 1]) }),
      { warnings: [expect.stringMatching(/images: values in \[0, 255\].*Divide by 255\?/)] },
    ],
    [
      'black pictures',
      () => ({ images: tf.zeros([1, 2, 2, 1]) }),
      { warnings: ['images: every pixel of the first batch is 0.'] },
    ],
    [
      'rows that do not fit',
      () => ({ images: tf.tensor4d([0, 1], [2, 1, 1, 1]), labels: tf.zeros([3, 1]) }),
      { errors: [expect.stringMatching(/rows: images \[2, 1, 1, 1\], labels \[3, 1\]/)] },
    ],
  ])('finds %s', async (_, make, found) => {
    expect(await probeBatch(make())).toEqual({ ...nothing, ...found });
  });
});

describe('probeLabels', () => {
  const concepts = [{ name: 'angle', range: [0, 1] as const }, { name: 'light' }];

  it.each<[string, number[][], object]>([
    [
      'nothing in good labels',
      [
        [0, 3],
        [1, 2],
      ],
      {},
    ],
    [
      'a value that is not finite',
      [
        [0, 3],
        [1, Infinity],
      ],
      { errors: ['concept "light" is Infinity in label row 1.'] },
    ],
    [
      'missing labels',
      [
        [0, 3],
        [NaN, 2],
        [1, NaN],
        [1, 1],
      ],
      {
        warnings: [
          'concept "angle": 25 % of the labels are missing (NaN).',
          'concept "light": 25 % of the labels are missing (NaN).',
        ],
      },
    ],
    [
      'rows without any label',
      [
        [0, 3],
        [NaN, NaN],
        [1, 2],
        [NaN, NaN],
      ],
      {
        warnings: [
          '2 of 4 rows have no label at all (NaN in every column).',
          'concept "angle": 50 % of the labels are missing (NaN).',
          'concept "light": 50 % of the labels are missing (NaN).',
        ],
      },
    ],
    [
      'a concept without labels',
      [
        [NaN, 3],
        [NaN, 2],
      ],
      { errors: ['concept "angle" has no label in any row (NaN marks a missing one).'] },
    ],
    [
      'a row of another length',
      [[0, 3], [1]],
      { errors: ['label row 1 has 1 numbers, row 0 has 2.'] },
    ],
    [
      'a number of columns that is not that of the concepts',
      [[0], [1]],
      { errors: [expect.stringMatching(/1 numbers, but there are 2 concepts/)] },
    ],
    [
      'a constant concept',
      [
        [0, 3],
        [1, 3],
      ],
      { warnings: ['concept "light" is always 3: nothing can be learned about it.'] },
    ],
    [
      'a concept outside its range',
      [
        [0, 3],
        [2, 4],
      ],
      { warnings: ['concept "angle" lies in [0, 2], outside its range [0, 1].'] },
    ],
    [
      'the same concept twice',
      [
        [0, 0],
        [1, 1],
      ],
      { warnings: ['concept "light" and concept "angle" are the same in every row.'] },
    ],
  ])('finds %s', (_, labels, found) => {
    expect(probeLabels(labels, concepts)).toEqual({ ...nothing, ...found });
  });
});

describe('probeLabels, of a kind', () => {
  const categories = ['cat', 'dog'];
  it.each<[string, object, number[], string[]]>([
    ['binary', {}, [0, 1, NaN, 1], []],
    ['binary', {}, [-1, 1, NaN, 1], []],
    ['binary', {}, [0, 1, 0.5], ['concept "on" is binary, but has 3 values: 0, 0.5, 1.']],
    ['categorical', { categories }, [0, 1, NaN], []],
    [
      'categorical',
      { categories },
      [0, 1, 2],
      ['concept "on" is categorical, but a label is 2: expected 0 to 1 (cat, dog).'],
    ],
    [
      'categorical',
      {},
      [0, 1, 0.5],
      ['concept "on" is categorical, but a label is 0.5: expected 0, 1, ….'],
    ],
    ['ordinal', {}, [1, 2.5, 4], []],
  ])('%s %j: %j', (kind, more, values, errors) => {
    const rows = values.map((value) => [value]);
    expect(probeLabels(rows, [{ name: 'on', kind, ...more }]).errors).toEqual(errors);
  });
});

describe('fit', () => {
  it('refuses broken data before the first step and tells warnings in its result', async () => {
    const model = toyModel();
    const poisoned = (values: number[]): Iterable<ToyBatch> => [
      { x: tf.tensor2d(values, [1, 3]), y: tf.ones([1, 1]) },
    ];
    const left = await countTensors(async () => {
      const bad = { batches: () => poisoned([1, NaN, 1]) };
      await expect(train(model, bad, { steps: 1 })).rejects.toThrow(
        /cannot be trained on:\n.*x: value NaN in row 0/,
      );
      const labelled = { ...toyData(), labels: () => [[NaN]] };
      await expect(train(model, labelled, { steps: 1 })).rejects.toThrow(
        /concept "0" has no label/,
      );
    });
    expect(model.contexts).toEqual([]);
    expect(left).toBe(0);
    const constant = { ...toyData(), labels: () => [[1], [1]], concepts: [{ name: 'light' }] };
    const { warnings } = await train(model, constant, { steps: 1 });
    expect(warnings).toEqual(['concept "light" is always 1: nothing can be learned about it.']);
    model.dispose();
  });
});
