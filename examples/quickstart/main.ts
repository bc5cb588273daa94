/**
 * The main job: learns the causal graph of the pendulum from its labels, trains CausalWAE on its
 * pictures, judges do() against the true renders, and writes everything into one folder.
 *
 *   npm run quickstart            (npm run quickstart -- --help for options)
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setupEngine } from '@causal/backend';
import { pendulum } from '@causal/datasets';
import { evaluateModel, type Stage } from '@causal/models';
import { InterruptedError } from '@causal/training';
import { interruptSignal } from '@causal/training/node';
import { CausalWAE } from '@causal/wae';
import { annotatorFor } from './annotator';
import { HELP, readOptions, type QuickstartOptions } from './options';
import { writeResults } from './results';

const STAGES: Record<Stage, string> = {
  graph: 'Learned the graph from the labels',
  screening: 'Found which concepts paint which pixels',
  mechanisms: 'Fitted how effects follow their causes',
};

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function quickstart(options: QuickstartOptions, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const { seed, size, out, short } = options;
  const finished = await exists(join(out, 'metrics.json'));
  if (
    !options.resume &&
    !options.overwrite &&
    !finished &&
    (await exists(join(out, 'config.json')))
  ) {
    throw new Error(
      `${out} holds an unfinished run: add --resume to go on with it, or --overwrite to start again.`,
    );
  }
  const engine = await setupEngine({ engine: options.engine });
  console.log(`Engine: ${engine.name} (${engine.device}, ${engine.threads} threads)`);
  for (const [name, reason] of Object.entries(engine.reasons))
    console.log(`  not ${name}: ${reason}`);

  const data = pendulum({ size, seed, ...(short ? { train: 400, test: 64 } : {}) });
  console.log(
    `Pendulum: ${data.size('train')} training and ${data.size('test')} test pictures of ${size} × ${size}, concepts ${data.concepts.map((c) => c.name).join(', ')}`,
  );
  const model = new CausalWAE({ data, ...(short ? { mechanismSteps: 100 } : {}) });
  const stage = (name: Stage, progress: number): void => {
    if (progress === 1) console.log(`${STAGES[name]} (${seconds(started)} s)`);
  };
  const run = await model.fit(data, {
    ...(options.epochs === undefined ? { steps: options.steps! } : { epochs: options.epochs }),
    seed,
    out,
    resume: options.resume,
    overwrite: !options.resume,
    progress: true,
    checkpointEvery: { seconds: 10 },
    signal,
    onStage: stage,
    config: { command: 'quickstart', seed, size, model: 'CausalWAE', options: model.options },
  });
  await model.save(join(out, 'model'));

  console.log('Judging do() against the true renders …');
  const annotator = await annotatorFor(data, size, out, signal);
  const detail = await evaluateModel(model, data, { annotator, signal, count: short ? 16 : 200 });
  annotator.dispose();
  const total = (performance.now() - started) / 1000;
  await writeResults({ model, data, run, detail, engine: engine.name, seconds: total, seed, out });

  const { representation, interventions, reconstruction, counterfactual, graph } = detail.metrics;
  const rounded = (value: number): string => value.toFixed(3);
  console.log(`
Graph       SHD ${graph!.shd} to the true one
MIC         ${rounded(representation.mic)} (from the picture alone; TIC ${rounded(representation.tic)}, MCC ${rounded(representation.mcc)})
Own effect  ${Object.entries(interventions!.own)
    .map(([name, value]) => `${name} ${rounded(value)}`)
    .join(', ')}   (1 is right)
Leak        ${rounded(interventions!.leak)}, effects' error ${rounded(interventions!.descendantsError)}   (0 is right)
Error       ${rounded(reconstruction.mae)} reconstruction, ${rounded(counterfactual!.mae)} counterfactual (ratio ${counterfactual!.ratio.toFixed(2)})

${out}/report.html, counterfactuals.png, graph.svg, metrics.json, model/   (${total.toFixed(0)} s in all)`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

const { signal, release } = interruptSignal();
try {
  const options = readOptions(process.argv.slice(2));
  if (options) await quickstart(options, signal);
  else console.log(HELP);
} catch (error) {
  const stopped = error instanceof InterruptedError || (error as Error).name === 'AbortError';
  console.error(`\n${(error as Error).message}`);
  if (stopped) {
    const rest = process.argv.slice(2).filter((arg) => arg !== '--overwrite' && arg !== '--resume');
    console.error(`Go on with: npm run quickstart -- ${[...rest, '--resume'].join(' ')}`);
  } else if (process.env['DEBUG']) console.error(error);
  process.exitCode = stopped ? 130 : 1;
} finally {
  release();
}
