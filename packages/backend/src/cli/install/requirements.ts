import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { neededBytes, type Wanted } from './plan';
import { findProgram, run, type Environment } from './run';

/** The machine, as far as an installation depends on it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of the GNU C library; undefined where there is another one, as on Alpine. */
  readonly glibc: string | undefined;
  readonly nodePath: string;
  readonly env: Environment;
  freeBytes(folder: string): Promise<number>;
}

/** This machine. */
export function thisMachine(): Machine {
  const report = process.report?.getReport() as unknown as
    { header: { glibcVersionRuntime?: string } } | undefined;
  return {
    platform: process.platform,
    arch: process.arch,
    glibc: report?.header.glibcVersionRuntime,
    nodePath: process.execPath,
    env: process.env,
    async freeBytes(folder) {
      let at = folder;
      while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    },
  };
}

/** The programs that an installation runs. */
export interface Tools {
  readonly npm: string;
  readonly python: string;
  readonly glibc: string;
  /** Where Node's headers lie, below `include/node`; undefined: node-gyp fetches them. */
  readonly nodeFolder: string | undefined;
}

/** An answer to "what is missing", with all that is missing at once. */
class MissingError extends Error {
  constructor(readonly missing: readonly string[]) {
    super(
      `TensorFlow cannot be installed here:\n${missing.map((line) => `  - ${line}`).join('\n')}\n` +
        'Nothing was changed. Without it the engines onnxruntime (npm install onnxruntime-node) ' +
        'and wasm (always there) go on working.',
    );
  }
}

/** Headers that came with Node, or beside it, so that nothing need be fetched to build. */
function nodeFolder(machine: Machine): string | undefined {
  const named = machine.env['npm_config_nodedir'];
  return [named, join(dirname(machine.nodePath), '..')].find(
    (folder) => folder && existsSync(join(folder, 'include/node/node_api.h')),
  );
}

function unsupported({ platform, arch, glibc }: Machine): string | undefined {
  if (platform !== 'linux' || !['x64', 'arm64'].includes(arch)) {
    return (
      `this is ${platform} on ${arch}: the command builds for Linux on x64 and arm64 alone. ` +
      'Elsewhere @tensorflow/tfjs-node has its own installer: npm install @tensorflow/tfjs-node'
    );
  }
  if (glibc === undefined) {
    return "this Linux has not the GNU C library (Alpine?), for which TensorFlow's wheels are made";
  }
  return undefined;
}

async function pythonWithPip(env: Environment): Promise<{ python?: string; problem?: string }> {
  const named = env['PYTHON'];
  const python = findProgram(named ? [named] : ['python3', 'python'], env);
  if (!python) {
    return {
      problem: named
        ? `the environment variable PYTHON names ${named}, which is no program`
        : 'no python3 found: install Python 3 with pip (Debian: apt install python3 python3-pip)',
    };
  }
  const { code, output } = await run(python, ['-m', 'pip', '--version'], { env });
  if (code === 0) return { python };
  const why = output.trim().split('\n').at(-1);
  return {
    problem:
      `${python} has no pip (${why}): install it (Debian: apt install python3-pip; elsewhere: ` +
      `${python} -m ensurepip), or name another Python in the environment variable PYTHON`,
  };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/**
 * Finds what an installation needs, before anything is fetched.
 * @throws MissingError that lists everything that is missing and how to get it.
 */
export async function findTools(machine: Machine, wanted: Wanted, folder: string): Promise<Tools> {
  const wrong = unsupported(machine);
  if (wrong) throw new MissingError([wrong]);
  const { env } = machine;
  const missing: string[] = [];
  const npm = findProgram(['npm'], env);
  if (!npm) missing.push('no npm found: it comes with Node.js');
  const { python, problem } = await pythonWithPip(env);
  if (problem) missing.push(problem);
  if (!findProgram(['make', 'gmake'], env)) {
    missing.push('no make found (Debian: apt install build-essential)');
  }
  if (!findProgram(env['CXX'] ? [env['CXX'].split(' ')[0]!] : ['g++', 'c++', 'clang++'], env)) {
    missing.push('no C++ compiler found (Debian: apt install build-essential)');
  }
  const free = await machine.freeBytes(folder);
  if (free < neededBytes(wanted)) {
    missing.push(
      `${folder} has ${gigabytes(free)} of free space; the installation takes ` +
        `${gigabytes(neededBytes(wanted))} while it goes on: choose another place with --dir`,
    );
  }
  if (missing.length > 0) throw new MissingError(missing);
  return { npm: npm!, python: python!, glibc: machine.glibc!, nodeFolder: nodeFolder(machine) };
}
