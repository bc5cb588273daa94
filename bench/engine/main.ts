// The engines side by side, stock tfjs-backend-wasm and PyTorch too, against the goals of spec/07.
//   npm run bench -- engine [--venv DIR | --python PYTHON] [--engines onnxruntime,wasm,…]
//                           [--rounds 3] [--out FILE]
// --venv makes a virtual environment with PyTorch there (outside the repository) if there is none
// yet; without --venv and --python the peer is left out. Each round starts every engine and the peer
// anew, so that all see the same machine; the shortest time of each counts.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { availableEngines, type EngineName } from '@causal/backend';
import { circumstances } from '../circumstances';
import { compare, printTables, type Results } from './compare';
import { makeEnvironment } from './python';
import { work, type Times, type Work } from './work';

const { values } = parseArgs({
  options: {
    venv: { type: 'string' },
    python: { type: 'string' },
    engines: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string' },
  },
});

const WITHOUT = ['cpu', 'webgpu']; // minutes a step; asynchronous
const engines = values.engines
  ? values.engines.split(',')
  : (await availableEngines()).filter((name: EngineName) => !WITHOUT.includes(name));
const python = values.python ?? (values.venv && makeEnvironment(values.venv, ['torch', 'numpy']));

function lastLine<Value>(command: string, args: string[]): Value {
  // What somebody set for another program's BLAS must not slow the peer down.
  const env = { ...process.env };
  delete env['OPENBLAS_CORETYPE'];
  delete env['OPENBLAS_L2_SIZE'];
  const { status, stdout } = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed (${status}).`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Value;
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const measureEngine = (name: string, task: Work): Times =>
  lastLine(process.execPath, [...process.execArgv, path('engine.ts'), name, JSON.stringify(task)]);

const results: Results = {};
let torch: string | undefined;

function add(name: string, times: Times): void {
  const all = (results[name] ??= {});
  for (const [key, some] of Object.entries(times)) all[key] = [...(all[key] ?? []), ...some];
}

for (let round = 1; round <= Number(values.rounds); round++) {
  if (python) {
    process.stderr.write(`round ${round}: PyTorch\n`);
    const peer = lastLine<{ version: string; times: Times }>(python, [
      path('peer.py'),
      JSON.stringify(work),
    ]);
    torch = peer.version;
    add('PyTorch', peer.times);
  }
  for (const name of engines) {
    process.stderr.write(`round ${round}: ${name}\n`);
    add(name, measureEngine(name, work));
  }
  if (round === 1) {
    process.stderr.write(`round ${round}: stock wasm (its steps take many seconds)\n`);
    const repeats = { autoencoder: 1, convolution: 1, matMul: 1, adam: 2, elementwise: 3 };
    add('stock', measureEngine('stock', { ...work, repeats }));
  }
}

const ratios = compare(results);
printTables(results, ratios);
if (values.out) {
  const report = {
    ...circumstances(),
    threads: work.threads,
    torch,
    work,
    ratios,
    milliseconds: results,
  };
  writeFileSync(values.out, JSON.stringify(report, null, 2) + '\n');
}
