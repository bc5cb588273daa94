import { rm } from 'node:fs/promises';
import { pointerFile } from '../../tensorflow/location';
import { removeOwn, restoreWhatWas } from './folder';
import { readInstallRecord, readJson } from './record';
import type { Environment } from './run';

/**
 * Undoes `install`, finished or not: removes our folder, or puts a project's tfjs-node back as it
 * was; setupEngine no longer finds it.
 * @throws Error where there is no installation of ours.
 */
export async function uninstall(folder: string, env: Environment): Promise<void> {
  const record = await readInstallRecord(folder);
  if (!record) throw new Error(`There is no TensorFlow of causal-engine in ${folder}.`);
  if (record.ownFolder) await removeOwn(folder);
  else await restoreWhatWas(folder, record);
  const pointer = pointerFile(env);
  if (!pointer) return;
  const named = await readJson<{ folder: string }>(pointer);
  if (named?.folder === folder) await rm(pointer);
}
