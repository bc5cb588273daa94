import { OptionsError } from '@causal/options';
import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import {
  conceptMlp,
  doOperator,
  endogenous,
  exogenous,
  gumbelMask,
  GumbelMaskLayer,
  host,
  LinearScmLayer,
  MaskLayer,
  parentSum,
  Scm,
  type ScmOptions,
} from './index';

useEngine();

const adjacency = [
  [0, 1],
  [0, 0],
];
const names = ['light', 'length'];
const wrong = <T>(value: unknown): T => value as T;

describe('options that do not exist', () => {
  const scm = new Scm({ adjacency, names });

  it('a misspelt intervention does not give observational rows', () => {
    expect(() => scm.sample(1, wrong({ intervention: { light: 100 } }))).toThrow(OptionsError);
    expect(() => scm.sample(1, wrong({ intervention: { light: 100 } }))).toThrow(
      'Scm.sample: unknown option `intervention`; did you mean `interventions`?',
    );
    expect(() => scm.sample(1, wrong({ do: { light: 1 } }))).toThrow('`interventions`?');
    expect(() => scm.noise(1, wrong({ sede: 1 }))).toThrow('did you mean `seed`?');
    for (const odd of [null, 3, 'x', [1]]) {
      expect(() => scm.sample(1, wrong(odd))).toThrow(OptionsError);
      expect(() => scm.noise(1, wrong(odd))).toThrow(OptionsError);
    }
  });

  it.each([
    [{ kind: 'normal', scale: 5 }, '`scale`; did you mean `std`?'],
    [{ kind: 'laplace', std: 5 }, '`std`; did you mean `scale (= std/√2)`?'],
    [{ kind: 'normal', maen: 5 }, '`maen`; did you mean `mean`?'],
    [{ kind: 'normal', mean: NaN }, '`mean` must be a finite number, got NaN.'],
    [{ kind: 'normal', std: '5' }, '`std` must be a finite number ≥ 0, got "5".'],
    [{ kind: 'uniform', low: 0 }, '`high` must be a finite number ≥ 0, got undefined.'],
    [{ kind: 'Normal' }, "Did you mean 'normal'?"],
  ])('noise %j', (noise, message) => {
    for (const given of [noise, { light: noise }, [noise, noise]]) {
      expect(() => new Scm({ adjacency, names, noise: wrong(given) })).toThrow(message);
    }
  });

  it.each<[object, string]>([
    [{ adjacency, nosie: {} }, 'Scm: unknown option `nosie`; did you mean `noise`?'],
    [{ adjacency, noise: { wind: { kind: 'normal' } } }, 'no concept "wind"'],
    [{ adjacency, noise: null }, 'got null'],
    [{ adjacency, noise: [{ kind: 'normal' }] }, 'expected one for each of 2 concepts'],
    [{ adjacency, noise: { 0: 5 } }, 'noise must be'],
    [{ adjacency, mechanisms: 'linear' }, 'expected one for each of 2 concepts'],
    [{ adjacency, mechanisms: { 1: Math.sin } }, 'a mechanism must be'],
    [{ adjacency, mechanisms: { 1: { kind: 'linear', baias: 1 } } }, 'did you mean `bias`?'],
    [{ adjacency, mechanisms: { 1: { kind: 'linear', bias: '1' } } }, 'got "1"'],
    [{ adjacency, mechanisms: { 1: { kind: 'additive' } } }, '`mean` must be a function'],
    [{ adjacency, mechanisms: { 1: { kind: 'general' } } }, '`value` must be a function'],
    [{ adjacency, threshold: '1' }, '`threshold` must be a finite number ≥ 0, got "1"'],
    [{ adjacency, names: 'ab' }, '`names` must be 2 different names'],
    [{ adjacency, names: ['a', 'a'] }, '`names` must be 2 different names'],
    [{ adjacency: [[0, 1]] }, 'must have 1 numbers in each row, row 0 has 2'],
    [{ adjacency: [[0, null], [0, 0]] }, '`adjacency[0][1]` must be a finite number, got null'],
    [{ adjacency: [[0, NaN], [0, 0]] }, 'got NaN'],
    [{ adjacency: 'graph' }, '`adjacency` must be rows of numbers'],
    [{}, '`adjacency` must be rows of numbers'],
  ])('a model of %j', (options, message) => {
    expect(() => new Scm(options as ScmOptions)).toThrow(message);
  }); // prettier-ignore

  it('layers: unknown options, and numbers that are none', () => {
    for (const Layer of [MaskLayer, GumbelMaskLayer, LinearScmLayer]) {
      expect(() => new Layer(wrong({ hiden: 3, trainabel: false }))).toThrow(OptionsError);
      expect(() => new Layer(wrong({ trainable: 'no' }))).toThrow('must be true or false');
      expect(() => new Layer(wrong(null))).toThrow(OptionsError);
    }
    expect(() => new MaskLayer(wrong({ hidden: '8' }))).toThrow('got "8"');
    expect(() => new GumbelMaskLayer({ temperature: NaN })).toThrow('got NaN');
    expect(() => new GumbelMaskLayer(wrong({ activation: 'gelu' }))).toThrow("'elu'");
    expect(() => new LinearScmLayer(wrong({ adjacency: 'A' }))).toThrow('rows of numbers');
    expect(() => new LinearScmLayer({ allowed: [[0, NaN]] })).toThrow('got NaN');
  });
});

describe('values in do()', () => {
  const scm = new Scm({ adjacency, names });
  const observed = [
    [1, 2],
    [3, 4],
  ];
  const op = doOperator(adjacency, { names });
  const latents = () => tf.ones([2, 2]) as tf.Tensor2D;
  const ways: [string, (interventions: unknown) => unknown][] = [
    ['sample', (interventions) => scm.sample(2, wrong({ interventions }))],
    ['predict', (interventions) => scm.predict(observed, wrong(interventions))],
    ['counterfactual', (interventions) => scm.counterfactual(observed, wrong(interventions))],
    ['values', (i) => op.values(observed, wrong(i), (node, rows) => rows.map((r) => r[node]!))],
    ['linear', (interventions) => op.linear(latents(), wrong(interventions))],
    ['latents', (i) => op.latents(latents(), wrong(i), (node, z) => z.gather([node], 1).squeeze([1]))],
  ]; // prettier-ignore

  it.each(ways)('%s takes nothing apart and names concept and expectation', (_, act) => {
    for (const odd of ['12', '1', true, null, undefined, {}, [1, '2'], [null, 1], [[1], [2]], new Date(), new Map()]) {
      expect(() => act({ length: odd })).toThrow(TypeError);
      expect(() => act({ length: odd })).toThrow(/do\(length\).*(number|shift)/);
      expect(() => act({ length: { shift: odd } })).toThrow(TypeError);
    } // prettier-ignore
    for (const odd of [[1], [1, 2, 3], [], NaN, Infinity, [1, NaN], new Float32Array(3)]) {
      expect(() => act({ length: odd })).toThrow(RangeError);
      expect(() => act({ length: odd })).toThrow(/do\(length\)/);
    }
    expect(() => act({ length: { shfit: 1 } })).toThrow('did you mean `shift`?');
    expect(() => act({ length: { shift: 1, scale: 2 } })).toThrow('unknown option `scale`');
    expect(() => act({ lenght: 1 })).toThrow('no concept "lenght"; there are light, length. Did you mean "length"?'); // prettier-ignore
    expect(() => act({ ' 1': 1 })).toThrow('no concept " 1"');
    for (const odd of ['length', null, [1, 2], new Map([['length', 1]]), 3]) {
      expect(() => act(odd)).toThrow(/interventions by concept/);
    }
  });

  it.each(ways)('%s takes numbers, lists and typed arrays alike', (_, act) => {
    const text = (result: unknown) =>
      JSON.stringify(result instanceof tf.Tensor ? result.arraySync() : result);
    expect(text(act({ length: [7, 7] }))).toBe(text(act({ length: 7 })));
    expect(text(act({ 1: Float32Array.of(7, 7) }))).toBe(text(act({ length: 7 })));
    expect(text(act({ length: { shift: [1, 1] } }))).toBe(text(act({ length: { shift: 1 } })));
  });
});

describe('nothing raw from inside', () => {
  const scm = new Scm({ adjacency });
  const tensor = () => tf.ones([2, 2]) as tf.Tensor2D;
  const calls: [string, (odd: never) => unknown][] = [
    ['Scm', (odd) => new Scm(odd)],
    ['sample', (odd) => scm.sample(odd)],
    ['noise', (odd) => scm.noise(odd)],
    ['predict', (odd) => scm.predict(odd)],
    ['abduct', (odd) => scm.abduct(odd)],
    ['counterfactual', (odd) => scm.counterfactual(odd, {})],
    ['doOperator', (odd) => doOperator(odd)],
    ['values', (odd) => doOperator(adjacency).values(odd, { 0: 1 }, () => [])],
    ['linear', (odd) => doOperator(adjacency).linear(odd, {})],
    ['latents', (odd) => doOperator(adjacency).latents(odd, {}, tensor)],
    ['endogenous noise', (odd) => endogenous(adjacency, odd)],
    ['endogenous adjacency', (odd) => endogenous(odd, tensor())],
    ['exogenous', (odd) => exogenous(adjacency, odd)],
    ['parentSum', (odd) => parentSum(adjacency, odd)],
    ['gumbelMask', (odd) => gumbelMask(odd)],
    ['conceptMlp', (odd) => conceptMlp(odd, wrong({}))],
    ['conceptMlp weights', (odd) => conceptMlp(tensor(), odd)],
    ['host.endogenous', (odd) => host.endogenous(adjacency, odd)],
    ['host.exogenous', (odd) => host.exogenous(odd, [[1, 2]])],
    ['host.totalEffects', (odd) => host.totalEffects(odd)],
  ];
  it.each(calls)('%s', (_, call) => {
    const odd = [undefined, null, 'x', -1, [1], [null], [[1], [1, 2, 3]], [['a', 'b']], [[NaN, 1]], {}, tf.scalar(1), tf.ones([1, 2, 3, 4])]; // prettier-ignore
    for (const value of odd) {
      let message = '';
      try {
        call(value as never);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).not.toMatch(/undefined \(|reading '|is not a function|not iterable/);
      expect(message).toMatch(/must|expected|need|exist|are for|gave|are wrong/);
    }
  });
});
