#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { engineStates } from '../setup';
import { CHECK_COMMAND, checkByMatMul } from './install/check';
import { installCommand, uninstallCommand } from './install/command';
import { measureEngine, type Measurement } from './measure';
import { table } from './table';

const HELP = `causal-engine: engines for TensorFlow.js on this machine

  causal-engine list [--json]             every engine, whether it runs here, and why not
  causal-engine bench [engine…] [--json]  matrix products (1024²) and the training step of a
                                          convolutional autoencoder (64 pictures of 96×96)
  causal-engine install tensorflow [--gpu] [--version V] [--dir D]
                                          TensorFlow's C library from its Python package, and
                                          tfjs-node built on it; run again, it goes on
  causal-engine uninstall tensorflow [--dir D]
  causal-engine help
`;

const width = (): number => process.stdout.columns ?? 120;

async function list(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const states = await engineStates();
  if (values.json) return JSON.stringify(states, null, 2);
  return table(
    states.map(({ name, device, reason }) => [name, reason ? 'no' : 'yes', reason ?? device]),
    width(),
  );
}

async function bench(args: string[]): Promise<string> {
  const { values, positionals: wanted } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  });
  const states = await engineStates();
  for (const name of wanted) {
    const state = states.find((s) => s.name === name);
    if (!state) throw new Error(`'${name}' is no engine; see causal-engine list.`);
    if (state.reason) throw new Error(`The engine '${name}' cannot run here. ${state.reason}`);
  }
  // The cpu engine takes minutes: measured where it is asked for.
  const chosen = states.filter(({ name, reason }) =>
    wanted.length > 0 ? wanted.includes(name) : name !== 'cpu' && !reason,
  );
  const measured = new Map<string, Measurement>();
  // From the last to the first: after onnxruntime, wasm would have one thread only.
  for (const { name } of [...chosen].reverse()) {
    if (process.stderr.isTTY) process.stderr.write(`… ${name}\n`);
    measured.set(name, await measureEngine(name));
  }
  const results = chosen.map(({ name }) => measured.get(name)!);
  if (values.json) return JSON.stringify(results, null, 2);
  const head = ['engine', 'threads', 'start', 'matMul', 'transposed', 'autoencoder step', 'device'];
  const rows = results.map((r) => [
    r.engine,
    String(r.threads),
    `${r.startMs.toFixed(0)} ms`,
    `${r.matMulGflops.toFixed(1)} GFLOP/s`,
    `${r.transposedGflops.toFixed(1)} GFLOP/s`,
    `${r.autoencoderStepMs.toFixed(1)} ms`,
    r.device,
  ]);
  return table([head, ...rows], width());
}

const commands: Record<string, (args: string[]) => string | Promise<string>> = {
  list,
  bench,
  install: installCommand,
  uninstall: uninstallCommand,
  [CHECK_COMMAND]: async () => `device: ${await checkByMatMul()}`,
  help: () => HELP,
  '--help': () => HELP,
  '-h': () => HELP,
};

async function main(): Promise<void> {
  const [name = 'help', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Error(`Unknown command '${name}'.\n\n${HELP}`);
  process.stdout.write(`${await command(args)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
