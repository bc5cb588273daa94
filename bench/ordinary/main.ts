/**
 * The model as a user gets it, on drawn worlds: labels read from the picture, true renders beside.
 *
 *   npm run bench -- ordinary --world faces --seeds 1,2,3 [--size 64] [--steps N] [--sheet DIR]
 *     [--options '{"decoder":"fields"}'] [--model CausalVAE] [--out FILE]
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { contactSheet } from '@causal/datasets';
import { cachedAnnotator } from '@causal/metrics/node';
import { counterfactualGrid, evaluateModel, type ConceptAutoencoder } from '@causal/models';
import { CausalVAE } from '@causal/vae';
import { CausalWAE } from '@causal/wae';
import { circumstances } from '../circumstances';
import { worldOf, type World } from './worlds';

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'pendulum' },
    seeds: { type: 'string', default: '1' },
    size: { type: 'string' },
    steps: { type: 'string' },
    model: { type: 'string', default: 'CausalWAE' },
    options: { type: 'string', default: '{}' },
    fit: { type: 'string', default: '{}' },
    sheet: { type: 'string' },
    out: { type: 'string' },
    minimum: { type: 'string', default: '0.9' },
  },
});
const world = values.world as World;
const size = Number(values.size ?? (world === 'faces' || world === 'beard' ? 64 : 48));
const { name: engine, threads } = await setupEngine();
const data = worldOf(world, size);
const CACHE = fileURLToPath(new URL('../../.cache/annotators', import.meta.url));
const annotator = await cachedAnnotator(data, {
  directory: CACHE,
  minimumR2: Number(values.minimum),
});
const results: unknown[] = [];
for (const seed of values.seeds.split(',').map(Number)) {
  const config = { data, ...(JSON.parse(values.options) as object) };
  const model = (values.model === 'CausalVAE'
    ? new CausalVAE(config)
    : new CausalWAE(config)) as unknown as ConceptAutoencoder;
  const started = performance.now();
  const cpu = process.cpuUsage();
  const run = await model.fit(data, {
    steps: Number(values.steps ?? 1200),
    seed,
    progress: false,
    ...(JSON.parse(values.fit) as object),
  });
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  const { metrics, effects } = await evaluateModel(model, data, { annotator, count: 200 });
  const row = { world, size, seed, steps: run.steps, seconds, cpu: used.user / 1e6, metrics };
  results.push(row);
  const i = metrics.interventions!;
  const show = (value: number): string => value.toFixed(3);
  console.log(
    `${world} ${size} px seed ${seed}: own ${Object.values(i.own).map(show).join('/')} leak ${show(i.leak)} (${effects!.leakAt ? `${effects!.leakAt.from} → ${effects!.leakAt.to}` : ''}) effects ${show(i.descendantsError)} changed ${show(metrics.counterfactual!.changedRegion)} MAE ${metrics.reconstruction.mae.toFixed(4)} MIC ${show(metrics.representation.mic)} SHD ${metrics.graph!.shd} R2 ${show(i.annotatorR2)}; ${run.steps} steps, ${seconds.toFixed(0)} s, ${row.cpu.toFixed(0)} CPU s`,
  );
  console.log(
    '  terms',
    JSON.stringify(run.terms, (_, v) => (typeof v === 'number' ? Number(v.toPrecision(3)) : v)),
  );
  if (values.sheet) {
    mkdirSync(values.sheet, { recursive: true });
    const grid = counterfactualGrid(model, data, [3, 40, 77, 114, 151]);
    writeFileSync(
      join(values.sheet, `${world}-${seed}.png`),
      contactSheet(grid.pictures, { columns: grid.columns, scale: 1 }),
    );
    grid.pictures.dispose();
  }
  model.dispose();
}
if (values.out) {
  let earlier: unknown[] = [];
  try {
    earlier = (JSON.parse(readFileSync(values.out, 'utf8')) as { runs: unknown[] }).runs;
  } catch {
    // the first run of this file
  }
  const file = { ...circumstances(), engine, threads, runs: [...earlier, ...results] };
  writeFileSync(values.out, `${JSON.stringify(file, null, 2)}\n`);
}
