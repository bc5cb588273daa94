/**
 * Loads a saved CausalWAE and writes pictures under do(): each concept swept over its range, one
 * row a concept, of one test picture.
 *
 *   npm run quickstart
 *   node --conditions=@causal/source --import tsx examples/interventions/main.ts [model folder] [--short]
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setupEngine } from '@causal/backend';
import { contactSheet, pendulum } from '@causal/datasets';
import { writeFileAtomic } from '@causal/training/node';
import { CausalWAE } from '@causal/wae';
import type { Tensor4D } from '@tensorflow/tfjs';

const short = process.argv.includes('--short');
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const out = 'runs/interventions';
await setupEngine();
await mkdir(out, { recursive: true });

async function loadModel(): Promise<CausalWAE> {
  if (!short || given) return CausalWAE.load(given ?? 'runs/quickstart/model');
  // Short mode makes its own: a hardly trained model, saved and loaded again.
  const data = pendulum({ size: 48, train: 200, test: 20 });
  const fresh = new CausalWAE({ data, mechanismSteps: 50 });
  await fresh.fit(data, { steps: 3, seed: 1 });
  await fresh.save(join(out, 'model'));
  return CausalWAE.load(join(out, 'model'));
}

const model = await loadModel();
const data = pendulum({ size: model.imageShape[0], train: 1, test: 20 });
const { images } = data.batch('test', [7]);
const rows: Tensor4D[] = [];
const sweep = 9;
for (const { name, range } of model.concepts) {
  const values = Array.from(
    { length: sweep },
    (_, i) => range[0] + (i * (range[1] - range[0])) / (sweep - 1),
  );
  const copies = images.tile([sweep, 1, 1, 1]) as Tensor4D;
  rows.push(model.counterfactual(copies, { [name]: values }));
  console.log(`do(${name}) from ${range[0].toFixed(2)} to ${range[1].toFixed(2)}`);
}
const file = join(out, 'sweeps.png');
await writeFileAtomic(file, contactSheet(rows, { columns: sweep, scale: 2 }));

// What cannot be seen in data: a shadow without its light. And new pictures under do().
const { images: sampled } = model.sample(sweep * 3, { seed: 1, interventions: { light: 1.2 } });
await writeFileAtomic(
  join(out, 'samples.png'),
  contactSheet(sampled, { columns: sweep, scale: 2 }),
);
console.log(`Wrote ${file} and ${join(out, 'samples.png')}`);
