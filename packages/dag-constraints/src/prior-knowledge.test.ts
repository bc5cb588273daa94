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
    expect(() => resolve({ require: [] } as never)).toThrow(/no "require"/);
  });
});
