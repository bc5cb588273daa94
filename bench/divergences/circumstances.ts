import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';

/** What a number was measured on: no name and no path of the machine. */
export function circumstances(): object {
  return {
    machine: { cpu: cpus()[0]?.model, threads: availableParallelism(), node: process.version },
    load: loadavg()[0],
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD']).toString().trim(),
    date: new Date().toISOString(),
  };
}
