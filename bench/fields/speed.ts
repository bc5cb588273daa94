// Seconds of a training step of the `fields` decoder with its encoder, on random pictures.
//   node --conditions=@causal/source --import tsx bench/fields/speed.ts [--size 48] [--gated] [--steps 20] [--engine onnxruntime] [--threads 2] [--profile]
import { setupEngine, type EngineName } from '@causal/backend';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { parseArgs } from 'node:util';
import { profileKernels } from '../engine/profile';
import { RECIPE, Trainee, type Recipe } from './model';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '48' },
    gated: { type: 'boolean', default: false },
    steps: { type: 'string', default: '20' },
    engine: { type: 'string', default: 'onnxruntime' },
    threads: { type: 'string', default: '2' },
    set: { type: 'string', default: '{}' },
    profile: { type: 'boolean', default: false },
  },
});
await setupEngine({ engine: values.engine as EngineName, threads: Number(values.threads) });
const size = Number(values.size);
const rng = createRng(1);
const imageShape: [number, number, number] = [size, size, 3];
const count = 100;
const pixels = size * size;
const labels = Array.from({ length: count }, () => Array.from({ length: 4 }, () => rng.uniform()));
const trainee = new Trainee(
  { imageShape, concepts: labels[0]! },
  { images: rng.uniforms(count * 3 * pixels), size: 3 * pixels, labels },
  {
    gates: values.gated ? new Float32Array(4 * pixels).fill(1) : null,
    pixelWeights: new Float32Array(pixels).fill(1),
    rowWeights: new Float32Array(count).fill(1),
    labelStats: { mean: [0, 0, 0, 0], std: [0.6, 0.6, 0.6, 0.6] },
    explained: 0,
    sets: [],
  },
  0,
  { ...RECIPE, ...(JSON.parse(values.set) as Partial<Recipe>) },
);
const steps = Number(values.steps);
let at = 0;
const run = async (): Promise<number> => trainee.step(at++, 1000);
for (let i = 0; i < 3; i++) await run();
const times: number[] = [];
const usage = process.cpuUsage();
for (let i = 0; i < steps; i++) {
  const start = performance.now();
  await run();
  times.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(usage);
times.sort((a, b) => a - b);
const result = {
  engine: values.engine,
  threads: Number(values.threads),
  size,
  gated: values.gated,
  medianMs: Number(times[steps >> 1]!.toFixed(1)),
  leastMs: Number(times[0]!.toFixed(1)),
  cpuMs: Number(((user + system) / 1e3 / steps).toFixed(1)),
  tensors: tf.memory().numTensors,
};
console.log(JSON.stringify(result));
if (values.profile) {
  const done: Promise<number>[] = [];
  profileKernels(() => void done.push(run()), 5);
  await Promise.all(done);
}
