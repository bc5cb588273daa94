import { checkFlag, checkMatrix, checkNumbers, checkRecord } from './check-values';
import { checkKeys } from './checks';

describe('checkRecord', () => {
  it('takes objects, and nothing that has keys by accident', () => {
    expect(checkRecord({ a: 1 }, 'things', 'f')).toEqual({ a: 1 });
    expect(checkRecord(Object.create(null), 'things', 'f')).toEqual({});
    for (const odd of [null, undefined, 'ab', 3, [1], new Map([['a', 1]]), new Float32Array(2)]) {
      expect(() => checkRecord(odd, 'interventions by concept', 'do')).toThrow(
        'do: expected an object of interventions by concept, got',
      );
      expect(() => checkKeys(odd as never, ['a'], 'f')).toThrow(TypeError);
    }
  });
});

describe('checkFlag', () => {
  it('takes no truthy thing for true', () => {
    expect(checkFlag(false, 'root', 'f')).toBe(false);
    expect(() => checkFlag('false', 'root', 'f')).toThrow(
      'f: `root` must be true or false, got "false".',
    );
  });
});

describe('checkNumbers', () => {
  it('takes lists and typed arrays', () => {
    expect(checkNumbers([1, 2], 'x', 'f', { length: 2 })).toEqual([1, 2]);
    expect(checkNumbers(Float32Array.of(1), 'x', 'f', { least: 1 })).toHaveLength(1);
    expect(checkNumbers([NaN], 'x', 'f', { infinite: true })).toEqual([NaN]);
  });

  it.each([
    ['12', {}, TypeError, 'f: `x` must be a list of numbers, got "12".'],
    [null, {}, TypeError, 'got null.'],
    [{ length: 1, 0: 1 }, {}, TypeError, 'got an object'],
    [[1, '2'], {}, TypeError, 'f: `x[1]` must be a finite number, got "2".'],
    [[1, NaN], {}, RangeError, 'f: `x[1]` must be a finite number, got NaN.'],
    [[1], { length: 2 }, RangeError, 'f: `x` must hold 2 numbers, got 1.'],
    [[], { least: 1 }, RangeError, 'f: `x` must hold at least 1 numbers, got 0.'],
  ])('refuses %j within %j', (value, shape, kind, message) => {
    expect(() => checkNumbers(value, 'x', 'f', shape)).toThrow(kind);
    expect(() => checkNumbers(value, 'x', 'f', shape)).toThrow(message);
  });
});

describe('checkMatrix', () => {
  it('takes rows of one length', () => {
    expect(checkMatrix([[1, 2]], 'a', 'f', { rows: 1, columns: 2 })).toEqual([[1, 2]]);
    expect(checkMatrix([], 'a', 'f')).toEqual([]);
    expect(checkMatrix([[NaN]], 'a', 'f', { infinite: true })).toEqual([[NaN]]);
  });

  it.each([
    ['ab', {}, TypeError, 'f: `a` must be rows of numbers [[…], …], got "ab".'],
    [[1, 2], {}, TypeError, 'got 1 for row 0.'],
    [[[1], null], {}, TypeError, 'got null for row 1.'],
    [[[true]], {}, TypeError, 'f: `a[0][0]` must be a finite number, got true.'],
    [[[1], [Infinity]], {}, RangeError, 'f: `a[1][0]` must be a finite number, got Infinity.'],
    [[[1], [1, 2]], {}, RangeError, 'f: `a` must have 1 numbers in each row, row 1 has 2.'],
    [[[1]], { columns: 2 }, RangeError, 'must have 2 numbers in each row, row 0 has 1.'],
    [[[1]], { rows: 2 }, RangeError, 'f: `a` must have 2 rows, got 1.'],
  ])('refuses %j within %j', (value, shape, kind, message) => {
    expect(() => checkMatrix(value, 'a', 'f', shape)).toThrow(kind);
    expect(() => checkMatrix(value, 'a', 'f', shape)).toThrow(message);
  });
});
