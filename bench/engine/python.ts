import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/**
 * A virtual environment of these packages in `folder`, made if there is none yet (pip takes its
 * index from the user's own settings). Returns its interpreter.
 * @throws Error if the folder is inside the repository.
 */
export function makeEnvironment(folder: string, packages: readonly string[]): string {
  const place = resolve(folder);
  const root = execFileSync('git', ['rev-parse', '--show-toplevel'], { encoding: 'utf8' }).trim();
  if (!relative(root, place).startsWith('..')) {
    throw new Error(`--venv: expected a folder outside the repository, got ${folder}.`);
  }
  const python = join(place, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', place], { stdio: ['ignore', 2, 2] });
    execFileSync(python, ['-m', 'pip', 'install', ...packages], { stdio: ['ignore', 2, 2] });
  }
  return python;
}
