import fc from 'fast-check';
import { checkChoice, checkKeys, checkNumber } from './checks';
import { OptionsError } from './options-error';

describe('checkKeys', () => {
  it('names every unknown key and the nearest known one', () => {
    expect(() => checkKeys({ sigma: 1 }, ['sigma', 'kernel'], 'mmd')).not.toThrow();
    expect(() => checkKeys({ sigmo: 1, x: 2 }, ['sigma', 'kernel'], 'mmd')).toThrow(OptionsError);
    expect(() => checkKeys({ sigmo: 1 }, ['sigma', 'kernel'], 'mmd')).toThrow(
      'mmd: unknown option `sigmo`; did you mean `sigma`? Known: sigma, kernel.',
    );
    expect(() => checkKeys('wasm' as never, ['engine'], 'setupEngine')).toThrow(
      'setupEngine: the options must be an object with any of engine, got "wasm".',
    );
    expect(() => checkKeys({ scale: 1 }, ['mean', 'std'], 'normal', { scale: 'std' })).toThrow(
      'normal: unknown option `scale`; did you mean `std`? Known: mean, std.',
    );
    expect(() => checkKeys({ constructor: 1 }, ['std'], 'f', { scale: 'std' })).toThrow(
      'unknown option `constructor`. Known',
    );
    expect(() => checkKeys(null as never, ['engine'], 'f')).toThrow(/got null/);
  });
});

describe('checkNumber', () => {
  it('gives back what fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), (value) => {
        expect(checkNumber(value, 'bins', 'mig', { least: 2, most: 9, integer: true })).toBe(value);
      }),
    );
    expect(checkNumber(0.5, 'x', 'f', { above: 0, below: 1 })).toBe(0.5);
  });

  it.each([
    [1, { least: 2 }, 'f: `x` must be a finite number ≥ 2, got 1.'],
    [2.5, { least: 2, integer: true }, 'f: `x` must be an integer ≥ 2, got 2.5.'],
    [0, { above: 0 }, 'f: `x` must be a finite number > 0, got 0.'],
    [1, { above: 0, below: 1 }, 'f: `x` must be a finite number > 0 and < 1, got 1.'],
    [NaN, {}, 'f: `x` must be a finite number, got NaN.'],
    [Infinity, { least: 0 }, 'got Infinity.'],
    ['3', {}, 'got "3".'],
    [null, {}, 'got null.'],
  ])('refuses %p within %j', (value, bounds, message) => {
    expect(() => checkNumber(value, 'x', 'f', bounds)).toThrow(message);
  });
});

describe('checkChoice', () => {
  it('names all choices and the nearest', () => {
    expect(checkChoice('mmd', ['mmd', 'gan'], 'divergence', 'f')).toBe('mmd');
    expect(() => checkChoice('mdm', ['mmd', 'gan'], 'divergence', 'f')).toThrow(
      "f: `divergence` must be one of 'mmd', 'gan', got \"mdm\". Did you mean 'mmd'?",
    );
  });
});
