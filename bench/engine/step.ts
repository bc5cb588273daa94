// One kind of training step on one engine, and (--profile) where its time goes, kernel by kernel.
//   node --conditions=@causal/source --import tsx bench/engine/step.ts [engine] [--model recipe] [--profile]
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { adam, setupEngine, type EngineName } from '@causal/backend';
import { autoencoderStep } from './autoencoder';
import { profileKernels } from './profile';
import { recipeStep } from './recipe';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'autoencoder' },
    steps: { type: 'string', default: '10' },
    threads: { type: 'string', default: '2' },
    profile: { type: 'boolean', default: false },
  },
});
const info = await setupEngine({
  engine: (positionals[0] ?? 'wasm') as EngineName,
  threads: Number(values.threads),
});
const optimizer = adam({ learningRate: 1e-3 });
const step =
  values.model === 'recipe'
    ? recipeStep()
    : autoencoderStep((grads, parameters) => optimizer.step(grads, parameters));

for (let i = 0; i < 3; i++) step();
const before = tf.memory().numTensors;
const steps = Number(values.steps);
const times: number[] = [];
let loss = 0;
const cpu = process.cpuUsage();
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  loss = step();
  times.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(cpu);
times.sort((a, b) => a - b);
console.log(
  `${info.name}: step median ${times[steps >> 1]!.toFixed(1)} ms, min ${times[0]!.toFixed(1)} ms, ` +
    `CPU ${((user + system) / 1000 / steps).toFixed(1)} ms, ` +
    `loss ${loss.toFixed(5)}, tensors left ${tf.memory().numTensors - before}`,
);
if (values.profile) profileKernels(step, 4);
