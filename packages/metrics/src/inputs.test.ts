import { createRng } from '@causal/random';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  axioms,
  characteristicMatrix,
  conceptAssociation,
  counterfactualError,
  dci,
  effectMatrix,
  frechetDistance,
  gmic,
  intervals,
  irs,
  judgeInterventions,
  knnProbe,
  linearProbe,
  mae,
  mas,
  mcc,
  mccMatch,
  mcn,
  mev,
  mic,
  micMatrix,
  micStatistics,
  mig,
  mse,
  msSsim,
  psnr,
  reconstructionError,
  representationReport,
  sap,
  sharpness,
  ssim,
  tic,
  trainAnnotator,
} from './index';

useEngine();

const rng = createRng(1);
const column = Array.from({ length: 30 }, () => rng.normal());
const table = column.map((v) => [v, v * v + rng.normal()]);
const picture = () => tf.fill([1, 16, 16, 3], 0.5) as tf.Tensor4D;

type Call = (options: never) => unknown;
const ofColumns = { mic, tic, mas, mev, mcn, gmic, micStatistics, characteristicMatrix };
const ofTables = { mcc, mccMatch, dci, irs, mig, sap, linearProbe, knnProbe, conceptAssociation, micMatrix, representationReport }; // prettier-ignore
const ofPictures = { psnr, ssim, msSsim };
const idle = { counterfactual: (images: tf.Tensor4D) => images };
const reader = { read: (images: tf.Tensor4D) => tf.zeros([images.shape[0], 1]) as tf.Tensor2D };
const data = { concepts: [], name: 'none', imageShape: [1, 1, 3] } as never;
const withOptions: [string, Call][] = [
  ...Object.entries(ofColumns).map(([n, f]): [string, Call] => [n, (o) => f(column, column, o)]),
  ...Object.entries(ofTables).map(([n, f]): [string, Call] => [n, (o) => f(table, table, o)]),
  ...Object.entries(ofPictures).map(([n, f]): [string, Call] => [n, (o) => f(picture(), picture(), o)]), // prettier-ignore
  ['intervals', (o) => intervals(9, () => [1], o)],
  ['effectMatrix', (o) => effectMatrix(idle, data, reader, o)],
  ['counterfactualError', (o) => counterfactualError(idle, data, o)],
  ['judgeInterventions', (o) => judgeInterventions(idle, data, reader, o)],
  ['axioms', (o) => axioms(idle, data, reader, o)],
  ['reconstructionError', (o) => reconstructionError(idle as never, data, o)],
  ['trainAnnotator', (o) => trainAnnotator(data, o)],
];

/** The error of a call, thrown at once or in its promise. */
async function errorOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('options that do not exist', () => {
  it.each(withOptions)('%s refuses them', async (name, call) => {
    for (const odd of [{ revesal: 0 }, null, 'x', 3, [1], new Map()]) {
      const error = await errorOf(() => call(odd as never));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(/unknown option `revesal`|the options must be an object/);
      expect(error.message).toContain(name);
    }
  });

  it.each<[string, Call, object, RegExp]>([
    ['mic', (o) => mic(column, column, o), { est: 'mic_e' }, /`est`; did you mean `estimator`/],
    ['mic', (o) => mic(column, column, o), { estimator: 'mic_e' }, /'approx', 'e', got "mic_e"/],
    ['mic', (o) => mic(column, column, o), { alpha: '0.6' }, /`alpha` must be/],
    ['tic', (o) => tic(column, column, o), { norm: true }, /did you mean `normalized`/],
    ['tic', (o) => tic(column, column, o), { normalized: 'no' }, /true or false/],
    ['mcn', (o) => mcn(column, column, o), { epsilon: 2 }, /`epsilon` must be/],
    ['gmic', (o) => gmic(column, column, o), { p: '1' }, /`p` must be a number/],
    ['mig', (o) => mig(table, table, o), { num_bins: 9 }, /`num_bins`; did you mean `bins`/],
    ['irs', (o) => irs(table, table, o), { bins: '20' }, /`bins` must be an integer/],
    ['mcc', (o) => mcc(table, table, o), { correlation: 'spaerman' }, /Did you mean 'spearman'/],
    ['dci', (o) => dci(table, table, o), { kinds: ['discreet', 'continuous'] }, /mean 'discrete'/],
    ['dci', (o) => dci(table, table, o), { rounds: 0 }, /`rounds` must be an integer ≥ 1/],
    ['dci', (o) => dci(table, table, o), { kinds: 'discrete' }, /`kinds` must be a list/],
    ['probe', (o) => linearProbe(table, table, o), { ridge: -1 }, /`ridge` must be/],
    ['probe', (o) => linearProbe(table, table, o), { testShare: '0.3' }, /`testShare` must be/],
    ['probe', (o) => linearProbe(table, table, o), { seed: null }, /createRng/],
    ['psnr', (o) => psnr(picture(), picture(), o), { data_range: 255 }, /did you mean `dataRange`/],
    ['psnr', (o) => psnr(picture(), picture(), o), { dataRange: 0 }, /`dataRange` must be/],
    ['ssim', (o) => ssim(picture(), picture(), o), { window: 'gauss' }, /'gaussian', 'uniform'/],
  ])('%s says the right name or value', async (_, call, options, message) => {
    expect((await errorOf(() => call(options as never))).message).toMatch(message);
  });
});

describe('nothing raw from inside', () => {
  const odd = [undefined, null, 'abc', 3, true, {}, [], [1], [null, 2], ['1', '2'], [[1], [1, 2]], [['a', 1]], [[null, 1]], [[NaN, 1]], tf.scalar]; // prettier-ignore
  const calls: [string, (value: never) => unknown][] = [
    ...Object.entries(ofTables).flatMap(([name, f]): [string, (value: never) => unknown][] => [
      [`${name}, latents`, (v) => f(v, table)],
      [`${name}, labels`, (v) => f(table, v)],
    ]),
    ['mic x', (v) => mic(v, column)],
    ['mic y', (v) => mic(column, v)],
    ['frechetDistance', (v) => frechetDistance(v, table)],
    ['frechetDistance, second', (v) => frechetDistance(table, v)],
    ['psnr', (v) => psnr(v, picture())],
    ['mse', (v) => mse(picture(), v)],
    ['mae', (v) => mae(v, v)],
    ['ssim', (v) => ssim(v, picture())],
    ['sharpness', (v) => sharpness(v)],
    ['intervals', (v) => intervals(v, () => [1])],
    ['trainAnnotator', (v) => trainAnnotator(v)],
    ['effectMatrix model', (v) => effectMatrix(v, data, reader)],
    ['effectMatrix data', (v) => effectMatrix(idle, v, reader)],
    ['effectMatrix reader', (v) => effectMatrix(idle, data, v)],
    ['counterfactualError', (v) => counterfactualError(idle, v)],
    ['axioms', (v) => axioms(v, data, reader)],
    ['reconstructionError', (v) => reconstructionError(v, data)],
  ];
  it.each(calls)('%s', async (name, call) => {
    for (const value of odd) {
      if (name === 'intervals' && value === 3) continue; // three rows are rows
      const { message } = await errorOf(() => call(value as never));
      expect(message).toMatch(/expected|must|has no reconstruct|row 0 has/);
      expect(message).not.toMatch(/reading '|is not a function|not iterable|undefined \(/);
    }
  });
});

describe('pictures in other units', () => {
  const bytes = () => tf.mul(picture(), 255) as tf.Tensor4D;

  it('0 … 255 is refused where a score is made for [0, 1], and taken with its dataRange', () => {
    for (const score of [psnr, ssim]) {
      expect(() => score(bytes(), bytes())).toThrow(
        /expected pixels in \[0, 1\], got 127.5; scale/,
      );
      expect(() => score(picture(), bytes())).toThrow(/divide by 255/);
      expect(() => score(picture(), tf.sub(picture(), 1.5))).toThrow(/expected pixels in/);
      expect(() => score(picture(), tf.mul(picture(), NaN))).toThrow(/expected finite pixels/);
    }
    expect(psnr(bytes(), tf.add(bytes(), 25.5), { dataRange: 255 })).toBeCloseTo(20, 3);
    expect(ssim(bytes(), bytes(), { dataRange: 255 })).toBeCloseTo(1, 6);
    expect(() => sharpness(bytes())).toThrow(/expected pixels in \[0, 1\]/);
    // A decoder without a last sigmoid overshoots a little.
    expect(psnr(picture(), tf.add(picture(), 0.7))).toBeGreaterThan(3);
  });
});
