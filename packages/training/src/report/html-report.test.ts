import { PNG } from 'pngjs';
import type { LogEntry } from '../callback';
import { htmlReport, type Report } from './html-report';
import { lineChart } from './line-chart';
import { linearScale, logScale, niceScale } from './scale';
import { base64, formatNumber } from './text';

/** An element: enough of a parser for what the report writes, and strict about it. */
interface Node {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (Node | string)[];
}

const VOID = ['meta', 'img', 'br'];
const unescape = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => {
    return { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }[name]!;
  });

/** All elements in the order of the page. Throws where tags are not closed, or text holds a bare &. */
function parse(html: string): Node[] {
  const all: Node[] = [];
  const root: Node = { tag: '', attributes: {}, children: [] };
  const open = [root];
  const token = /<!doctype html>|<\/(\w+)>|<(\w+)((?: [\w:-]+="[^"<>]*")*)(\/?)>|([^<>]+)/gy;
  while (token.lastIndex < html.length) {
    const at = token.lastIndex;
    const found = token.exec(html);
    if (found === null) throw new Error(`not HTML: ${html.slice(at, at + 60)}`);
    const [, closed, tag, attributes, selfClosed, text] = found;
    if (text !== undefined) {
      expect(text).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
      open.at(-1)!.children.push(unescape(text));
    } else if (closed !== undefined) {
      expect(open.pop()!.tag).toBe(closed);
    } else if (tag !== undefined) {
      const pairs = [...attributes!.matchAll(/ ([\w:-]+)="([^"]*)"/g)];
      const node: Node = {
        tag,
        attributes: Object.fromEntries(pairs.map(([, key, value]) => [key, unescape(value!)])),
        children: [],
      };
      all.push(node);
      open.at(-1)!.children.push(node);
      if (!VOID.includes(tag) && selfClosed === '') open.push(node);
    }
  }
  expect(open).toEqual([root]);
  return all;
}

const textOf = (node: Node | string): string =>
  typeof node === 'string' ? node : node.children.map(textOf).join('');
const withClass = (nodes: readonly Node[], name: string): Node[] =>
  nodes.filter((node) => node.attributes['class']?.split(' ').includes(name));
const withTag = (nodes: readonly Node[], tag: string): Node[] =>
  nodes.filter((node) => node.tag === tag);

const entry = (step: number, values: Partial<LogEntry> = {}): LogEntry => ({
  step,
  epoch: step / 10,
  seconds: step,
  stepsPerSecond: 1,
  learningRate: { default: 0.1 / step, decoder: 0.2 / step },
  terms: { total: 10 / step, mmd: 0.1 - step / 100 },
  ...values,
});

const png = PNG.sync.write(new PNG({ width: 40, height: 10 }));
const report: Report = {
  title: 'A <b>run</b>',
  summary: 'On "pendulum" & co',
  facts: [
    { label: 'MIC', value: 0.98765, note: '≥ .95', good: true },
    { label: 'Leak', value: 0.5, good: false },
    { label: 'Engine', value: 'wasm' },
  ],
  sections: [
    {
      title: 'Pictures',
      figures: [
        {
          kind: 'png',
          data: png,
          alt: 'six pictures',
          columns: ['image', 'do(light)'],
          caption: 'c',
        },
        {
          kind: 'svg',
          data: '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script>é</svg>',
          alt: 'a "graph"',
        },
      ],
      tables: [
        {
          columns: ['do', 'own', 'note'],
          rows: [
            ['angle', 1.00001234, 'fine'],
            ['<x>', -0.5, 'bad'],
          ],
        },
      ],
    },
    { title: 'Training', history: [entry(1), entry(2, { validation: { total: 4 } }), entry(100)] },
  ],
};

describe('htmlReport', () => {
  const html = htmlReport(report);
  const page = parse(html);

  it('is one document that loads and runs nothing', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    for (const tag of ['script', 'link', 'iframe', 'object'])
      expect(withTag(page, tag)).toEqual([]);
    const sources = page.flatMap((node) => node.attributes['src'] ?? node.attributes['href'] ?? []);
    expect(sources.length).toBe(2);
    for (const source of sources) expect(source).toMatch(/^data:image\/(png|svg\+xml);base64,/);
    expect(html).not.toMatch(/url\(|@import/);
    const policies = withTag(page, 'meta').map((meta) => meta.attributes['content']);
    expect(policies).toContainEqual(expect.stringMatching(/^default-src 'none';/));
  });

  it('shows texts as they are', () => {
    expect(withTag(page, 'h1').map(textOf)).toEqual(['A <b>run</b>']);
    expect(withClass(page, 'summary').map(textOf)).toEqual(['On "pendulum" & co']);
    expect(withTag(page, 'th').map(textOf)).toEqual(['do', 'own', 'note', 'angle', '<x>']);
    expect(withTag(page, 'td').map(textOf)).toEqual(['1', 'fine', '−0.5', 'bad']);
    expect(withTag(page, 'img')[1]!.attributes['alt']).toBe('a "graph"');
  });

  it('marks facts, and says the mark in words', () => {
    const facts = withClass(page, 'fact').map(textOf);
    expect(facts).toEqual(['MIC0.9877✓≥ .95', 'Leak0.5✗', 'Enginewasm']);
    expect(withClass(page, 'mark').map((mark) => mark.attributes['aria-label'])).toEqual([
      'as it should be',
      'not as it should be',
    ]);
  });

  it('keeps pictures byte for byte, enlarged by a whole factor, with their headings', () => {
    const [first, second] = withTag(page, 'img').map(
      (node) => node.attributes['src']!.split(',')[1]!,
    );
    expect(Buffer.from(first!, 'base64')).toEqual(png);
    expect(Buffer.from(second!, 'base64').toString()).toContain('é</svg>');
    expect(withClass(page, 'picture')[0]!.attributes['style']).toBe('width:880px');
    expect(withClass(page, 'columns')[0]!.children.map(textOf)).toEqual(['image', 'do(light)']);
    const broken = { kind: 'png', data: Uint8Array.of(1), alt: 'x' } as const;
    const bad = { title: '', sections: [{ title: '', figures: [broken] }] };
    expect(() => htmlReport(bad)).toThrow(/"x" is not a PNG/);
  });

  it('draws each term and the rate, and tells them to a screen reader', () => {
    const charts = withClass(page, 'chart');
    expect(charts.map((chart) => chart.attributes['aria-label'])).toEqual([
      'total, training from 10 at step 1 to 0.1 at step 100; validation from 4 at step 2 to 4 at step 2',
      'mmd, training from 0.09 at step 1 to −0.9 at step 100',
      'learning rate, default from 0.1 at step 1 to 0.001 at step 100; decoder from 0.2 at step 1 to 0.002 at step 100',
    ]);
    const titles = withClass(page, 'chart-title').map(textOf);
    expect(titles).toEqual(['total (log)', 'mmd', 'learning rate']);
    expect(withTag(page, 'title').map(textOf)).toContain('step 2: training 5, validation 4');
    const empty = htmlReport({ title: 't', sections: [{ title: 'Training', history: [] }] });
    expect(empty).toContain('No log entries.');
  });
});

describe('lineChart', () => {
  it('puts points where they belong', () => {
    const chart = lineChart(
      't',
      [
        {
          name: 'a',
          points: [
            [0, 0],
            [5, 1],
            [10, 2],
          ],
        },
      ],
      'step',
    );
    expect(withTag(parse(chart), 'polyline')[0]!.attributes['points']).toBe(
      '50.0,198.0 206.0,122.0 362.0,46.0',
    );
  });

  it('leaves out what is not finite, and draws one point, or none', () => {
    expect(lineChart('t', [{ name: 'a', points: [[1, NaN]] }], 'step')).toBe('');
    expect(
      lineChart(
        't',
        [
          {
            name: 'a',
            points: [
              [1, 3],
              [2, NaN],
            ],
          },
        ],
        'step',
      ),
    ).toContain('<circle');
    expect(lineChart('t', [{ name: 'a', points: [[1, 0]] }], 'step')).not.toMatch(/NaN|Infinity/);
  });
});

describe('scales', () => {
  it('mark round values', () => {
    expect(linearScale(1, 800, 4).ticks).toEqual([200, 400, 600, 800]);
    expect(niceScale(0.03, 0.97, 4).ticks).toEqual([0, 0.5, 1]);
    expect(niceScale(-0.2, 0.31, 4).ticks).toEqual([-0.2, 0, 0.2, 0.4]);
    expect(logScale(0.001, 9).ticks).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(logScale(1, 30).ticks).toEqual([1, 2, 5, 10, 20]);
    expect(niceScale(2, 2, 4).at(2)).toBeCloseTo(0.5);
  });
});

describe('text', () => {
  it('formats numbers and any bytes', () => {
    expect([0, 1, -0.5, 0.123456, 1234567, 1e-6, -1.5e-5, NaN].map(formatNumber)).toEqual([
      '0',
      '1',
      '−0.5',
      '0.1235',
      '1.23e6',
      '1e−6',
      '−1.5e−5',
      'NaN',
    ]);
    const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
    expect(Buffer.from(base64(bytes), 'base64')).toEqual(Buffer.from(bytes));
  });
});
