import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a program is, of the first of these names that there is; looked for as a shell would. */
export function findProgram(names: readonly string[], env: Environment): string | undefined {
  for (const name of names) {
    const candidates = name.includes('/')
      ? [name]
      : (env['PATH'] ?? '')
          .split(delimiter)
          .filter(Boolean)
          .map((folder) => join(folder, name));
    const found = candidates.find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
    if (found) return found;
  }
  return undefined;
}

interface Outcome {
  readonly code: number;
  /** What it printed, both streams together. */
  readonly output: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Environment;
  /** Lets it draw its own progress, where there is a terminal to draw on. */
  readonly progress?: boolean;
}

/** Runs a program to its end; `code` is -1 where it did not start. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env, progress = false }: RunOptions = {},
): Promise<Outcome> {
  const shown = progress && process.stderr.isTTY;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', shown ? process.stderr : 'pipe', 'pipe'],
    });
    let output = '';
    const listen = (piece: Buffer): void => {
      output += piece.toString();
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}
