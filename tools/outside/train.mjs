// A user's ESM program: ten steps of CausalWAE, a counterfactual, saved and loaded again.
import { rm } from 'node:fs/promises';
import { setupEngine } from '@causal/backend';
import { pendulum } from '@causal/datasets';
import { CausalWAE } from '@causal/wae';

const engine = await setupEngine();
const data = pendulum({ size: 32, seed: 1 });
const model = new CausalWAE({ data });
const run = await model.fit(data, { steps: 10, batchSize: 16, seed: 1 });
const { images } = data.batch('test', [0, 1, 2, 3]);
const darker = model.counterfactual(images, { light: 0.9 });
await model.save('pendulum.causal');
const again = (await CausalWAE.load('pendulum.causal')).counterfactual(images, { light: 0.9 });

const [first, second] = [darker.dataSync(), again.dataSync()];
console.log(engine.name, run.steps, darker.shape, model.adjacency());
if (String(darker.shape) !== '4,32,32,3') throw new Error(`shape ${darker.shape}`);
if (!first.every(Number.isFinite)) throw new Error('a pixel is not a number');
if (!first.every((value, i) => value === second[i])) throw new Error('the loaded model differs');
await rm('pendulum.causal', { recursive: true });
