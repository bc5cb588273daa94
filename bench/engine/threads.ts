// What threads give the wasm engine: the cases of main.ts and spec/08's step on one thread and on two.
//   node --conditions=@causal/source --import tsx bench/engine/threads.ts [--rounds 2] [--out FILE]
// Each count of threads runs in a process of its own, in turns; the shortest time of each counts.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { measure } from './cases';
import { circumstances } from '../circumstances';
import { recipeStep } from './recipe';
import { work, type Times } from './work';

const COUNTS = [1, 2];
const RECIPE_STEPS = 25;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    out: { type: 'string' },
    threads: { type: 'string' },
  },
});

/** Every case on so many threads, here. */
async function share(threads: number): Promise<Times> {
  const info = await setupEngine({ engine: 'wasm', threads });
  if (info.threads !== threads) throw new Error(`wasm has ${info.threads} threads here.`);
  const times = measure({ ...work, threads }, false);
  const step = recipeStep();
  for (let i = 0; i < 3; i++) step();
  times['recipe'] = Array.from({ length: RECIPE_STEPS }, () => {
    const start = performance.now();
    step();
    return performance.now() - start;
  });
  return times;
}

/** The same in a process of its own. */
function elsewhere(threads: number): Times {
  const { status, stdout } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), '--threads', String(threads)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (status !== 0) throw new Error(`The run on ${threads} threads failed (${status}).`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Times;
}

if (values.threads) {
  process.stdout.write(JSON.stringify(await share(Number(values.threads))) + '\n');
  process.exit(0);
}

const shortest: Record<string, number[]> = {};
for (let round = 0; round < Number(values.rounds); round++) {
  COUNTS.forEach((threads, i) => {
    for (const [name, times] of Object.entries(elsewhere(threads))) {
      const own = (shortest[name] ??= COUNTS.map(() => Infinity));
      own[i] = Math.min(own[i]!, ...times);
    }
  });
}

const round = (x: number, digits: number): number => Number(x.toFixed(digits));
const rows = Object.entries(shortest).map(([name, [one, two]]) => ({
  case: name,
  oneThread: round(one!, 2),
  twoThreads: round(two!, 2),
  ratio: round(two! / one!, 3),
}));
console.table(rows);
if (values.out) {
  const note = 'milliseconds on the wasm engine, shortest of all repetitions; goal of spec/07: 0.6';
  writeFileSync(values.out, JSON.stringify({ note, ...circumstances(), rows }, null, 2) + '\n');
}
