// Trains the `fields` decoder on true labels as spec/09 does and judges it.
//   node --conditions=@causal/source --import tsx bench/fields/train.ts --data faces --seed 0 --steps 3000 [--size 48] [--set '{"independence":0.3,"fields":{"ambient":4}}'] [--out file.json] [--sheet file.png]
import { setupEngine, type EngineName } from '@causal/backend';
import { cachedAnnotator } from '@causal/metrics/node';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { prepareFields } from '@causal/models';
import { circumstances } from '../circumstances';
import { drawSheet, judge } from './judge';
import { RECIPE, Trainee, type Recipe } from './model';
import { worldOf, type World } from '../ordinary/worlds';
import { hostRows } from './worlds';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'pendulum' },
    size: { type: 'string', default: '48' },
    seed: { type: 'string', default: '0' },
    steps: { type: 'string' },
    set: { type: 'string', default: '{}' },
    tag: { type: 'string', default: '' },
    engine: { type: 'string', default: 'onnxruntime' },
    threads: { type: 'string', default: '2' },
    count: { type: 'string', default: '300' },
    out: { type: 'string' },
    sheet: { type: 'string' },
  },
});
await setupEngine({ engine: values.engine as EngineName, threads: Number(values.threads) });
const seconds = (since: number): number => Number(((performance.now() - since) / 1000).toFixed(1));
const cpuSeconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return Number(((user + system) / 1e6).toFixed(1));
};

const data = worldOf(values.data as World, Number(values.size));
const annotator = await cachedAnnotator(data, { directory: '.cache/annotators', minimumR2: 0.9 });
console.log('annotator R²', JSON.stringify(annotator.r2));
const rows = hostRows(data, 'train');
const recipe: Recipe = { ...RECIPE, ...(JSON.parse(values.set) as Partial<Recipe>) };
const seed = Number(values.seed);

let started = performance.now();
const preparation = await prepareFields({
  images: rows.images,
  imageShape: data.imageShape,
  labels: rows.labels,
  graph: data.graph,
  rng: createRng(seed).split('prepare'),
});
const prepareSeconds = seconds(started);
const sets = preparation.sets.map(
  ({ concepts, pixels }) => `${concepts.map((i) => data.concepts[i]!.name).join('+')}: ${pixels}`,
);
console.log(
  `labels explain ${preparation.explained.toFixed(3)}; ${sets.join(', ')} (${prepareSeconds} s)`,
);

const trainee = new Trainee(data, rows, preparation, seed, recipe);
const steps = Number(values.steps ?? (preparation.gates ? 1200 : 3000));
started = performance.now();
const usage = process.cpuUsage();
let mae = 0;
for (let step = 0; step < steps; step++) {
  const now = await trainee.step(step, steps);
  mae = step === 0 ? now : 0.98 * mae + 0.02 * now;
  if ((step + 1) % Math.ceil(steps / 6) === 0 || step === 99) {
    console.log(
      `  ${step + 1}  sampled MAE ${mae.toFixed(4)}  ${seconds(started)} s  ${tf.memory().numTensors} tensors`,
    );
  }
}
const trainSeconds = seconds(started);
const trainCpu = cpuSeconds(usage);
const verdict = await judge(trainee, data, annotator, Number(values.count));
const result = {
  tag: values.tag,
  data: values.data,
  size: Number(values.size),
  seed,
  steps,
  set: JSON.parse(values.set) as unknown,
  prepareSeconds,
  trainSeconds,
  trainCpuSeconds: trainCpu,
  explained: Number(preparation.explained.toFixed(4)),
  sets,
  ...verdict,
};
console.log(JSON.stringify(result));
if (values.sheet) drawSheet(trainee, data, 6, values.sheet);
if (values.out) {
  const before = existsSync(values.out)
    ? (JSON.parse(readFileSync(values.out, 'utf8')) as unknown[])
    : [];
  const run = { ...circumstances(), engine: values.engine, annotatorR2: annotator.r2, ...result };
  writeFileSync(values.out, `${JSON.stringify([...before, run], null, 2)}\n`);
}
