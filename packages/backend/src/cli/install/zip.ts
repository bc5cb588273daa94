import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';

/** A file in a zip archive (a wheel is one). */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly packedSize: number;
  readonly deflated: boolean;
  /** Where its local header begins. */
  readonly header: number;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UNKNOWN_32 = 0xffffffff;

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('The archive ends too early.');
  return buffer;
}

/** Where the list of files is: at the end of the archive (PKWARE's APPNOTE 4.3.16, 4.3.14 for 64 bit). */
async function findDirectory(file: FileHandle): Promise<{ offset: number; size: number }> {
  const { size: whole } = await file.stat();
  const length = Math.min(whole, 22 + 65_535);
  const tail = await read(file, whole - length, length);
  for (let at = length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END) continue;
    const [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    const locator = at - 20;
    if (locator >= 0 && tail.readUInt32LE(locator) === END_64_LOCATOR) {
      const end = await read(file, Number(tail.readBigUInt64LE(locator + 8)), 56);
      return { size: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) };
    }
    return { size, offset };
  }
  throw new Error('This is no zip archive, or only the beginning of one.');
}

/** Sizes and place of an entry of more than 4 GiB, or behind that, from its extra field. */
function wideNumbers(extra: Buffer, narrow: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return narrow.map((value) => {
      if (value !== UNKNOWN_32) return value;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    });
  }
  return [...narrow];
}

/** The files of an archive, by name. */
export async function zipEntries(file: FileHandle): Promise<Map<string, ZipEntry>> {
  const place = await findDirectory(file);
  const directory = await read(file, place.offset, place.size);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at + 46 <= directory.length;) {
    if (directory.readUInt32LE(at) !== CENTRAL) throw new Error("The archive's list is damaged.");
    const method = directory.readUInt16LE(at + 10);
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const name = directory.toString('utf8', at + 46, nameEnd);
    const [size, packedSize, header] = wideNumbers(directory.subarray(nameEnd, extraEnd), [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]) as [number, number, number];
    if (method !== 0 && method !== 8) throw new Error(`${name} is packed in an unknown way.`);
    entries.set(name, { name, size, packedSize, header, deflated: method === 8 });
    at = extraEnd + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function dataStart(file: FileHandle, entry: ZipEntry): Promise<number> {
  const header = await read(file, entry.header, 30);
  if (header.readUInt32LE(0) !== LOCAL) throw new Error(`${entry.name} is not where it should be.`);
  return entry.header + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** A small file's bytes. */
export async function readEntry(file: FileHandle, entry: ZipEntry): Promise<Buffer> {
  if (entry.packedSize === 0) return Buffer.alloc(0);
  const bytes = await read(file, await dataStart(file, entry), entry.packedSize);
  return entry.deflated ? inflateRawSync(bytes) : bytes;
}

/** A large file's bytes, piece by piece. */
export async function streamEntry(
  path: string,
  file: FileHandle,
  entry: ZipEntry,
): Promise<Readable> {
  const start = await dataStart(file, entry);
  const packed = createReadStream(path, { start, end: start + entry.packedSize - 1 });
  if (!entry.deflated) return packed;
  const unpacked = createInflateRaw();
  packed.on('error', (error) => unpacked.destroy(error));
  return packed.pipe(unpacked);
}
