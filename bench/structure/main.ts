// Structure learners beside the Python packages dagma and gCastle, on the same data in one run.
//
//   npm run bench -- structure [--sizes 20,50] [--seeds 1,2] [--graphs ER2] [--learners dagma,notears]
//     [--sides "ours,theirs,sort,other solver"] [--limit 400] [--python venv/bin/python] [--runs runs.jsonl] [--exact]
//
// Our learner and theirs take turns on each data set, one thread each, and every run is added to
// --runs as it ends: a run that is cut off goes on where it stopped (a later line of --runs counts more). The summary of all of --runs is
// written to --out, whose runs are not done again. Without --python a virtual environment is made in the folder for temporary files.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dagma, notears, sortRegress, varsortability } from '@causal/dag-constraints';
import type { Matrix } from '@causal/graph';
import { circumstances } from '../circumstances';
import { cells, make, nameOf, ROWS, type Cell } from './cells';
import { peerPython } from './environment';
import { exactRuns } from './exact';
import { startPeer, type Peer } from './peer';
import { askPeer, readLines, readReport, timed, toRun, type Answer } from './runs';
import { summarise, toMarkdown, type Run } from './summary';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '20,50,100' },
    seeds: { type: 'string', default: '1,2,3,4,5' },
    graphs: { type: 'string', default: 'ER2,ER4,SF4' },
    scales: { type: 'string', default: 'raw,standardised' },
    learners: { type: 'string', default: 'dagma,notears' },
    sides: { type: 'string', default: 'ours,theirs,sort' },
    limit: { type: 'string', default: '400' },
    python: { type: 'string' },
    runs: { type: 'string', default: join(tmpdir(), 'causal-bench-structure.jsonl') },
    out: { type: 'string' },
    // Says that nothing else runs: these times count before others.
    quiet: { type: 'boolean', default: false },
    exact: { type: 'boolean', default: false },
  },
});
const list = (text: string): string[] => text.split(',').filter(Boolean);
const seeds = list(options.seeds).map(Number);
const limit = Number(options.limit);

type Side = (x: Matrix, learner: string) => Answer | Promise<Answer>;

const folder = mkdtempSync(join(tmpdir(), 'structure-'));
const learners = { dagma, notears };
const known = (learner: string): learner is keyof typeof learners => learner in learners;
let peer: Peer | undefined;
const sides: Record<string, Side> = {
  ours: (x, learner) => {
    if (!known(learner)) throw new Error(`There is no learner '${learner}' here.`);
    return timed(async () => (await learners[learner](x)).weights);
  },
  // Ours with tests of convergence that are less strict than the references'.
  early: (x, learner) =>
    timed(async () =>
      learner === 'dagma'
        ? (await dagma(x, { tolerance: 1e-4 })).weights
        : (await notears(x, { innerTolerance: 1e-6 })).weights,
    ),
  // With the solver that is not the default: the reference's for NOTEARS, Newton's for DAGMA.
  'other solver': (x, learner) =>
    timed(async () =>
      learner === 'dagma'
        ? (await dagma(x, { solver: 'newton' })).weights
        : (await notears(x, { solver: 'lbfgsb' })).weights,
    ),
  theirs: async (x, learner) => {
    peer ??= await startPeer(options.python ?? peerPython());
    return askPeer(peer, x, { learner, limit }, folder);
  },
  sort: (x) => timed(() => sortRegress(x).weights),
};

const previous = readReport(options.out);
/** The runs that --out already holds, then those of --runs. */
const readRuns = (): Run[] => [...(previous.runs ?? []), ...readLines(options.runs)];
/** A later run of the same replaces an earlier one. */
const latest = (): Run[] => [...new Map(readRuns().map((run) => [key(run), run])).values()];
const key = (run: Cell & { learner: string; side: string }): string =>
  `${nameOf(run)} ${run.learner} ${run.side}`;

try {
  const done = new Set(
    readRuns()
      .filter((run) => run.quiet === true || !options.quiet)
      .map(key),
  );
  const grid = cells(
    list(options.sizes).map(Number),
    seeds,
    list(options.graphs) as Cell['graph'][],
  );
  for (const cell of grid.filter(({ scale }) => list(options.scales).includes(scale))) {
    for (const learner of list(options.learners)) {
      const missing = list(options.sides).filter(
        (side) => !done.has(key({ ...cell, learner, side })),
      );
      if (missing.length === 0) continue;
      const { x, truth } = make(cell);
      for (const side of missing) {
        const work = sides[side];
        if (!work) throw new Error(`--sides: ${Object.keys(sides).join(' | ')}, not '${side}'.`);
        const run: Run = {
          ...toRun(cell, learner, side, await work(x, learner), truth),
          ...(options.quiet && { quiet: true }),
        };
        appendFileSync(options.runs, `${JSON.stringify(run)}\n`);
        console.log(key(run), `SHD ${run.shd ?? '(limit)'}, ${run.cpu} s`);
      }
    }
  }
} finally {
  peer?.close();
  rmSync(folder, { recursive: true });
}

const rows = summarise(latest());
console.log(`\n${toMarkdown(rows)}`);
const exact = options.exact ? await exactRuns(seeds) : undefined;
if (exact) console.table(exact);
if (options.out) {
  const report = {
    ...previous,
    what: `SHD (a reversal counts 1) and processor seconds at n = ${ROWS}; weights ±U[.5, 2), equal noise variances; defaults of both sides, one thread each; ratio = ours / theirs; 'other solver' is ours with dagma's 'newton', notears' 'lbfgsb'; runs that an earlier report held were kept, so sides can be of different days`,
    ...circumstances(),
    ...(peer && { peers: peer.versions }),
    peerLimitSeconds: limit,
    meanVarsortability: varsortabilities(),
    rows,
    ...(exact && { exact }),
    runs: latest(),
  };
  writeFileSync(options.out, `${JSON.stringify(report, null, 1)}\n`);
}

/** Close to 1: sorting by variance nearly gives the order away. */
function varsortabilities(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const graph of ['ER2', 'ER4', 'SF4'] as const) {
    const values = [1, 2, 3].map((seed) => {
      const { x, truth } = make({ graph, nodes: 20, seed, scale: 'raw' });
      return varsortability(x, truth);
    });
    found[`${graph}, d = 20, raw`] = Number(
      (values.reduce((sum, v) => sum + v, 0) / values.length).toFixed(3),
    );
  }
  return found;
}
