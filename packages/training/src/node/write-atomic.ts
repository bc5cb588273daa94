import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { explainFileError } from './file-errors';

const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Whether a file name is one that an interrupted {@link writeFileAtomic} left behind. */
export const isTemporary = (name: string): boolean => TEMPORARY.test(name);

/**
 * Writes a file so that a reader finds the old content or the new, never a part, also if the
 * process or the machine stops in the middle: temporary file beside it, fsync, rename, fsync of the
 * folder.
 * @throws Error naming the file; what was there before is then untouched.
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const suffix = randomBytes(6).toString('hex');
  const temporary = join(folder, `.${basename(path)}.${suffix}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw explainFileError(error, `write ${path}`);
  }
  await syncFolder(folder);
}

/** Makes renames in a folder last. Windows cannot open folders, and needs no such call. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync().catch(() => {});
  } finally {
    await handle?.close();
  }
}
