import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** Where and when a measurement was taken: no host name, no path. A part of every result file. */
export function circumstances() {
  return {
    machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version },
    /** Processes that wanted to run in the minute before: more than cores slow both sides. */
    load: Number(loadavg()[0]!.toFixed(1)),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    date: new Date().toISOString().slice(0, 10),
  };
}
