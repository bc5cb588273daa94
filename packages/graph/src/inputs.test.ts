import {
  adjustmentDistance,
  ancestors,
  averagePrecision,
  descendants,
  dSeparated,
  edgeMetrics,
  findCycle,
  isAdjustmentSet,
  isBackdoorSet,
  isDag,
  longestPath,
  makeAcyclic,
  minimalBackdoorSets,
  moralGraph,
  randomDag,
  shd,
  sid,
  toDot,
  topologicalOrder,
  toSvg,
  type Matrix,
} from './index';

const good = [
  [0, 1, 0],
  [0, 0, 1],
  [0, 0, 0],
];
const functions: Record<string, (a: Matrix) => unknown> = {
  findCycle,
  isDag,
  topologicalOrder,
  longestPath,
  makeAcyclic,
  moralGraph,
  toDot,
  toSvg,
  ancestors: (a) => ancestors(a, 0),
  descendants: (a) => descendants(a, 0),
  dSeparated: (a) => dSeparated(a, 0, 2, 1),
  isAdjustmentSet: (a) => isAdjustmentSet(a, 0, 2, []),
  isBackdoorSet: (a) => isBackdoorSet(a, 0, 2, []),
  minimalBackdoorSets: (a) => minimalBackdoorSets(a, 0, 2),
  'shd, estimate': (a) => shd(a, good),
  'shd, truth': (a) => shd(good, a),
  sid: (a) => sid(a, good),
  adjustmentDistance: (a) => adjustmentDistance(good, a),
  edgeMetrics: (a) => edgeMetrics(a, good),
  'averagePrecision, weights': (a) => averagePrecision(a, good),
  'averagePrecision, truth': (a) => averagePrecision(good, a),
};

const hole = [
  [0, 1, 0],
  [0, 0, 0],
] as number[][];
hole.length = 3;

describe.each(Object.entries(functions))('%s', (_, act) => {
  it.each([
    [
      'not square',
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
      /square/,
    ],
    [
      'ragged',
      [
        [0, 1, 0],
        [0, 0],
        [0, 0, 0],
      ],
      /row 1 has 2 entries/,
    ],
    ['a hole for a row', hole, /square matrix/],
    [
      'NaN',
      [
        [0, NaN, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      /entry \[0\]\[1\] is NaN/,
    ],
    [
      'Infinity',
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, -Infinity, 0],
      ],
      /entry \[2\]\[1\] is -Infinity/,
    ],
    [
      'booleans',
      [
        [false, true, false],
        [0, 0, 0],
        [0, 0, 0],
      ],
      /\[0\]\[0\] is false/,
    ],
    [
      'null',
      [
        [0, null, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      /\[0\]\[1\] is null/,
    ],
    [
      'strings',
      [
        [0, '1', 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      /\[0\]\[1\] is "1"/,
    ],
    ['no rows', [1, 2, 3], /square matrix/],
    ['nothing', undefined, /square matrix.*got undefined/],
    ['letters', 'abc', /square matrix.*got "abc"/],
  ])('refuses %s by name', (_name, value, message) => {
    const wrong = (): unknown => act(value as never);
    expect(wrong).toThrow(message);
    expect(wrong).toThrow(/^\w+(\([\w, ]*\))?: /); // who says so
  });
});

describe('options and nodes', () => {
  it.each([
    [() => shd(good, good, { reverse: 2 } as never), /did you mean `reversal`/],
    [() => shd(good, good, null as never), /options must be an object/],
    [
      () => adjustmentDistance(good, good, { stategy: 'parent' } as never),
      /did you mean `strategy`/,
    ],
    [() => adjustmentDistance(good, good, { strategy: null } as never), /got null/],
    [() => minimalBackdoorSets(good, 0, 2, { max: 1 } as never), /unknown option `max`/],
    [() => minimalBackdoorSets(good, 0, 2, { maxSize: -1 }), /`maxSize` must be an integer ≥ 0/],
    [() => randomDag({ nodes: 3, edge: 2 } as never), /did you mean `edges`/],
    [() => randomDag(undefined as never), /options must be an object/],
    [() => randomDag({ nodes: 3, edges: 1, weights: 2 } as never), /\[low, high\].*got 2/],
    [() => randomDag({ nodes: 3, edges: 1, weights: [1, Infinity] }), /\[low, high\]/],
    [() => randomDag({ nodes: '3', edges: 1 } as never), /positive integer, got "3"/],
    [() => toSvg(good, { name: ['a'] } as never), /did you mean `names`/],
    [() => toSvg(good, { names: 'abc' } as never), /`names` must be an array of strings/],
    [() => toSvg(good, { title: 3 } as never), /`title` must be a string/],
    [() => toDot(good, { weights: 'yes' } as never), /`weights` must be true or false/],
    [() => dSeparated(good, '0' as never, 2), /array of nodes, got "0"/],
    [() => dSeparated(good, 0, 2, null as never), /array of nodes, got null/],
    [() => ancestors(good, -1), /node -1 is not one of 0 … 2/],
    [() => ancestors(good, null as never), /node null is not one/],
  ] as const)('says what is wrong: %#', (act, message) => {
    expect(act).toThrow(message);
  });
});
