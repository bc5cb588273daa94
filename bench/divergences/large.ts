// MMD² or HSIC, exact, with gradients, or the gamma test, at n = 100,000: seconds and peak memory
//
//   node --conditions=@causal/source --import tsx bench/divergences/large.ts mmd|hsic|test [--n 100000] [--p 64] [--value]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine, type EngineName } from '@causal/backend';
import { hsic, hsicTest, mmd, rbf } from '@causal/divergences';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import { circumstances } from '../circumstances';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    n: { type: 'string', default: '100000' },
    p: { type: 'string', default: '64' },
    value: { type: 'boolean', default: false },
  },
});
const name = (['hsic', 'test'] as const).find((known) => known === positionals[0]) ?? 'mmd';
const [n, p] = [Number(values.n), Number(values.p)];
const info = await setupEngine({ engine: values.engine as EngineName | 'auto' });
const rng = createRng('large');
const sample = (mean: number) => tf.tensor2d(rng.fillNormal(new Float32Array(n * p), mean), [n, p]);
const [x, y] = [sample(0), sample(0.3)];
const kernel = rbf({ sigma: Math.sqrt(p) });
const began = performance.now();
async function measure(): Promise<object> {
  if (name === 'test') return hsicTest(x, y, { method: 'gamma', kernel });
  const loss = { hsic, mmd }[name];
  const f = (a: tf.Tensor, b: tf.Tensor) => loss(a as tf.Tensor2D, b as tf.Tensor2D, { kernel });
  const [value, ...gradientNorms] = tf
    .tidy(() => {
      if (values.value) return [f(x, y)];
      const found = tf.valueAndGrads(f)([x, y]);
      return [found.value, ...found.grads.map((gradient) => tf.norm(gradient))];
    })
    .map((tensor) => tensor.dataSync()[0]!);
  return { value, gradientNorms };
}
const found = await measure();
const withGradients = name !== 'test' && !values.value;
const what = name === 'test' ? 'hsicTest by the gamma method' : name;
const report = {
  what: `${what} with the RBF kernel, all pairs, n = ${n}, p = ${p}${withGradients ? ', with both gradients' : ''}`,
  ...circumstances(),
  engine: info.name,
  threads: info.threads,
  seconds: (performance.now() - began) / 1000,
  // Of the whole process, Node and the engine included.
  peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  ...found,
};
console.log(report);
if (n === 100_000) {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = `large-${name}${withGradients ? '-gradient' : ''}.json`;
  writeFileSync(join(folder, file), JSON.stringify(report, null, 2) + '\n');
}
