// MMD, HSIC, Sinkhorn and sliced Wasserstein beside geomloss, POT, torch and numpy in one run
//
//   npm run bench -- divergences [--engine onnxruntime] [--threads 2] [--scale 1] [--python …]
//
// Both sides see the same float32 samples and the same number of threads. --python: one that has
// torch, geomloss and pot (README.md says how to make it); without it only our side is timed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
import { circumstances } from '../circumstances';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    threads: { type: 'string', default: '2' },
    scale: { type: 'string', default: '1' },
    python: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, 'results', 'peers.json') },
  },
});
const threads = Number(values.threads);
const info = await setupEngine({ engine: values.engine as EngineName | 'auto', threads });
const folder = mkdtempSync(join(tmpdir(), 'divergences-'));

const rng = createRng('bench');
/** A sample that the peers find in a file. */
function sample(name: string, n: number, p: number, mean = 0): tf.Tensor2D {
  const numbers = rng.fillNormal(new Float32Array(n * p), mean);
  writeFileSync(join(folder, `${name}.f32`), numbers);
  return tf.tensor2d(numbers, [n, p]);
}

type Run = (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor | tf.Tensor[];
const withGradient =
  (loss: (x: tf.Tensor2D, y: tf.Tensor2D) => tf.Scalar): Run =>
  (x, y) => {
    const f = (a: tf.Tensor, b: tf.Tensor) => loss(a as tf.Tensor2D, b as tf.Tensor2D);
    const { value, grads } = tf.valueAndGrads(f)([x, y]);
    return [value, ...grads];
  };

const kernel = rbf({ sigma: 8 });
const epsilon = 0.05;
interface Problem {
  readonly n: number;
  readonly p: number;
  readonly runs: Readonly<Record<string, Run>>;
}
const problems: Readonly<Record<string, Problem>> = {
  kernels: {
    n: 4096,
    p: 64,
    runs: {
      mmd: (x, y) => mmd(x, y, { kernel }),
      'mmd+gradient': withGradient((x, y) => mmd(x, y, { kernel })),
      hsic: (x, y) => hsic(x, y, { kernel }),
      'hsic+gradient': withGradient((x, y) => hsic(x, y, { kernel })),
    },
  },
  transport: {
    n: 2000,
    p: 16,
    runs: {
      sinkhorn: (x, y) => sinkhornDivergence(x, y, { epsilon }),
      // As far as geomloss comes at its default scaling.
      'sinkhorn, coarse': (x, y) => sinkhornDivergence(x, y, { epsilon, maxIterations: 10 }),
    },
  },
  sliced: {
    n: 100_000,
    p: 16,
    runs: { sliced: (x, y) => slicedWasserstein(x, y, { count: 256 }) },
  },
};

const sizes: Record<string, readonly [number, number]> = {};
const ours: Record<string, { seconds: number; value: number }> = {};
let sinkhornIterations = {};
for (const [problem, { n: full, p, runs }] of Object.entries(problems)) {
  const n = Math.round(full * Number(values.scale));
  sizes[problem] = [n, p];
  const [x, y] = [sample(`${problem}-x`, n, p), sample(`${problem}-y`, n, p, 0.3)];
  for (const [name, run] of Object.entries(runs)) {
    tf.dispose(run(x, y));
    let [seconds, value] = [Infinity, NaN];
    for (let r = 0; r < 3; r++) {
      const began = performance.now();
      const out = [run(x, y)].flat();
      value = out[0]!.dataSync()[0]!;
      for (const gradient of out.slice(1)) gradient.dataSync();
      seconds = Math.min(seconds, (performance.now() - began) / 1000);
      tf.dispose(out);
    }
    ours[name] = { seconds, value };
  }
  if (problem === 'transport') {
    const { iterations, marginalError, dispose } = solveEntropicOT(x, y, { epsilon });
    sinkhornIterations = { atEpsilon: iterations, perLevelAbove: 10, marginalError };
    dispose();
  }
  tf.dispose([x, y]);
}

interface Peers {
  readonly versions: Readonly<Record<string, string>>;
  readonly results: Readonly<
    Record<string, Readonly<Record<string, { seconds: number; value: number }>>>
  >;
}
function measurePeers(): Peers | undefined {
  if (values.python === undefined) return undefined;
  const script = join(import.meta.dirname, 'peer.py');
  const count = String(threads);
  const env = { ...process.env, OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count };
  const text = execFileSync(values.python, [script, folder, JSON.stringify(sizes), count], { env });
  return JSON.parse(text.toString()) as Peers;
}
const peers = measurePeers();
rmSync(folder, { recursive: true });

const rows = Object.entries(ours).map(([name, { seconds, value }]) => {
  const beside = Object.entries(peers?.results[name] ?? {}).map(([peer, theirs]) => ({
    peer,
    ...theirs,
    ratio: seconds / theirs.seconds,
    valuesApart: Math.abs(theirs.value / value - 1),
  }));
  return { name, seconds, value, peers: beside };
});
for (const { name, seconds, value, peers: beside } of rows) {
  console.log(`${name.padEnd(18)} ${seconds.toFixed(3)} s  value ${value.toPrecision(6)}`);
  for (const { peer, seconds: theirs, ratio, valuesApart } of beside) {
    const apart = `values ${valuesApart.toExponential(1)} apart`;
    console.log(
      `    ${peer.padEnd(26)} ${theirs.toFixed(3)} s  ratio ${ratio.toFixed(2)}  ${apart}`,
    );
  }
}
const report = {
  what: 'seconds, best of three after one to warm up (POT: one run); float32; ratio = ours/theirs',
  ...circumstances(),
  engine: info.name,
  threads: { ours: info.threads, peers: threads },
  versions: peers?.versions,
  sizes,
  sinkhornIterations,
  rows,
};
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
writeFileSync(values.out, JSON.stringify(report, null, 2) + '\n');
