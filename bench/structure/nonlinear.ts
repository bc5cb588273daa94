// The learners with networks, and GOLEM, beside those of dagma and gCastle on the same data.
//
//   npm run bench -- structure/nonlinear [--learners "dagmaMlp, short; golem"] [--sizes 10,20] [--seeds 1,2]
//     [--sides ours,theirs,sort] [--limit 400] [--python venv/bin/python] [--runs runs.jsonl] [--out results.json]
//
// As main.ts beside it: one thread each, every run is added to --runs as it ends, the summary of all of --runs and
// --out is written to --out, and what either has is not run again. Without --python a virtual environment is made
// in the folder for temporary files.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setupEngine } from '@causal/backend';
import { dagmaMlp, golem, mcsl, notearsMlp, sortRegress } from '@causal/dag-constraints';
import type { Matrix } from '@causal/graph';
import { circumstances } from '../circumstances';
import { make, ROWS, type Cell } from './cells';
import { peerPython } from './environment';
import { makeNonlinear } from './nonlinear-data';
import { startPeer, type Peer } from './peer';
import { askPeer, readLines, readReport, timed, toRun, type Answer } from './runs';
import { summarise, toMarkdown, type Run } from './summary';

interface Learner {
  /** GOLEM is linear; the others get data with networks for mechanisms. */
  readonly data: (cell: Cell) => { x: number[][]; truth: number[][] };
  readonly ours: (x: Matrix, seed: number) => Promise<{ weights: Matrix }>;
  readonly theirs: { readonly learner: string; readonly options: Readonly<Record<string, number>> };
}

/** The defaults' stages with a sixteenth of their Adam steps at ten times their rate. */
const SHORT = { warmSteps: 3000, maxSteps: 5000, learningRate: 2e-3 };

const learners: Readonly<Record<string, Learner>> = {
  'dagmaMlp, short': {
    data: makeNonlinear,
    ours: (x, seed) => dagmaMlp(x, { ...SHORT, seed }),
    theirs: {
      learner: 'dagmaMlp',
      options: { warm_iter: SHORT.warmSteps, max_iter: SHORT.maxSteps, lr: SHORT.learningRate },
    },
  },
  dagmaMlp: {
    data: makeNonlinear,
    ours: (x, seed) => dagmaMlp(x, { seed }),
    theirs: { learner: 'dagmaMlp', options: {} },
  },
  notearsMlp: {
    data: makeNonlinear,
    ours: (x, seed) => notearsMlp(x, { seed }),
    theirs: { learner: 'notearsMlp', options: {} },
  },
  mcsl: {
    data: makeNonlinear,
    ours: async (x, seed) => {
      await setupEngine({ engine: 'wasm', threads: 1 });
      return mcsl(x, { seed });
    },
    theirs: { learner: 'mcsl', options: {} },
  },
  golem: { data: make, ours: (x) => golem(x), theirs: { learner: 'golem', options: {} } },
};

const { values: options } = parseArgs({
  options: {
    learners: { type: 'string', default: 'dagmaMlp, short' },
    sizes: { type: 'string', default: '10,20' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    sides: { type: 'string', default: 'ours,theirs,sort' },
    limit: { type: 'string', default: '400' },
    python: { type: 'string' },
    runs: { type: 'string', default: join(tmpdir(), 'causal-bench-nonlinear.jsonl') },
    out: { type: 'string' },
  },
});
const limit = Number(options.limit);

const folder = mkdtempSync(join(tmpdir(), 'nonlinear-'));
let peer: Peer | undefined;
const sides: Record<string, (x: Matrix, learner: Learner, seed: number) => Promise<Answer>> = {
  ours: (x, learner, seed) => timed(async () => (await learner.ours(x, seed)).weights),
  theirs: async (x, { theirs }, seed) => {
    peer ??= await startPeer(options.python ?? peerPython(), 'nonlinear.py');
    return askPeer(peer, x, { ...theirs, limit, seed }, folder);
  },
  sort: (x) => timed(() => sortRegress(x).weights),
};

const previous = readReport(options.out);
const key = (run: Pick<Run, 'learner' | 'nodes' | 'seed' | 'side'>): string =>
  `${run.learner}, d = ${run.nodes}, seed ${run.seed}, ${run.side}`;
const runs = new Map<string, Run>(
  [...(previous.runs ?? []), ...readLines(options.runs)].map((run) => [key(run), run]),
);

const numbers = (text: string): number[] => text.split(',').filter(Boolean).map(Number);
try {
  for (const nodes of numbers(options.sizes)) {
    for (const seed of numbers(options.seeds)) {
      for (const name of options.learners.split(';').map((word) => word.trim())) {
        const learner = learners[name];
        if (!learner) {
          throw new Error(`--learners: ${Object.keys(learners).join('; ')}, not '${name}'.`);
        }
        const cell = { graph: 'ER2', nodes, seed, scale: 'raw' } as const;
        const { x, truth } = learner.data(cell);
        for (const side of options.sides.split(',')) {
          const work = sides[side];
          if (!work) throw new Error(`--sides: ${Object.keys(sides).join(' | ')}, not '${side}'.`);
          if (runs.has(key({ ...cell, learner: name, side }))) continue;
          const run = toRun(cell, name, side, await work(x, learner, seed), truth);
          runs.set(key(run), run);
          appendFileSync(options.runs, `${JSON.stringify(run)}\n`);
          console.log(key(run), `SHD ${run.shd ?? '(limit)'}, ${run.cpu} s`);
        }
      }
    }
  }
} finally {
  peer?.close();
  rmSync(folder, { recursive: true });
}

const rows = summarise([...runs.values()]);
console.log(`\n${toMarkdown(rows)}`);
if (options.out) {
  const peers = peer?.versions ?? previous.peers;
  const report = {
    what:
      `SHD (a reversal counts 1) and processor seconds at n = ${ROWS}, raw data, one thread each; ` +
      `dagmaMlp, notearsMlp and mcsl: mechanisms of 100 sigmoid units; golem: the linear data of main.ts; ` +
      `defaults of both sides, but 'short' is ${JSON.stringify(SHORT)} on both; ratio = ours / theirs`,
    ...circumstances(),
    ...(peers && { peers }),
    peerLimitSeconds: limit,
    rows,
    runs: [...runs.values()],
  };
  writeFileSync(options.out, `${JSON.stringify(report, null, 1)}\n`);
}
