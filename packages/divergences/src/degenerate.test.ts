import { useEngine } from '@causal/testing';
import type * as tf from '@tensorflow/tfjs';
import { betweenSamples, ofPairs, ofParameters, type Loss } from '../test-support/losses';
import {
  normalRows,
  scalarOf,
  tensor,
  valueAndGradientsOf,
  type Rows,
} from '../test-support/reference';
import { dhsic, hsic, mmd } from './index';

useEngine();

const constant = (value: number): Rows => Array.from({ length: 8 }, () => [value, 2]);
const twoPoints = (rows: Rows): Rows => rows.map((_, i) => rows[i % 2]!);
const scaled = (std: number, seed: number): Rows => normalRows(8, 2, seed, { std });

const cases: Readonly<Record<string, readonly [Rows, Rows]>> = {
  'one point': [normalRows(1, 2, 1), normalRows(1, 2, 2)],
  'equal constants': [constant(1), constant(1)],
  'constants apart': [constant(1), constant(3)],
  'a constant': [constant(1), normalRows(8, 2, 2)],
  'equal samples': [normalRows(8, 2, 1), normalRows(8, 2, 1)],
  duplicates: [twoPoints(normalRows(8, 2, 1)), twoPoints(normalRows(8, 2, 2))],
  'far apart': [normalRows(8, 2, 1), normalRows(8, 2, 2, { mean: 1e10 })],
  'scale 1e-38': [scaled(1e-38, 1), scaled(1e-38, 2)],
  'scale 1e-20': [scaled(1e-20, 1), scaled(1e-20, 2)],
  'scale 1e20': [scaled(1e20, 1), scaled(1e20, 2)],
  'scales 1e-20 and 1e20': [scaled(1e-20, 1), scaled(1e20, 2)],
  'p = 1': [normalRows(8, 1, 1), normalRows(8, 1, 2)],
  'p = 512': [normalRows(8, 512, 1), normalRows(8, 512, 2)],
};

const tooFew = /must have at least (2|4) rows/;
const beyond = /leave float32; rescale them/;
const notFinite = /finite/;
const notResolved = { 'far apart': /Take a larger epsilon/ };
const tooLarge = (message: RegExp) => ({ 'scale 1e20': message, 'scales 1e-20 and 1e20': message });

/** Where a function says what is wrong instead of giving a number. */
const errors: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'mmd, WAE, unbiased': { 'one point': tooFew },
  'mmd, laplacian, block': { 'one point': tooFew },
  'mmd, linear time': { 'one point': tooFew },
  'energyDistance, unbiased, tiles': { 'one point': tooFew },
  'hsic, unbiased': { 'one point': tooFew },
  'hsic, laplacian, normalised, unbiased': { 'one point': tooFew },
  sinkhornDivergence: { ...notResolved, ...tooLarge(beyond) },
  'entropicOT, tiles': { ...notResolved, ...tooLarge(beyond) },
  gaussianW2: tooLarge(notFinite),
  klGaussian: tooLarge(notFinite),
};

function expectFinite(name: string, loss: Loss, what: string): void {
  const [x, y] = cases[what]!;
  const at = (a: tf.Tensor2D, b: tf.Tensor2D) => loss(a, b, 0);
  const message = errors[name]?.[what];
  if (message !== undefined) {
    expect(() => scalarOf(() => at(tensor(x), tensor(y)))).toThrow(message);
    return;
  }
  const { value, gradients } = valueAndGradientsOf(at, [...x], [...y]);
  expect([what, Number.isFinite(value)]).toEqual([what, true]);
  for (const gradient of gradients) {
    expect([what, gradient.findIndex((g) => !Number.isFinite(g))]).toEqual([what, -1]);
  }
}

describe('degenerate samples: finite with their gradients, or a clear error', () => {
  const losses: Readonly<Record<string, Loss>> = {
    ...betweenSamples,
    ...ofPairs,
    'mmd, σ = 1': (x, y) => mmd(x, y, { bandwidth: 1 }),
    'hsic, σ = 1': (x, y) => hsic(x, y, { bandwidth: 1 }),
    'hsic, linear kernel': (x, y) => hsic(x, y, { kernel: 'linear' }),
    'dhsic, linear kernel, tiles': (x, y) => dhsic([x, y], { kernel: 'linear', blockSize: 3 }),
  };
  it.each(Object.keys(losses))('%s', (name) => {
    for (const what of Object.keys(cases)) expectFinite(name, losses[name]!, what);
  });

  // Eigenvalues of 512 × 512 matrices on the host take seconds: once is enough, in gaussian.test.ts.
  it.each(Object.keys(ofParameters))('%s', (name) => {
    for (const what of Object.keys(cases)) {
      if (name !== 'gaussianW2' || what !== 'p = 512')
        expectFinite(name, ofParameters[name]!, what);
    }
  });
});
