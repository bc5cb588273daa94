import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '../checkpoint/crc32c';
import { syncFolder, writeFileAtomic } from './write-atomic';

const JSON_FILE = 'model.json';
const WEIGHTS_FILE = 'weights.safetensors';
const NEXT = '.next';

/** What model.json keeps beside the model's own entries: which weights it belongs to. */
const SUM_KEY = 'weightsCrc32c';

export interface PackedModel {
  /** Options and whatever else is not a weight; must be JSON. */
  readonly json: object;
  /** The bytes of a safetensors file. */
  readonly weights: Uint8Array;
}

/**
 * Writes a model as a folder of model.json and weights.safetensors. Other files there are left
 * alone. A crash at any moment leaves the old model or the new one, never a mixture: both files are
 * first written aside, and {@link readModelFolder} knows by a checksum which JSON belongs to the
 * weights that are there.
 */
export async function writeModelFolder(folder: string, packed: PackedModel): Promise<void> {
  const place = (name: string): string => join(folder, name);
  const json = JSON.stringify({ ...packed.json, [SUM_KEY]: crc32c(packed.weights) }, null, 2);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(place(WEIGHTS_FILE + NEXT), packed.weights);
  await writeFileAtomic(place(JSON_FILE + NEXT), `${json}\n`);
  await rename(place(WEIGHTS_FILE + NEXT), place(WEIGHTS_FILE));
  await syncFolder(folder);
  await rename(place(JSON_FILE + NEXT), place(JSON_FILE));
  await syncFolder(folder);
}

/**
 * Reads what {@link writeModelFolder} wrote.
 * @throws Error naming the folder or file that is missing, no JSON, or damaged.
 */
export async function readModelFolder(
  folder: string,
): Promise<{ json: unknown; weights: Uint8Array }> {
  const weights = new Uint8Array(await readOrExplain(folder, WEIGHTS_FILE));
  const sum = crc32c(weights);
  const reasons: string[] = [];
  // `.next` is there only if a write ended between its two renames.
  for (const file of [JSON_FILE, JSON_FILE + NEXT]) {
    const text = await readOrExplain(folder, file).catch((error: Error) => {
      reasons.push(error.message);
    });
    if (text === undefined) continue;
    const json = parse(text.toString('utf8'));
    if (json === undefined) {
      reasons.push(`${join(folder, file)} is not JSON.`);
      continue;
    }
    const { [SUM_KEY]: expected, ...rest } = json;
    if (expected === sum) return { json: rest, weights };
    reasons.push(
      `${join(folder, WEIGHTS_FILE)} is damaged, or not the one that ${file} was written with ` +
        '(its checksum differs).',
    );
  }
  throw new Error(`The model in ${folder} cannot be read: ${reasons[0]}`);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function readOrExplain(folder: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `There is no ${file} in ${folder}: expected the folder that a model's save() wrote.`,
      { cause: error },
    );
  }
}
