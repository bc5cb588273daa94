// Draws docs/linalg.svg, the README's picture, from bench/algebra/results/algebra.json:
// `node packages/linalg/scripts/picture.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const report = JSON.parse(
  readFileSync(new URL('../../../bench/algebra/results/algebra.json', import.meta.url), 'utf8'),
);
const bars = report.rows
  .filter(({ name }) => name.includes('d='))
  .flatMap(({ name, ours, peerOneThread, peerAllThreads }) => {
    const [work, size] = name.split(' d=');
    const peer = Math.min(peerOneThread.best, peerAllThreads.best);
    return [
      { work, size: `d = ${size}`, who: '@causal/linalg', ms: ours.best },
      { work, size: `d = ${size}`, who: 'numpy / scipy', ms: peer },
    ];
  });
const { document } = parseHTML('<html><body></body></html>');
const label = (ms) => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
const svg = Plot.plot({
  document,
  width: 680,
  height: 300,
  marginLeft: 100,
  marginRight: 50,
  x: {
    type: 'log',
    label: 'milliseconds, value and gradient →',
    grid: true,
    domain: [0.005, 60000],
  },
  y: { label: null, domain: ['@causal/linalg', 'numpy / scipy'] },
  fx: { label: null },
  fy: { label: null, domain: ['d = 20', 'd = 100', 'd = 500'] },
  color: { domain: ['@causal/linalg', 'numpy / scipy'], range: ['#1e3a8a', '#94a3b8'] },
  marks: [
    Plot.barX(bars, { fx: 'work', fy: 'size', x1: 0.005, x2: 'ms', y: 'who', fill: 'who' }),
    Plot.text(bars, {
      fx: 'work',
      fy: 'size',
      x: 'ms',
      y: 'who',
      text: ({ ms }) => label(ms),
      textAnchor: 'start',
      dx: 3,
    }),
  ],
});
// linkedom has no style object that can be assigned, so the style is an attribute.
svg.setAttribute('style', 'background: white; font: 12px system-ui, sans-serif');
svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
writeFileSync(new URL('../docs/linalg.svg', import.meta.url), svg.outerHTML + '\n');
