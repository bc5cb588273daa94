import fc from 'fast-check';
import { graphs, randomAcyclic, randomDigraph } from '../testing';
import { toDot } from './dot';
import { toSvg } from './svg';

/** The attributes of every tag with this name, by plain reading: the SVG is machine-made. */
const tags = (svg: string, name: string) =>
  [...svg.matchAll(new RegExp(`<${name} ([^>]*)>`, 'g'))].map((tag) =>
    Object.fromEntries([...tag[1]!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, k, v]) => [k!, v!])),
  );
const estimate = [
  [0, 0, 0.83, 0],
  [0.2, 0, 0, -0.41],
  [0, 0.6, 0, 0],
  [0, 0, 0, 0],
];
const truth = [
  [0, 0, 1, 1],
  [0, 0, 1, 1],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
];

describe('toSvg', () => {
  it('shows every node and edge inside the picture, for any graph', () => {
    fc.assert(
      fc.property(graphs(8), ({ seed, d, density }) => {
        const a = randomDigraph(seed, d, density / 3);
        if (density > 0.5) a[0]![0] = 1;
        const svg = toSvg(a);
        const [, , width, height] = tags(svg, 'svg')[0]!['viewBox']!.split(' ').map(Number);
        const nodes = tags(svg, 'rect').filter((rect) => 'rx' in rect);
        expect(nodes).toHaveLength(d);
        for (const node of nodes) {
          const at = (name: string) => Number(node[name]);
          expect(at('x')).toBeGreaterThanOrEqual(0);
          expect(at('y')).toBeGreaterThanOrEqual(0);
          expect(at('x') + at('width')).toBeLessThanOrEqual(width! + 0.11);
          expect(at('y') + at('height')).toBeLessThanOrEqual(height! + 0.11);
        }
        const paths = tags(svg, 'path').filter((path) => 'marker-end' in path);
        expect(paths).toHaveLength(a.flat().filter((w) => w !== 0).length);
        for (const path of paths) {
          const numbers = path['d']!.match(/-?\d+(\.\d+)?/g)!.map(Number);
          numbers.forEach((v, i) => {
            expect(v).toBeGreaterThanOrEqual(0);
            expect(v).toBeLessThanOrEqual((i % 2 === 1 ? height! : width!) + 1);
          });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('leads edges past the nodes that they do not join', () => {
    fc.assert(
      fc.property(graphs(12), ({ seed, d, density }) => {
        const a = randomAcyclic(seed, d, density / 2);
        const svg = toSvg(a);
        const boxes = tags(svg, 'rect')
          .filter((rect) => 'rx' in rect)
          .map((rect) => ['x', 'y', 'width', 'height'].map((name) => Number(rect[name])));
        const inside = (x: number, y: number) =>
          boxes.filter(
            ([left, top, width, height]) =>
              x > left! + 0.5 &&
              x < left! + width! - 0.5 &&
              y > top! + 0.5 &&
              y < top! + height! - 0.5,
          ).length;
        for (const path of tags(svg, 'path').filter((tag) => 'marker-end' in tag)) {
          const numbers = path['d']!.match(/-?\d+(\.\d+)?/g)!.map(Number);
          // Points of every cubic piece: its start, two handles, its end.
          for (let i = 0; i + 7 < numbers.length; i += 6) {
            const [x0, y0, x1, y1, x2, y2, x3, y3] = numbers.slice(i, i + 8) as number[];
            for (const t of [0.1, 0.3, 0.5, 0.7, 0.9]) {
              const mix = (p: number, q: number, r: number, s: number) =>
                (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
              expect(inside(mix(x0!, x1!, x2!, x3!), mix(y0!, y1!, y2!, y3!))).toBe(0);
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('colours edges against the truth, with a legend', () => {
    const text = toSvg(estimate, { truth });
    const ends = tags(text, 'path').flatMap((path) =>
      'marker-end' in path ? [/arrow-(\w+)/.exec(path['marker-end']!)![1]] : [],
    );
    expect(ends.sort()).toEqual(['extra', 'missing', 'reversed', 'true', 'true']);
    for (const word of ['right', 'reversed', 'extra', 'missing'])
      expect(text).toContain(`>${word}<`);
    expect(toSvg(estimate)).not.toContain('>missing<');
  });

  it('writes names and weights, escaped', () => {
    const text = toSvg(estimate, { names: ['a<b', 'c&d', 'e', 'f'], title: '"T"' });
    expect(text).toContain('>a&lt;b<');
    expect(text).toContain('>c&amp;d<');
    expect(text).toContain('&quot;T&quot;');
    expect(text).toContain('>−0.41<');
    expect(toSvg(estimate, { weights: false })).not.toContain('0.41');
    expect(() => toSvg(estimate, { names: ['a'] })).toThrow(/1 names for 4 nodes/);
  });
});

describe('toDot', () => {
  it('is the graph in DOT', () => {
    expect(
      toDot(
        [
          [0, 0.5],
          [0, 0],
        ],
        { names: ['say "a"', 'b'] },
      ),
    ).toBe(
      'digraph {\n  0 [label="say \\"a\\""];\n  1 [label="b"];\n' +
        '  0 -> 1 [color="#475569", label="0.5"];\n}\n',
    );
    expect(toDot(estimate, { truth })).toContain('0 -> 3 [color="#94a3b8", style=dashed];');
    expect(toDot([])).toBe('digraph {\n}\n');
    expect(toSvg([])).toContain('<svg');
  });
});
