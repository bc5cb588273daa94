// Looks at every data set: pictures, true counterfactuals and the graph beside them, on one page.
//   node --conditions=@causal/source --import tsx examples/look-at-data/main.ts [--short] [--size 96] [--out runs/look-at-data]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { contactSheet, faces, flow, type GeneratedDataset, pendulum } from '@causal/datasets';
import { toSvg } from '@causal/graph';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    size: { type: 'string', default: '96' },
    out: { type: 'string', default: 'runs/look-at-data' },
  },
});
const size = values.short ? 32 : Number(values.size);
const columns = values.short ? 4 : 8;
await setupEngine({ engine: 'cpu' });

const sets: readonly (readonly [string, GeneratedDataset])[] = [
  ['pendulum', pendulum({ size })],
  ['pendulum, released framing', pendulum({ size, framing: 'released' })],
  ['flow', flow({ size })],
  ['faces, smile', faces({ size })],
  ['faces, beard', faces({ size, concepts: 'beard' })],
];

mkdirSync(values.out, { recursive: true });
const sections: string[] = [];
for (const [title, data] of sets) {
  const name = title.replaceAll(/[ ,]+/g, '-');
  const pictures = `${name}.png`;
  const counterfactuals = `${name}-do.png`;
  writeFileSync(join(values.out, pictures), sheetOfPictures(data));
  const lines = data.concepts.flatMap((c) => [`do(${c.name} low)`, `do(${c.name} high)`]);
  writeFileSync(join(values.out, counterfactuals), sheetOfCounterfactuals(data));
  const graph = toSvg(data.graph, { names: data.concepts.map((c) => c.name) });
  const concepts = data.concepts.map(
    ({ name: concept, unit, range }) =>
      `<li>${concept}: ${range.map((v) => v.toFixed(2)).join(' … ')} ${unit}</li>`,
  );
  sections.push(
    `<h2>${title}</h2><p>${data.size('train')} training and ${data.size('test')} test images</p>`,
    `<div>${graph}<ul>${concepts.join('')}</ul><img src="${pictures}" alt="${title}"></div>`,
    `<h3>True counterfactuals</h3><p>Rows: as it is, ${lines.join(', ')}.</p>`,
    `<img src="${counterfactuals}" alt="counterfactuals of ${title}">`,
  );
  console.log(`${title}: ${pictures}, ${counterfactuals}`);
}
writeFileSync(
  join(values.out, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Data sets</title>
<style>body{font:15px system-ui;margin:2em auto;max-width:70em}div{display:flex;gap:1em;align-items:center;flex-wrap:wrap}</style>
<h1>The data sets of @causal/datasets</h1>
${sections.join('\n')}
`,
);
console.log(`Open ${join(values.out, 'index.html')}`);

function sheetOfPictures(data: GeneratedDataset): Uint8Array {
  const rows = Array.from({ length: columns * 2 }, (_, row) => row);
  const { images, labels } = data.batch('train', rows);
  const sheet = contactSheet(images, { columns });
  tf.dispose([images, labels]);
  return sheet;
}

/** The first row as it is, then each concept set to a low and a high value, effects following. */
function sheetOfCounterfactuals(data: GeneratedDataset): Uint8Array {
  const rows = Array.from({ length: columns }, (_, row) => row);
  const labels = data.labels('train').slice(0, columns);
  const like = { split: 'train', rows } as const;
  const changed = data.concepts.flatMap(({ name, range }) =>
    [0.1, 0.9].map((share) => {
      const value = range[0] + share * (range[1] - range[0]);
      return data.render(data.counterfactual(labels, { [name]: value }), like);
    }),
  );
  const pictures = [data.render(labels, like), ...changed];
  const sheet = contactSheet(pictures, { columns });
  tf.dispose(pictures);
  return sheet;
}
