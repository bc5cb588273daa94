// Ten thousand training steps on each engine: tensors, JavaScript heap, wasm memory and resident set.
//   node --expose-gc --conditions=@causal/source --import tsx bench/engine/flatness.ts [engine…]
//     [--steps 10000] [--out file.json]
// Exits with 1 where tensors or wasm memory grew after the first tenth, or the heap by over 1 MB.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { adam, availableEngines, createRng, setupEngine, type EngineName } from '@causal/backend';
import { circumstances } from '../circumstances';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { steps: { type: 'string', default: '10000' }, out: { type: 'string' } },
});
const steps = Number(values.steps);
const here = await availableEngines();
const wanted = (
  positionals.length > 0 ? positionals : ['wasm', 'onnxruntime', 'tensorflow']
).filter((name): name is EngineName => here.includes(name as EngineName));
const collect = (globalThis as { gc?: () => void }).gc;
if (!collect) throw new Error('Run node with --expose-gc: else garbage counts as growth.');

interface Reading {
  readonly step: number;
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly heapMB: number;
  readonly wasmMB: number;
  readonly residentMB: number;
}

const MB = 2 ** 20;

function read(step: number): Reading {
  collect!();
  const { numTensors, numBytes } = tf.memory();
  const { heapUsed, rss } = process.memoryUsage();
  const { wasm } = tf.backend() as { wasm?: { HEAPU8: Uint8Array } };
  const round = (bytes: number): number => Math.round((bytes / MB) * 100) / 100;
  return {
    step,
    tensors: numTensors,
    tensorBytes: numBytes,
    heapMB: round(heapUsed),
    wasmMB: round(wasm?.HEAPU8.length ?? 0),
    residentMB: round(rss),
  };
}

/** A convolution and two dense layers with dropout, AdamW, a new batch at every step. */
function train(): Reading[] {
  const rng = createRng(3);
  const parameter = (shape: number[]): tf.Variable =>
    tf.tidy(() =>
      tf.variable(tf.tensor(rng.normals(tf.util.sizeFromShape(shape)), shape).mul(0.1)),
    );
  const params: Record<string, tf.Variable> = {
    filter: parameter([3, 3, 3, 8]),
    filterBias: parameter([8]),
    hidden: parameter([8 * 8 * 8, 32]),
    hiddenBias: parameter([32]),
    out: parameter([32, 4]),
  };
  const optimizer = adam({ learningRate: 1e-3, weightDecay: 0.01, clipNorm: 5 });
  const step = (): void => {
    const x = tf.tensor4d(rng.normals(16 * 16 * 16 * 3), [16, 16, 16, 3]);
    const mask = tf.tensor2d(
      rng.uniforms(16 * 32).map((u) => (u < 0.9 ? 1 / 0.9 : 0)),
      [16, 32],
    );
    const { value, grads } = tf.variableGrads(() => {
      const filter = params['filter'] as unknown as tf.Tensor4D;
      const seen = tf.elu(tf.add(tf.conv2d(x, filter, 2, 'same'), params['filterBias']!));
      const flat = tf.reshape(seen, [16, -1]);
      const hidden = tf.relu(tf.add(tf.matMul(flat, params['hidden']!), params['hiddenBias']!));
      const guess = tf.matMul(tf.mul(hidden, mask), params['out']!);
      const truth = tf.mean(x, [1, 2]);
      return tf.mean(tf.square(tf.sub(tf.slice(guess, [0, 0], [-1, 3]), truth))) as tf.Scalar;
    }, Object.values(params));
    optimizer.step(
      Object.fromEntries(Object.entries(params).map(([name, v]) => [name, grads[v.name]!])),
      params,
    );
    value.dataSync();
    tf.dispose([value, grads, x, mask]);
  };
  const readings: Reading[] = [];
  for (let i = 1; i <= steps; i++) {
    step();
    if (i % (steps / 10) === 0) readings.push(read(i));
  }
  tf.dispose(params);
  optimizer.dispose();
  return readings;
}

const results: Record<string, unknown>[] = [];
for (const engine of wanted) {
  const { device, threads } = await setupEngine({ engine });
  const readings = train();
  const [first, last] = [readings[0]!, readings.at(-1)!];
  const flat =
    last.tensors === first.tensors &&
    last.tensorBytes === first.tensorBytes &&
    last.wasmMB === first.wasmMB &&
    last.heapMB - first.heapMB < 1;
  console.log(`${engine}: ${flat ? 'flat' : 'GROWS'} over ${steps} steps`);
  console.table(readings);
  if (!flat) process.exitCode = 1;
  results.push({ engine, device, threads, flat, readings });
}
if (values.out) {
  writeFileSync(values.out, `${JSON.stringify({ ...circumstances(), steps, results }, null, 2)}\n`);
}
