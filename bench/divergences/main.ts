// Divergences beside POT and numpy on the CPU: seconds, values, peak memory.
//
//   npm run bench -- divergences [--engine wasm] [--scale 1] [--python /path/to/python] [--large]
//
// --scale shrinks n (for a busy machine); --large adds MMD and HSIC at n = 100,000 (minutes).
// --python needs numpy and pot; without it the peer's columns stay empty.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine, type EngineName } from '@causal/backend';
import {
  hsic,
  mmd,
  rbf,
  sinkhornDivergence,
  slicedWasserstein,
  solveEntropicOT,
} from '@causal/divergences';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'auto' },
    scale: { type: 'string', default: '1' },
    python: { type: 'string' },
    large: { type: 'boolean', default: false },
  },
});
const scale = Number(values.scale);
const info = await setupEngine({ engine: values.engine as EngineName | 'auto' });
console.log(`engine ${info.name}, ${info.threads} thread(s), scale ${scale}`);

const sized = (n: number) => Math.round(n * scale);
const rng = createRng('bench');
const sample = (n: number, p: number, mean = 0) =>
  tf.tensor2d(rng.fillNormal(new Float32Array(n * p), mean), [n, p]);

interface Case {
  readonly name: string;
  readonly n: number;
  readonly p: number;
  readonly run: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor | tf.Tensor[];
}

const withGradient =
  (loss: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Scalar) => (x: tf.Tensor2D, y: tf.Tensor2D) => {
    const f = (a: tf.Tensor, b: tf.Tensor) => loss(a as tf.Tensor2D, b as tf.Tensor2D);
    const { value, grads } = tf.valueAndGrads(f)([x, y]);
    return [value, ...grads];
  };

const kernel = rbf({ sigma: 8 });
const cases: Case[] = [
  { name: 'mmd', n: sized(4096), p: 64, run: (x, y) => mmd(x, y, { kernel }) },
  {
    name: 'mmd+gradient',
    n: sized(4096),
    p: 64,
    run: withGradient((x, y) => mmd(x, y, { kernel })),
  },
  { name: 'hsic', n: sized(4096), p: 64, run: (x, y) => hsic(x, y, { kernel }) },
  {
    name: 'sinkhorn',
    n: sized(2000),
    p: 16,
    run: (x, y) => sinkhornDivergence(x, y, { epsilon: 0.05 }),
  },
  {
    name: 'sliced',
    n: sized(100_000),
    p: 16,
    run: (x, y) => slicedWasserstein(x, y, { count: 256 }),
  },
  ...(values.large
    ? [
        { name: 'mmd, large', n: sized(100_000), p: 16, run: cases1e5(mmd) },
        { name: 'hsic, large', n: sized(100_000), p: 16, run: cases1e5(hsic) },
      ]
    : []),
];

function cases1e5(f: typeof mmd | typeof hsic): Case['run'] {
  return (x, y) => f(x, y, { kernel: rbf({ sigma: 4 }) });
}

const peer = (name: string, n: number, p: number): string => {
  if (values.python === undefined || name.includes('large')) return '–';
  const script = join(import.meta.dirname, 'peer.py');
  return execFileSync(values.python, [script, name, String(n), String(p)], { encoding: 'utf8' });
};

const rows: Record<string, string | number>[] = [];
for (const { name, n, p, run } of cases) {
  const [x, y] = [sample(n, p), sample(n, p, 0.3)];
  const large = name.includes('large');
  if (!large) tf.dispose(run(x, y));
  const times: number[] = [];
  let value = NaN;
  for (let r = 0; r < (large ? 1 : 3); r++) {
    const began = performance.now();
    const out = [run(x, y)].flat();
    value = out[0]!.dataSync()[0]!;
    times.push((performance.now() - began) / 1000);
    tf.dispose(out);
  }
  const seconds = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const theirs = peer(name, n, p);
  const ratio = Number.isFinite(Number(theirs)) ? (seconds / Number(theirs)).toFixed(2) : '–';
  const rss = `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB`;
  rows.push({ name, n, p, value, seconds: seconds.toFixed(2), peer: theirs.trim(), ratio, rss });
  if (name === 'sinkhorn') {
    const { iterations, marginalError, dispose } = solveEntropicOT(x, y, { epsilon: 0.05 });
    console.log(`sinkhorn: ${iterations} iterations at ε, marginal error ${marginalError}`);
    dispose();
  }
  tf.dispose([x, y]);
}
console.table(rows);
