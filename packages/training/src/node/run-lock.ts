import { open, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { explainFileError } from './file-errors';

export const LOCK = 'run.lock';

/** A lock that is not written to its end is the lock of somebody who is writing it, or was killed. */
const WRITING_MS = 10_000;

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, as the system counts: tells it from a later one of the same id. */
  readonly born: string | undefined;
  /** When the folder was taken (ISO 8601). */
  readonly since: string;
}

/**
 * Takes a folder for this process alone, by a file that names process and machine. A lock whose
 * process is gone is taken over.
 *
 * @returns `release`, and a warning where a lock was taken over.
 * @throws Error naming the process that holds the folder. Whether a process of another machine is
 *   still there cannot be known: such a lock is respected.
 */
export async function lockFolder(
  folder: string,
): Promise<{ warnings: readonly string[]; release(): Promise<void> }> {
  const path = join(folder, LOCK);
  const me: Holder = {
    pid: process.pid,
    host: hostname(),
    born: await birthOf(process.pid),
    since: new Date().toISOString(),
  };
  const text = `${JSON.stringify(me)}\n`;
  const release = async (): Promise<void> => {
    // Not what another process has put in its place since.
    if ((await contentOf(path)) === text) await unlink(path).catch(() => {});
  };
  const warnings: string[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await create(path, text)) return { warnings, release };
    const found = await contentOf(path);
    if (found === undefined) continue; // given back in this moment
    const holder = parse(found);
    const held = holder === undefined ? await beingWritten(path) : await lives(holder, me.host);
    if (held) throw new Error(inUse(folder, path, holder, me));
    if (await putAside(path, found)) warnings.push(takenOver(folder, holder));
  }
  throw new Error(
    `${folder} cannot be taken: other processes take it at the same time. Try again.`,
  );
}

/** Writes the lock if there is none. */
async function create(path: string, text: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw explainFileError(error, `take ${path}`);
  }
  try {
    await file.writeFile(text);
    return true;
  } finally {
    await file.close();
  }
}

/** Removes a stale lock. False where another process was faster and holds the folder by now. */
async function putAside(path: string, stale: string): Promise<boolean> {
  const aside = `${path}.${process.pid}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  const moved = await contentOf(aside);
  if (moved === stale) {
    await unlink(aside).catch(() => {});
    return true;
  }
  await rename(aside, path);
  return false;
}

const contentOf = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isInteger(holder.pid) && typeof holder.host === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function beingWritten(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && Date.now() - there.mtimeMs < WRITING_MS;
}

async function lives({ pid, host, born }: Holder, here: string): Promise<boolean> {
  if (host !== here) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Of another user, but there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const bornNow = await birthOf(pid);
  return born === undefined || bornNow === undefined || born === bornNow;
}

/** Linux: the start time of a process in ticks since the machine's own; elsewhere undefined. */
async function birthOf(pid: number): Promise<string | undefined> {
  const text = await contentOf(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets, which may hold anything.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function inUse(folder: string, path: string, holder: Holder | undefined, me: Holder): string {
  if (holder === undefined) return `${folder} is being taken by another process. Try again.`;
  const { pid, host, since } = holder;
  const who =
    host !== me.host
      ? `process ${pid} on ${host}`
      : pid === me.pid
        ? 'this process, in another run that is not over'
        : `process ${pid} on this machine`;
  return (
    `${folder} is in use by ${who}, since ${since}: two runs in one folder would mix. Choose another ` +
    `\`out\`, or wait for its end` +
    (host === me.host ? '.' : `; if that process is gone, delete ${path}.`)
  );
}

function takenOver(folder: string, holder: Holder | undefined): string {
  const who = holder === undefined ? 'a process' : `process ${holder.pid} (since ${holder.since})`;
  return `${folder} was still marked as in use by ${who}, which is gone: taken over.`;
}
