// exactSearch on the labels of the concept data sets, and at d = 12.
import { exactSearch } from '@causal/dag-constraints';
import { flow, pendulum, type Dataset } from '@causal/datasets';
import { randomDag, shd, type Matrix } from '@causal/graph';
import { createRng } from '@causal/random';
import { Scm } from '@causal/scm';

export interface ExactRun {
  readonly data: string;
  readonly known: string;
  readonly seed: number;
  readonly shd: number;
  readonly cpu: number;
  readonly seconds: number;
}

async function one(
  data: string,
  known: string,
  seed: number,
  x: Matrix,
  truth: Matrix,
  options: Parameters<typeof exactSearch>[1],
): Promise<ExactRun> {
  const start = performance.now();
  const before = process.cpuUsage();
  const { adjacency } = await exactSearch(x, { seed, ...options });
  const { user, system } = process.cpuUsage(before);
  return {
    data,
    known,
    seed,
    shd: shd(adjacency, truth),
    cpu: (user + system) / 1e6,
    seconds: (performance.now() - start) / 1e3,
  };
}

/** 2,500 rows of the released grid, drawn at random. */
function rows(data: Dataset, seed: number): Matrix {
  const all = data.labels('train');
  const drawn = createRng(seed).permutation(all.length).subarray(0, 2500);
  return Array.from(drawn, (row) => all[row]!);
}

export async function exactRuns(seeds: readonly number[]): Promise<ExactRun[]> {
  const runs: ExactRun[] = [];
  for (const make of [pendulum, flow]) {
    for (const seed of seeds) {
      const data = make({ seed });
      const x = rows(data, seed);
      const names = data.concepts.map((concept) => concept.name);
      runs.push(await one(data.name, 'nothing', seed, x, data.graph, { names }));
      if (data.name !== 'flow') continue;
      const roots = names.filter((_, j) => data.graph.every((row) => row[j] === 0));
      runs.push(
        await one(data.name, `roots: ${roots.join(', ')}`, seed, x, data.graph, {
          names,
          priorKnowledge: { roots },
        }),
      );
    }
  }
  // Additive noise over a random graph of twelve variables with up to four causes each.
  for (const seed of seeds.slice(0, 2)) {
    const truth = randomDag({ nodes: 12, edges: 15, seed });
    const isRoot = (j: number): boolean => truth.every((row) => row[j] === 0);
    const scm = new Scm({
      adjacency: truth,
      mechanisms: truth.map(() => ({
        kind: 'additive' as const,
        mean: (causes: readonly number[]) =>
          causes.reduce((sum, v, k) => sum + Math.sin(2 * v + k) + Math.abs(v), 0),
      })),
      noise: truth.map((_, j) => ({ kind: 'normal' as const, std: isRoot(j) ? 1 : 0.3 })),
    });
    runs.push(
      await one('12 variables, 2,500 rows', 'nothing', seed, scm.sample(2500, { seed }), truth, {}),
    );
  }
  return runs;
}
