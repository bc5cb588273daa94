#!/usr/bin/env node
import { engineStates } from '../setup';
import { measureEngine, type Measurement } from './measure';

const HELP = `causal-engine: engines for TensorFlow.js on this machine

  causal-engine list [--json]             every engine, whether it runs here, and why not
  causal-engine bench [engine…] [--json]  matrix products and a convolution's training step
  causal-engine help
`;

const print = (text: string): void => {
  process.stdout.write(text + '\n');
};

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function list(json: boolean): Promise<void> {
  const states = await engineStates();
  if (json) return print(JSON.stringify(states, null, 2));
  print(
    table(
      states.map(({ name, device, reason }) => [name, reason ? 'no' : 'yes', reason ?? device]),
    ),
  );
}

async function bench(wanted: readonly string[], json: boolean): Promise<void> {
  const states = await engineStates();
  for (const name of wanted) {
    const state = states.find((s) => s.name === name);
    if (!state) throw new Error(`'${name}' is no engine; see causal-engine list.`);
    if (state.reason) throw new Error(`The engine '${name}' cannot run here. ${state.reason}`);
  }
  const results: Measurement[] = [];
  for (const { name, reason } of states) {
    const chosen = wanted.length > 0 ? wanted.includes(name) : name !== 'cpu' && !reason;
    if (chosen) results.push(await measureEngine(name));
  }
  if (json) return print(JSON.stringify(results, null, 2));
  print(
    table([
      ['engine', 'threads', 'start', 'matMul 512²', 'with transposition', 'convolution step'],
      ...results.map((r) => [
        r.engine,
        String(r.threads),
        `${r.startMs.toFixed(0)} ms`,
        `${r.matMulGflops.toFixed(1)} GFLOP/s`,
        `${r.transposedGflops.toFixed(1)} GFLOP/s`,
        `${r.convolutionStepMs.toFixed(1)} ms`,
      ]),
    ]),
  );
}

async function main(): Promise<void> {
  const [command = 'help', ...rest] = process.argv.slice(2);
  const json = rest.includes('--json');
  const words = rest.filter((word) => word !== '--json');
  const unknown = words.find((word) => word.startsWith('-'));
  if (unknown) throw new Error(`Unknown option ${unknown}.\n\n${HELP}`);
  if (command === 'list') await list(json);
  else if (command === 'bench') await bench(words, json);
  else if (command === 'help' || command === '--help' || command === '-h') print(HELP);
  else throw new Error(`Unknown command '${command}'.\n\n${HELP}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
