import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Python with the peers, in a virtual environment outside the repository, made on first use. */
export function peerPython(): string {
  const folder = join(tmpdir(), 'causal-bench-structure');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(join(folder, 'ready'))) {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
    const packages = ['dagma==1.1.1', 'gcastle==1.0.4', 'scipy', 'torch'];
    execFileSync(python, ['-m', 'pip', 'install', '-q', ...packages], { stdio: 'inherit' });
    execFileSync('touch', [join(folder, 'ready')]);
  }
  return python;
}
