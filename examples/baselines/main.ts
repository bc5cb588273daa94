/**
 * Every model on one data set, one table: how well it reconstructs, what its latents know of the
 * labels, and whether its do() is right.
 *
 *   npm run example baselines -- [--short] [--steps N] [--seed N] [--models CausalWAE,VAE] [--out FILE]
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { pendulum } from '@causal/datasets';
import { loadAnnotator } from '@causal/metrics';
import { evaluateModel } from '@causal/models';
import { writeFileAtomic } from '@causal/training/node';
import { MODELS } from './models';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    steps: { type: 'string', default: '900' },
    seed: { type: 'string', default: '1' },
    models: { type: 'string' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const chosen = values.models?.split(',') ?? Object.keys(MODELS);
  const unknown = chosen.filter((name) => !(name in MODELS));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) console.error(`No model ${unknown.join(', ')}.`);
    console.log(`Models: ${Object.keys(MODELS).join(', ')}`);
    process.exitCode = values.help ? 0 : 1;
    return;
  }
  const { name: engine } = await setupEngine();
  const seed = Number(values.seed);
  const size = 48;
  const data = pendulum({ size, seed, ...(values.short ? { train: 300, test: 40 } : {}) });
  const committed = new URL('../quickstart/annotator-pendulum-48.safetensors', import.meta.url);
  const annotator = loadAnnotator(await readFile(committed));
  const results: Record<string, unknown> = {};
  console.log(`Engine ${engine}, seed ${seed}; pendulum, ${size} px`);
  for (const name of chosen) {
    const model = MODELS[name]!(data, values.short);
    const started = performance.now();
    const steps = values.short ? 3 : Number(values.steps);
    await model.fit(data, { steps, seed, progress: false });
    const seconds = (performance.now() - started) / 1000;
    const count = values.short ? 8 : 200;
    const options = { annotator, count, representationCount: values.short ? 40 : 1000 };
    const { metrics } = await evaluateModel(model, data, options);
    const told = await evaluateModel(model, data, {
      ...options,
      annotator: undefined,
      from: 'image and labels',
    });
    results[name] = { seconds, ...metrics, published: told.metrics.representation };
    const { representation: r, interventions: i, reconstruction, counterfactual, graph } = metrics;
    const own =
      i &&
      Object.values(i.own)
        .map((value) => value.toFixed(3))
        .join('/');
    console.log(
      `${name.padEnd(24)} MAE ${reconstruction.mae.toFixed(4)}  MIC ${r.mic.toFixed(3)} TIC ${r.tic.toFixed(3)} (with labels ${told.metrics.representation.mic.toFixed(3)} ${told.metrics.representation.tic.toFixed(3)})  ` +
        (i
          ? `own ${own} leak ${i.leak.toFixed(3)} effects ${i.descendantsError.toFixed(3)} changed ${counterfactual!.changedRegion.toFixed(3)} SHD ${graph!.shd}`
          : 'no concepts') +
        `  ${seconds.toFixed(0)} s`,
    );
    model.dispose();
  }
  annotator.dispose();
  if (values.out) await writeFileAtomic(values.out, `${JSON.stringify(results, null, 2)}\n`);
}

await main();
