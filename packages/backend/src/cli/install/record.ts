import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Wanted } from './plan';
import type { Checksum } from './wheel';

/** What an installation has done so far: the next run goes on from here, `uninstall` undoes it. */
export interface InstallRecord extends Wanted {
  /** Whether the folder is ours; else it is a project whose tfjs-node we equipped. */
  readonly ownFolder: boolean;
  /** The unpacked files, by path below tfjs-node's `deps/`; absent until all are there. */
  readonly files?: Readonly<Record<string, Checksum>>;
  /** SHA-256 of the built addon; absent until it was checked by a matrix product. */
  readonly addon?: string;
}

/** Below `node_modules`, where npm leaves names with a dot alone and `npm ci` clears all. */
export const workFolder = (folder: string): string =>
  join(folder, 'node_modules/.causal-engine/tensorflow');

const recordFile = (folder: string): string => join(workFolder(folder), 'record.json');

/** Writes a file so that it is whole or not there. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

export async function readJson<Value>(path: string): Promise<Value | undefined> {
  if (!existsSync(path)) return undefined;
  return JSON.parse(await readFile(path, 'utf8')) as Value;
}

export const readInstallRecord = (folder: string): Promise<InstallRecord | undefined> =>
  readJson<InstallRecord>(recordFile(folder));

export const writeInstallRecord = (folder: string, record: InstallRecord): Promise<void> =>
  writeJson(recordFile(folder), record);
