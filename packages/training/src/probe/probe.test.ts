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
