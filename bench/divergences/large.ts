// MMD² or HSIC, exact, with gradients, at n = 100,000: seconds and peak memory
//
//   node --conditions=@causal/source --import tsx bench/divergences/large.ts mmd|hsic [--n 100000] [--p 64] [--value]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine, type EngineName } from '@causal/backend';
import { hsic, mmd, rbf } from '@causal/divergences';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { circumstances } from './circumstances';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    n: { type: 'string', default: '100000' },
    p: { type: 'string', default: '64' },
    value: { type: 'boolean', default: false },
  },
});
const name = positionals[0] === 'hsic' ? 'hsic' : 'mmd';
const loss = { hsic, mmd }[name];
const [n, p] = [Number(values.n), Number(values.p)];
const info = await setupEngine({ engine: values.engine as EngineName | 'auto' });
const rng = createRng('large');
const sample = (mean: number) => tf.tensor2d(rng.fillNormal(new Float32Array(n * p), mean), [n, p]);
const [x, y] = [sample(0), sample(0.3)];
const kernel = rbf({ sigma: Math.sqrt(p) });
const began = performance.now();
const f = (a: tf.Tensor, b: tf.Tensor) => loss(a as tf.Tensor2D, b as tf.Tensor2D, { kernel });
const [value, ...gradients] = tf
  .tidy(() => {
    if (values.value) return [f(x, y)];
    const found = tf.valueAndGrads(f)([x, y]);
    return [found.value, ...found.grads.map((gradient) => tf.norm(gradient))];
  })
  .map((tensor) => tensor.dataSync()[0]!);
const report = {
  what: `${name} with the RBF kernel, all pairs, n = ${n}, p = ${p}${values.value ? '' : ', with both gradients'}`,
  ...circumstances(),
  engine: info.name,
  threads: info.threads,
  seconds: (performance.now() - began) / 1000,
  // Of the whole process, Node and the engine included.
  peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  value,
  gradientNorms: gradients,
};
console.log(report);
if (n === 100_000) {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = `large-${name}${values.value ? '' : '-gradient'}.json`;
  writeFileSync(join(folder, file), JSON.stringify(report, null, 2) + '\n');
}
