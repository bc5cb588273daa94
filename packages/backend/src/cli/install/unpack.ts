import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, readdirSync } from 'node:fs';
import { rm, stat, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { includedHeaders } from './headers';
import { cudaTarget, libraryTargets } from './plan';
import { readEntry, type ZipEntry } from './zip';
import { unpack, type Checksum, type Wheel } from './wheel';

const HEADERS = 'tensorflow/include/';

/** C++ sources of tfjs-node's addon. */
function addonSources(packageFolder: string): string[] {
  const folder = join(packageFolder, 'binding');
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
}

/** Which files of a wheel go where, below `deps/`. */
async function chooseFiles(wheel: Wheel, packageFolder: string): Promise<Map<string, string[]>> {
  const chosen = new Map<string, string[]>();
  for (const name of wheel.entries.keys()) {
    const targets = libraryTargets(name) ?? (cudaTarget(name) ? [cudaTarget(name)!] : undefined);
    if (targets) chosen.set(name, targets);
  }
  if (!chosen.has('tensorflow/libtensorflow_cc.so.2')) {
    if (![...wheel.entries.keys()].some((name) => name.startsWith('tensorflow/'))) return chosen;
    throw new Error(
      `${basename(wheel.path)} has no libtensorflow_cc.so.2: old versions hide the C library in a ` +
        'Python extension. Choose a newer --version.',
    );
  }
  const read = async (path: string): Promise<string | undefined> => {
    const entry: ZipEntry | undefined = wheel.entries.get(HEADERS + path);
    return entry && (await readEntry(wheel.file, entry)).toString();
  };
  for (const header of await includedHeaders(addonSources(packageFolder), read)) {
    chosen.set(HEADERS + header, [`include/${header}`]);
  }
  return chosen;
}

/** SHA-256 of a file as RECORD writes it; undefined where there is none. */
export async function checksumOf(path: string): Promise<Checksum | undefined> {
  if (!existsSync(path)) return undefined;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest('base64url'), size: (await stat(path)).size };
}

/** Whether a file is there already, as it must be. */
export async function isThere(path: string, expected: Checksum): Promise<boolean> {
  // The size first: the libraries are large.
  if (!existsSync(path) || (await stat(path)).size !== expected.size) return false;
  return (await checksumOf(path))?.sha256 === expected.sha256;
}

/**
 * Unpacks what tfjs-node needs of a wheel into its `deps/`; what an interrupted run has left whole
 * stays. `onProgress` hears the share that is done, from 0 to 1.
 */
export async function unpackWheel(
  wheel: Wheel,
  packageFolder: string,
  onProgress: (share: number) => void,
): Promise<Record<string, Checksum>> {
  const deps = join(packageFolder, 'deps');
  const chosen = await chooseFiles(wheel, packageFolder);
  const sizeOf = (name: string): number => wheel.entries.get(name)!.size;
  const total = [...chosen.keys()].reduce((sum, name) => sum + sizeOf(name), 0);
  const files: Record<string, Checksum> = {};
  let done = 0;
  for (const [name, [first, ...others]] of chosen) {
    const target = join(deps, first!);
    const expected = wheel.checksums.get(name);
    if (expected && (await isThere(target, expected))) done += expected.size;
    else {
      await unpack(wheel, name, target, (count) => {
        done += count;
        onProgress(done / total);
      });
    }
    files[first!] = expected!;
    for (const other of others) {
      await rm(join(deps, other), { force: true });
      await symlink(basename(first!), join(deps, other));
    }
  }
  return files;
}
