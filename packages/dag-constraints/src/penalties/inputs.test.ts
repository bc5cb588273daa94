import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { varsortability } from '../diagnostics';
import { lbfgsb } from '../lbfgsb/lbfgsb';
import { isInDomain } from './domain';
import { host } from './host';
import { noCurl } from './no-curl';
import { expTrace, logDet, polyTrace, spectralRadius, truncatedGeometric } from './penalties';

useEngine();

const matrix = [
  [0, 0.5],
  [0, 0],
];

describe('penalties refuse by name what they cannot take', () => {
  it.each([
    ['polyTrace', { alhpa: 1 }, /did you mean `alpha`/],
    ['polyTrace', { alpha: 0 }, /`alpha` must be a finite number/],
    ['polyTrace', { alpha: '1' }, /`alpha` must be a finite number .* got "1"/],
    ['logDet', { S: 1 }, /did you mean `s`/],
    ['logDet', { s: NaN }, /`s` must be a finite number/],
    ['logDet', null, /options must be an object/],
    ['truncatedGeometric', { term: 2 }, /did you mean `terms`/],
    ['truncatedGeometric', { terms: 1.5 }, /`terms` must be an integer/],
  ] as const)('%s with the options %j', (name, options, message) => {
    const tensors = { polyTrace, logDet, truncatedGeometric };
    expect(() => host[name](matrix, options as never)).toThrow(message);
    tf.tidy(() => {
      expect(() => tensors[name](tf.tensor2d(matrix), options as never)).toThrow(message);
    });
  });

  it.each([
    ['not square', [[0, 1]], /row 0 has 2 entries where there are 1 rows/],
    ['ragged', [[0, 1], [0]], /row 1 has 1 entries/],
    [
      'NaN',
      [
        [0, NaN],
        [0, 0],
      ],
      /entry \[0\]\[1\] is NaN/,
    ],
    [
      'null',
      [
        [0, null],
        [0, 0],
      ],
      /entry \[0\]\[1\] is null, not a number/,
    ],
    [
      'a boolean',
      [
        [0, true],
        [0, 0],
      ],
      /entry \[0\]\[1\] is true, not a number/,
    ],
    [
      'a string',
      [
        [0, '1'],
        [0, 0],
      ],
      /entry \[0\]\[1\] is "1", not a number/,
    ],
    ['a row missing', [[0, 1], null], /row 1 is null/],
    ['no matrix', null, /expected a square matrix .* got null/],
    ['letters', 'ab', /expected a square matrix .* got "ab"/],
    ['nothing', [], /at least one row/],
  ])('%s', (_, value, message) => {
    for (const penalty of Object.values(host)) {
      expect(() => penalty(value as never)).toThrow(message);
    }
    expect(() => isInDomain(value as never)).toThrow(message);
  });

  it('plain matrices where tensors are asked for', () => {
    const bad = [matrix, null, 3] as never[];
    for (const penalty of [expTrace, polyTrace, logDet, truncatedGeometric, spectralRadius]) {
      for (const value of bad)
        expect(() => penalty(value)).toThrow(/square Tensor2D, got .*host\./);
    }
    expect(() => noCurl(matrix as never, [0, 1] as never)).toThrow(/noCurl: expected two tensors/);
    tf.tidy(() => {
      expect(() => isInDomain(tf.zeros([2, 3]) as tf.Tensor2D)).toThrow(/square matrix, got shape/);
    });
  });
});

describe('lbfgsb and the sortabilities', () => {
  it('name what is wrong', async () => {
    const square = (x: Float64Array, g: Float64Array): number => {
      g[0] = 2 * x[0]!;
      return x[0]! ** 2;
    };
    await expect(lbfgsb(square, [1], { maxIteration: 3 } as never)).rejects.toThrow(
      /did you mean `maxIterations`/,
    );
    await expect(lbfgsb(square, [1], { memory: 0 })).rejects.toThrow(
      /`memory` must be an integer ≥ 1/,
    );
    await expect(lbfgsb(square, [NaN])).rejects.toThrow(/finite numbers, got NaN at 0/);
    await expect(lbfgsb(square, 3 as never)).rejects.toThrow(/finite numbers, got 3/);
    await expect(lbfgsb(null as never, [1])).rejects.toThrow(/must be a function, got null/);
    const x = [
      [1, 2],
      [2, 1],
      [4, 5],
    ];
    for (const truth of [
      null,
      'ab',
      [[0, 1]],
      [[0, 1], null],
      [
        [0, NaN],
        [0, 0],
      ],
    ]) {
      expect(() => varsortability(x, truth as never)).toThrow(/truth must be 2 × 2/);
    }
  });
});
