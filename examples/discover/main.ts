// Which column causes which? Reads a CSV with a header and numbers, learns a graph and draws it.
//
//   node --conditions=@causal/source --import tsx examples/discover/main.ts [data.csv] [graph.svg] [--short]
//
// Without a file it draws 1,000 rows of a made-up factory from a structural causal model.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { diagnose, edgeStability, exactSearch, type PriorKnowledge } from '@causal/dag-constraints';
import { toSvg } from '@causal/graph';
import { createRng } from '@causal/random';

const short = process.argv.includes('--short');
const [file, out = 'runs/discover/graph.svg'] = process.argv
  .slice(2)
  .filter((argument) => argument !== '--short');
const { names, rows } = file ? parse(readFileSync(file, 'utf8')) : factory();
// What is known beforehand goes here, for example { roots: ['temperature'] }.
const priorKnowledge: PriorKnowledge = {};

for (const warning of diagnose(rows, { names }).warnings) console.log(`note: ${warning}`);
const { adjacency, weights } = await exactSearch(rows, { names, priorKnowledge, seed: 1 });
const stability = await edgeStability(
  rows,
  (resampled) => exactSearch(resampled, { names, priorKnowledge, seed: 1 }),
  { samples: short ? 2 : 10, seed: 1 },
);
adjacency.forEach((row, i) =>
  row.forEach((edge, j) => {
    if (edge) {
      const returns = Math.round(100 * stability[i]![j]!);
      console.log(`${names[i]} → ${names[j]}  in ${returns} % of resampled data`);
    }
  }),
);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, toSvg(weights, { names, title: 'Learned from the data' }));
console.log(`wrote ${out}`);

function parse(text: string): { names: string[]; rows: number[][] } {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  return {
    names: header!.split(',').map((name) => name.trim()),
    rows: lines.map((line) => line.split(',').map(Number)),
  };
}

function factory(): { names: string[]; rows: number[][] } {
  const rng = createRng(1);
  const rows = Array.from({ length: 1000 }, () => {
    const temperature = rng.normal();
    const pressure = rng.normal();
    const speed = Math.tanh(2 * temperature) + 0.4 * rng.normal();
    const defects = speed ** 2 + 0.8 * pressure + 0.3 * rng.normal();
    return [temperature, pressure, speed, defects];
  });
  return { names: ['temperature', 'pressure', 'speed', 'defects'], rows };
}
