import { resolvePriorKnowledge, type PriorKnowledge } from './prior-knowledge';

const names = ['a', 'b', 'c'];
const resolve = (prior: PriorKnowledge) => resolvePriorKnowledge(prior, names, 'learner');

describe('resolvePriorKnowledge', () => {
  it('takes pairs by number or name, matrices, tiers and roots', () => {
    expect([...resolve({ required: [['a', 2]] }).required]).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const matrix = [
      [0, 0, 1],
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(resolve({ forbidden: matrix }).forbidden).toEqual(
      resolve({ forbidden: [[0, 2]] }).forbidden,
    );
    expect([...resolve({ tiers: [['a'], ['b', 'c']] }).forbidden]).toEqual([
      1, 0, 0, 1, 1, 0, 1, 0, 1,
    ]);
    expect([...resolve({ roots: ['b'] }).forbidden]).toEqual([1, 1, 0, 0, 1, 0, 0, 1, 1]);
  });

  it('names what is impossible', () => {
    expect(() =>
      resolve({
        required: [
          [0, 1],
          [1, 2],
          [2, 0],
        ],
      }),
    ).toThrow(/cycle: a → b → c → a/);
    expect(() => resolve({ required: [['b', 'b']] })).toThrow(
      /b → b is impossible: no variable causes itself/,
    );
    expect(() => resolve({ required: [[0, 1]], forbidden: [[0, 1]] })).toThrow(
      /a → b is impossible: it is in forbidden/,
    );
    expect(() => resolve({ required: [[0, 1]], roots: [1] })).toThrow(
      /a → b is impossible: b is in roots/,
    );
    expect(() => resolve({ required: [[0, 1]], tiers: [[1], [0]] })).toThrow(
      /a is in a later tier than b/,
    );
  });

  it('refuses what it cannot read', () => {
    expect(() => resolve({ required: [['a', 'd']] })).toThrow(/variable "d"; there are a, b, c/);
    expect(() => resolve({ required: [[0, 3]] })).toThrow(/variable 3/);
    expect(() =>
      resolve({
        forbidden: [
          [0, 0, 1],
          [0, 0, 0],
        ],
      }),
    ).toThrow(/3 × 3 matrix; got 2 rows/);
    expect(() =>
      resolve({
        forbidden: [
          [0, 0, 1],
          [0, 0, 0, 0],
          [0, 0, 0],
        ],
      }),
    ).toThrow(/row 1 of length 4/);
    expect(() => resolve({ tiers: [['a'], ['a']] })).toThrow(/a is in tiers 0 and 1/);
    expect(() => resolve({ require: [] } as never)).toThrow(
      /unknown option `require`; did you mean `required`/,
    );
  });

  it('reads masks of booleans, and two variables either way', () => {
    const none = [false, false, false];
    const mask = [[false, true, false], none, [0, true, 1]] as const;
    expect([...resolve({ forbidden: [none, none, none] }).forbidden]).toEqual([
      1, 0, 0, 0, 1, 0, 0, 0, 1,
    ]);
    expect(resolve({ forbidden: mask }).forbidden).toEqual(
      resolve({
        forbidden: [
          [0, 1],
          [2, 1],
        ],
      }).forbidden,
    );
    const two = (prior: PriorKnowledge) => [
      ...resolvePriorKnowledge(prior, ['a', 'b'], 'learner').required,
    ];
    expect(
      two({
        required: [
          [false, true],
          [false, false],
        ],
      }),
    ).toEqual([0, 1, 0, 0]);
    expect(
      two({
        required: [
          [0, 1],
          [0, 0],
        ],
      }),
    ).toEqual([0, 1, 0, 0]);
    expect(
      two({
        required: [
          [0, 0],
          [1, 0],
        ],
      }),
    ).toEqual([0, 0, 1, 0]);
    expect(() =>
      two({
        required: [
          [1, 1],
          [0, 0],
        ],
      }),
    ).toThrow(/two pairs or as a 2 × 2 mask/);
  });

  it.each([-1, 2, 0.5, NaN, null, undefined, '1'])('refuses %p in a mask', (value) => {
    const zeros = [0, 0, 0];
    for (const set of ['required', 'forbidden'] as const) {
      const act = () => resolve({ [set]: [zeros, [0, 0, value], zeros] } as never);
      expect(act).toThrow(TypeError);
      expect(act).toThrow(/\[1\]\[2\] .*0, 1, false and true only/);
    }
  });

  it.each([
    [null, /options must be an object/],
    ['roots', /options must be an object/],
    [{ roots: 'ab' }, /`priorKnowledge.roots` must be an array of variables, got "ab"/],
    [{ roots: 0 }, /`priorKnowledge.roots` must be an array/],
    [{ roots: [null] }, /names the variable null/],
    [{ roots: [true] }, /names the variable true/],
    [{ tiers: ['ab'] }, /`priorKnowledge.tiers\[0\]` must be an array/],
    [{ tiers: { a: 0 } }, /`priorKnowledge.tiers` must be an array/],
    [{ required: 'ab' }, /`priorKnowledge.required` must be pairs/],
    [{ required: ['ab'] }, /`priorKnowledge.required` must be pairs/],
    [{ required: null }, /`priorKnowledge.required` must be pairs/],
    [{ required: [[0, null]] }, /names the variable null/],
    [{ required: [[-1, 0]] }, /names the variable -1/],
  ])('says what is wrong with %j', (prior, message) => {
    expect(() => resolve(prior as never)).toThrow(TypeError);
    expect(() => resolve(prior as never)).toThrow(message);
  });
});
