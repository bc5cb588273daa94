import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TFJS_VERSION, nodePackage, type Wanted } from './plan';
import { readJson, workFolder, writeJson } from './record';
import { run } from './run';
import type { Machine, Tools } from './requirements';

const OWN_NAME = 'causal-engine-tensorflow';
/** What of tfjs-node's own files an installation takes the place of. */
const REPLACED = ['deps', 'lib', 'build'];
const PLACES_OF_TFJS = ['tfjs', 'tfjs-core'];

export const packageFolder = (folder: string, wanted: Wanted): string =>
  join(folder, 'node_modules', nodePackage(wanted));

/**
 * Whether a folder is ours to fill (it has no package.json, or the one we wrote), or a project whose
 * own tfjs-node is to be equipped.
 * @throws Error where it is a project without one: its package.json is not ours to change.
 */
export async function isOwnFolder(folder: string, wanted: Wanted): Promise<boolean> {
  const manifest = await readJson<{ name?: string }>(join(folder, 'package.json'));
  if (!manifest || manifest.name === OWN_NAME) return true;
  if (existsSync(join(packageFolder(folder, wanted), 'package.json'))) return false;
  throw new Error(
    `${folder} is a project without ${nodePackage(wanted)}. Leave --dir away (setupEngine finds ` +
      'what lies in your cache), name another folder, or add the package to the project first: ' +
      `npm install --ignore-scripts ${nodePackage(wanted)}@${TFJS_VERSION}`,
  );
}

/**
 * An object in the place of tfjs, to be filled by @causal/backend with the program's own: a second
 * tfjs beside that would not see its tensors (and be 150 MB more).
 */
async function writePlaceOfTfjs(folder: string, name: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  await writeJson(join(folder, name, 'package.json'), {
    name: `@tensorflow/${name}`,
    version: TFJS_VERSION,
    main: 'index.js',
  });
  const text =
    name === 'tfjs'
      ? "// setupEngine() of @causal/backend fills this with the program's own tfjs.\n" +
        'module.exports = { isPlaceOfTfjs: true };\n'
      : "module.exports = require('@tensorflow/tfjs');\n";
  await writeFile(join(folder, name, 'index.js'), text);
}

/** Puts tfjs-node into a folder of ours, without its install script. */
export async function installPackage(
  folder: string,
  wanted: Wanted,
  machine: Machine,
  tools: Tools,
): Promise<void> {
  // npm writes this file last.
  const finished = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(finished) && existsSync(join(packageFolder(folder, wanted), 'package.json'))) {
    return;
  }
  for (const name of PLACES_OF_TFJS) await writePlaceOfTfjs(folder, name);
  await writeJson(join(folder, 'package.json'), {
    name: OWN_NAME,
    private: true,
    description: 'Made by causal-engine install tensorflow, removed by causal-engine uninstall.',
    dependencies: {
      '@tensorflow/tfjs': 'file:tfjs',
      '@tensorflow/tfjs-core': 'file:tfjs-core',
      [nodePackage(wanted)]: TFJS_VERSION,
    },
  });
  const { code, output } = await run(
    tools.npm,
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, env: machine.env },
  );
  if (code !== 0) {
    const last = output.trim().split('\n').slice(-8).join('\n  ');
    throw new Error(`npm could not install ${nodePackage(wanted)}@${TFJS_VERSION}:\n  ${last}`);
  }
}

const before = (folder: string, name: string): string => join(workFolder(folder), 'before', name);

/** Keeps what a project's tfjs-node had, to be put back by `uninstall`. */
export async function keepWhatWas(folder: string, wanted: Wanted): Promise<void> {
  await mkdir(before(folder, ''), { recursive: true });
  for (const name of REPLACED) {
    const there = join(packageFolder(folder, wanted), name);
    if (existsSync(there) && !existsSync(before(folder, name))) {
      await rename(there, before(folder, name));
    }
  }
}

/** Removes our files from a tfjs-node, whatever an installation had come to. */
export async function clearPackage(folder: string, wanted: Wanted): Promise<void> {
  for (const name of REPLACED) {
    await rm(join(packageFolder(folder, wanted), name), { recursive: true, force: true });
  }
}

/** Puts back what a project's tfjs-node had. */
export async function restoreWhatWas(folder: string, wanted: Wanted): Promise<void> {
  await clearPackage(folder, wanted);
  for (const name of REPLACED) {
    if (existsSync(before(folder, name))) {
      await rename(before(folder, name), join(packageFolder(folder, wanted), name));
    }
  }
  await rm(workFolder(folder), { recursive: true, force: true });
  await removeIfEmpty(join(workFolder(folder), '..'));
}

/** Removes all that we made in a folder of ours, and the folder where nothing else is in it. */
export async function removeOwn(folder: string): Promise<void> {
  for (const name of ['node_modules', 'package.json', 'package-lock.json', ...PLACES_OF_TFJS]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  await removeIfEmpty(folder);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch {
    // There is something of the user's in it.
  }
}
