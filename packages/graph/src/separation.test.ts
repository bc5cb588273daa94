import fc from 'fast-check';
import { isAdjustmentSet, isBackdoorSet, minimalBackdoorSets } from './adjustment';
import { descendants } from './paths';
import { dSeparated, moralGraph } from './separation';
import {
  adjustsByPaths,
  allDags,
  below,
  blocked,
  graphs,
  randomAcyclic,
  simplePaths,
} from './testing';

type Graph = number[][];

const separatedByPaths = (a: Graph, x: number, y: number, given: readonly number[]) =>
  simplePaths(a, x, y).every((path) => blocked(a, path, given));

const backdoorByPaths = (a: Graph, x: number, y: number, given: readonly number[]) =>
  given.every((z) => !below(a, x).includes(z)) &&
  simplePaths(a, x, y).every((path) => a[path[1]!]![x] === 0 || blocked(a, path, given));

const subsets = (items: readonly number[]): number[][] =>
  items.reduce<number[][]>((all, item) => [...all, ...all.map((s) => [...s, item])], [[]]);

/** Every question (x, y, given) about a graph. */
function* questions(d: number): Generator<[number, number, number[]]> {
  for (let x = 0; x < d; x++) {
    for (let y = 0; y < d; y++) {
      if (x === y) continue;
      const rest = [...Array(d).keys()].filter((node) => node !== x && node !== y);
      for (const given of subsets(rest)) yield [x, y, given];
    }
  }
}

const criteria = [
  ['d-separation', dSeparated, separatedByPaths],
  ['adjustment', isAdjustmentSet, adjustsByPaths],
  ['back-door', isBackdoorSet, backdoorByPaths],
] as const;

describe.each(criteria)('%s', (_, fast, byPaths) => {
  it('is its definition by paths, on every DAG of up to 4 nodes and every question', () => {
    for (const d of [2, 3, 4]) {
      for (const a of allDags(d)) {
        for (const [x, y, given] of questions(d)) {
          if (fast(a, x, y, given) !== byPaths(a, x, y, given)) {
            throw new Error(`${JSON.stringify(a)}: ${x}, ${y} given ${given.join()}`);
          }
        }
      }
    }
  });

  it('and on random DAGs of up to 7 nodes', () => {
    fc.assert(
      fc.property(graphs(7), fc.nat(), ({ seed, d, density }, pick) => {
        const a = randomAcyclic(seed, d, density);
        const all = [...questions(d)];
        for (let i = 0; i < Math.min(6, all.length); i++) {
          const [x, y, given] = all[(pick + 97 * i) % all.length]!;
          expect(fast(a, x, y, given)).toBe(byPaths(a, x, y, given));
        }
      }),
      { numRuns: 120 },
    );
  });
});

describe('dSeparated', () => {
  it('takes sets on every side, and is symmetric', () => {
    fc.assert(
      fc.property(
        graphs(7),
        fc.array(fc.nat({ max: 3 }), { minLength: 7, maxLength: 7 }),
        (g, roles) => {
          const a = randomAcyclic(g.seed, g.d, g.density);
          const [x, y, z] = [0, 1, 2].map((role) =>
            [...a.keys()].filter((node) => roles[node] === role),
          );
          const each = x!.every((i) => y!.every((j) => dSeparated(a, i, j, z)));
          expect(dSeparated(a, x!, y!, z)).toBe(each);
          expect(dSeparated(a, y!, x!, z)).toBe(each);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('refuses overlapping sets and cycles', () => {
    expect(() =>
      dSeparated(
        [
          [0, 1],
          [0, 0],
        ],
        0,
        1,
        [1],
      ),
    ).toThrow(/must not share/);
    expect(() =>
      dSeparated(
        [
          [0, 1],
          [1, 0],
        ],
        0,
        1,
      ),
    ).toThrow(/cycle 0 → 1 → 0/);
    expect(() => dSeparated([[0]], 0, 3)).toThrow(/node 3/);
  });
});

describe('moralGraph', () => {
  it('separates ancestral sets as d-separation does (Lauritzen et al. 1990)', () => {
    fc.assert(
      fc.property(graphs(7), fc.nat(), ({ seed, d, density }, pick) => {
        const a = randomAcyclic(seed, d, density);
        const all = [...questions(d)];
        if (all.length === 0) return;
        const [x, y, given] = all[pick % all.length]!;
        const keep = [...a.keys()].filter((node) =>
          [x, y, ...given].some((end) => end === node || descendants(a, node).includes(end)),
        );
        const ancestral = a.map((row, i) =>
          row.map((w, j) => (keep.includes(i) && keep.includes(j) ? w : 0)),
        );
        const moral = moralGraph(ancestral).map((row, i) =>
          row.map((w, j) => (given.includes(i) || given.includes(j) ? 0 : w)),
        );
        expect(dSeparated(a, x, y, given)).toBe(!descendants(moral, x).includes(y));
      }),
      { numRuns: 150 },
    );
  });

  it('marries parents', () => {
    expect(
      moralGraph([
        [0, 0, 2],
        [0, 0, -1],
        [0, 0, 0],
      ]),
    ).toEqual([
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
    ]);
  });
});

describe('minimalBackdoorSets', () => {
  it('are all the minimal sets among all back-door sets', () => {
    fc.assert(
      fc.property(graphs(6), fc.nat(), ({ seed, d, density }, pick) => {
        const a = randomAcyclic(seed, d, density);
        const pairs = [...questions(d)].filter(([, , given]) => given.length === 0);
        if (pairs.length === 0) return;
        const [x, y] = pairs[pick % pairs.length]!;
        const valid = [...questions(d)]
          .filter(([i, j, given]) => i === x && j === y && backdoorByPaths(a, x, y, given))
          .map(([, , given]) => given);
        const minimal = valid.filter(
          (set) => !valid.some((s) => s.length < set.length && s.every((z) => set.includes(z))),
        );
        const key = (sets: number[][]) => sets.map((s) => s.join()).sort();
        expect(key(minimalBackdoorSets(a, x, y))).toEqual(key(minimal));
      }),
      { numRuns: 100 },
    );
  });

  it('limits the size on request, and must where there are too many candidates', () => {
    const confounded = [
      [0, 1, 1, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ];
    expect(minimalBackdoorSets(confounded, 1, 3)).toEqual([[0], [2]]);
    expect(minimalBackdoorSets(confounded, 1, 3, { maxSize: 0 })).toEqual([]);
    const star = Array.from({ length: 24 }, (_, i) =>
      Array.from({ length: 24 }, (_, j) => (i < 22 && j >= 22 ? 1 : 0)),
    );
    expect(() => minimalBackdoorSets(star, 22, 23)).toThrow(/22 candidates.*maxSize/);
    expect(minimalBackdoorSets(star, 22, 23, { maxSize: 1 })).toEqual([]);
  });
});
