// inverse, slogdet, expm and endogenous with gradients, beside numpy and scipy in one run
//
// For the peers: python3 -m venv DIR && DIR/bin/pip install numpy scipy, then --python DIR/bin/python.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type EngineName, setupEngine } from '@causal/backend';
import { expm, inverse, slogdet } from '@causal/linalg';
import { createRng } from '@causal/random';
import { endogenous } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';
import { circumstances } from '../circumstances';

const { values: options } = parseArgs({
  options: {
    // A Python that has numpy and scipy; without one only our side is timed.
    python: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    out: { type: 'string' },
    // Only endogenous, on this engine, as JSON: how this script asks itself for a second engine.
    engine: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const sizes = [20, 100, 500];

interface Timing {
  readonly best: number;
  readonly median: number;
}

/** Best and median milliseconds over `seconds` of repetitions, at least three. */
function time(work: () => void): Timing {
  work();
  const times: number[] = [];
  const end = performance.now() + 1e3 * seconds;
  while (performance.now() < end || times.length < 3) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { best: times[0]!, median: times[times.length >> 1]! };
}

/** endogenous and its two gradients at batch 512, d 64, k 16, on the engine that is set up. */
function timeEndogenous(): Timing {
  const rng = createRng(1);
  const [batch, d, k] = [512, 64, 16];
  const weights = createRng(2).normals(d * d);
  const a = tf.tensor2d(
    weights.map((w, at) => (at % d > Math.floor(at / d) ? w / 8 : 0)),
    [d, d],
  );
  const noise = tf.tensor3d(rng.normals(batch * d * k), [batch, d, k]);
  const upstream = tf.tensor3d(rng.normals(batch * d * k), [batch, d, k]);
  const both = tf.grads((x: tf.Tensor, e: tf.Tensor) =>
    tf.sum(tf.mul(endogenous(x as tf.Tensor2D, e as tf.Tensor3D), upstream)),
  );
  return time(() =>
    tf.tidy(() => {
      for (const gradient of both([a, noise])) gradient.dataSync();
    }),
  );
}

if (options.engine !== undefined) {
  await setupEngine({ engine: options.engine as EngineName });
  process.stdout.write(JSON.stringify(timeEndogenous()));
  process.exit(0);
}

const load = loadavg()[0]!;
const engine = await setupEngine({ engine: 'wasm' });
const ours: Record<string, Timing> = {};
const rng = createRng(1);
for (const d of sizes) {
  const a = tf.tidy(() =>
    tf.add(tf.mul(tf.tensor2d(rng.normals(d * d), [d, d]), 1 / Math.sqrt(d)), tf.mul(2, tf.eye(d))),
  );
  const g = tf.tensor2d(rng.normals(d * d), [d, d]);
  const cases: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    inverse: (x) => tf.sum(tf.mul(inverse(x), g)),
    slogdet: (x) => slogdet(x).logAbsDet,
    expm: (x) => tf.sum(tf.mul(expm(x), g)),
  };
  for (const [name, f] of Object.entries(cases)) {
    const gradient = tf.grad(f);
    ours[`${name} d=${d}`] = time(() => tf.tidy(() => void gradient(a).dataSync()));
  }
  tf.dispose([a, g]);
}

ours['endogenous'] = timeEndogenous();
try {
  // An engine is set up once a process.
  const self = [...process.execArgv, fileURLToPath(import.meta.url)];
  const words = ['--engine', 'onnxruntime', '--seconds', options.seconds];
  const second = execFileSync(process.execPath, [...self, ...words], { stdio: 'pipe' });
  ours['endogenous, onnxruntime'] = JSON.parse(second.toString()) as Timing;
} catch {
  process.stdout.write('endogenous on onnxruntime: that engine is not installed\n');
}

interface Peer {
  readonly numpy: string;
  readonly scipy: string;
  readonly results: Readonly<Record<string, Timing>>;
}
/** The peer with one BLAS thread (fair to one JavaScript thread, faster for small d) and with all. */
function peer(threads: number | undefined): Peer | undefined {
  if (options.python === undefined) return undefined;
  const script = fileURLToPath(new URL('peer.py', import.meta.url));
  const env = { ...process.env };
  // Left to themselves the libraries take the kernels that suit the machine.
  delete env['OPENBLAS_CORETYPE'];
  delete env['OPENBLAS_L2_SIZE'];
  if (threads !== undefined) env['OPENBLAS_NUM_THREADS'] = String(threads);
  const argument = JSON.stringify({ seconds, sizes });
  return JSON.parse(execFileSync(options.python, [script, argument], { env }).toString()) as Peer;
}
const single = peer(1);
const all = peer(undefined);

const rows = Object.entries(ours).map(([name, timing]) => {
  const work = name.split(',')[0]!;
  const one = single?.results[work];
  const many = all?.results[work];
  const fastest = Math.min(one?.best ?? Infinity, many?.best ?? Infinity);
  return {
    name,
    ours: timing,
    ...(one === undefined ? {} : { peerOneThread: one }),
    ...(many === undefined ? {} : { peerAllThreads: many }),
    ...(one === undefined ? {} : { ratioToFasterPeer: timing.best / fastest }),
  };
});
const report = {
  what: 'milliseconds, value and gradient; endogenous at batch 512, d 64, k 16',
  ...circumstances(),
  // Above the number of threads: other work slowed both sides.
  loadBefore: load,
  engine: engine.name,
  threads: 'ours one; the peer with one BLAS thread, and with all',
  peer: single && { numpy: single.numpy, scipy: single.scipy },
  rows,
};
for (const { name, ours: timing, peerOneThread, ratioToFasterPeer } of rows) {
  const beside =
    peerOneThread === undefined
      ? ''
      : ` numpy/scipy ${peerOneThread.best.toFixed(2)} ms, ×${ratioToFasterPeer!.toFixed(2)}`;
  process.stdout.write(`${name.padEnd(24)} ${timing.best.toFixed(2)} ms${beside}\n`);
}
const out = options.out ?? fileURLToPath(new URL('results/algebra.json', import.meta.url));
mkdirSync(fileURLToPath(new URL('results/', import.meta.url)), { recursive: true });
writeFileSync(out, JSON.stringify(report, null, 2) + '\n');
