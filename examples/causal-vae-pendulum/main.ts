/**
 * CausalVAE on pendulum: trains with the paper's objective, then shows do() of each concept.
 *
 *   node --conditions=@causal/source --import tsx examples/causal-vae-pendulum/main.ts [--short]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setupEngine } from '@causal/backend';
import { contactSheet, pendulum } from '@causal/datasets';
import { counterfactualGrid, evaluateModel } from '@causal/models';
import { writeFileAtomic } from '@causal/training/node';
import { CausalVAE } from '@causal/vae';

const short = process.argv.includes('--short');
const out = 'runs/causal-vae-pendulum';
const { name } = await setupEngine();
console.log(`Engine: ${name}`);

const data = pendulum({ size: 48, seed: 1, ...(short ? { train: 400, test: 64 } : {}) });
const model = new CausalVAE({ data, ...(short ? { mechanismSteps: 100 } : {}) });
const run = await model.fit(data, {
  steps: short ? 10 : 800,
  seed: 1,
  out,
  overwrite: true,
  progress: true,
});
const { metrics } = await evaluateModel(model, data, { count: short ? 16 : 200 });
console.log(
  `MIC ${metrics.representation.mic.toFixed(3)} from the picture alone, reconstruction error ${metrics.reconstruction.mae.toFixed(4)}, graph SHD ${metrics.graph!.shd}`,
);
console.log('Last loss terms:', run.terms);

const grid = counterfactualGrid(model, data, [0, 1, 2, 3]);
await mkdir(out, { recursive: true });
const file = join(out, 'counterfactuals.png');
await writeFileAtomic(file, contactSheet(grid.pictures, { columns: grid.columns, scale: 2 }));
await model.save(join(out, 'model'));
console.log(`Wrote ${file} (columns: ${grid.headings.join(', ')}) and ${join(out, 'model')}`);
