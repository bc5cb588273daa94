import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { edgeMetrics, type Matrix } from '@causal/graph';
import type { Cell } from './cells';
import { writeNpy } from './npy';
import type { Peer, Task } from './peer';
import type { Run } from './summary';

/** What a learner found, without weights where it met the limit of processor time, and how long it took. */
export type Answer = Pick<Run, 'cpu' | 'seconds'> & { readonly weights?: Matrix };

/** Runs a learner of ours. */
export async function timed(work: () => Promise<Matrix> | Matrix): Promise<Answer> {
  const start = performance.now();
  const before = process.cpuUsage();
  const weights = await work();
  const { user, system } = process.cpuUsage(before);
  return { weights, cpu: (user + system) / 1e6, seconds: (performance.now() - start) / 1e3 };
}

/** Runs a learner of Python's, on data handed over by a file in `folder`. */
export async function askPeer(
  peer: Peer,
  x: Matrix,
  task: Omit<Task, 'file'>,
  folder: string,
): Promise<Answer> {
  const file = join(folder, 'x.npy');
  writeNpy(file, x);
  const { edges, cpu, seconds } = await peer.ask({ ...task, file });
  if (!edges) return { cpu, seconds };
  const weights = x[0]!.map(() => x[0]!.map(() => 0));
  for (const [i, j, weight] of edges) weights[i]![j] = weight;
  return { weights, cpu, seconds };
}

/** An answer as a line of the results. */
export function toRun(
  cell: Cell,
  learner: string,
  side: string,
  { weights, cpu, seconds }: Answer,
  truth: Matrix,
): Run {
  const score = weights && edgeMetrics(weights, truth);
  return {
    ...cell,
    learner,
    side,
    ...(score && { shd: score.shd, f1: Number(score.f1.toFixed(4)) }),
    cpu: Number(cpu.toFixed(3)),
    seconds: Number(seconds.toFixed(3)),
  };
}

interface Report {
  readonly peers?: Peer['versions'];
  readonly runs?: readonly Run[];
}

/** The results of earlier, if there are any. */
export const readReport = (file: string | undefined): Report =>
  file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : {};

/** The runs that have ended, a line each. */
export const readLines = (file: string): Run[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Run);
