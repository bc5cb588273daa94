// Draws docs/scm.svg, the README's picture:
// `node --conditions=@causal/source --import tsx packages/scm/scripts/picture.mjs`.
import { writeFileSync } from 'node:fs';
import { Scm } from '@causal/scm';
import { createRng } from '@causal/random';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const scm = new Scm({
  names: ['season', 'sprinkler', 'growth'],
  adjacency: [
    [0, 1.5, 1.2],
    [0, 0, 0.4],
    [0, 0, 0],
  ],
  noise: { growth: { kind: 'laplace', scale: 0.3 } },
});
const n = 400;
const seen = scm.sample(n, { seed: 1 });
// The same sprinkler values, in other rows: set by hand instead of by the season.
const order = createRng(2).permutation(n);
const values = seen.map((_, row) => seen[order[row]][1]);
const done = scm.sample(n, { seed: 1, interventions: { sprinkler: values } });

const points = [
  ...seen.map(([, sprinkler, growth]) => ({ how: 'seeing', sprinkler, growth })),
  ...done.map(([, sprinkler, growth]) => ({ how: 'doing', sprinkler, growth })),
];
const { document } = parseHTML('<html><body></body></html>');
const svg = Plot.plot({
  document,
  width: 640,
  height: 320,
  grid: true,
  fx: { label: null, domain: ['seeing', 'doing'] },
  x: { label: 'sprinkler →' },
  y: { label: '↑ growth' },
  marks: [
    Plot.frame({ stroke: '#cbd5e1' }),
    Plot.dot(points, {
      fx: 'how',
      x: 'sprinkler',
      y: 'growth',
      r: 2,
      fill: '#1e3a8a',
      fillOpacity: 0.35,
    }),
    Plot.linearRegressionY(points, {
      fx: 'how',
      x: 'sprinkler',
      y: 'growth',
      stroke: '#dc2626',
      strokeWidth: 2,
      ci: 0,
    }),
  ],
});
// linkedom has no style object that can be assigned, so the style is an attribute.
svg.setAttribute('style', 'background: white; font: 12px system-ui, sans-serif');
svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
writeFileSync(new URL('../docs/scm.svg', import.meta.url), svg.outerHTML + '\n');
