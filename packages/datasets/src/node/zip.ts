import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { crc32 } from '../picture/crc32';
import { BadFileError } from './bad-file';
import { isNpy } from './npy';
import { refusePointer } from './read-file';

const END = 0x06054b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 65535;
const WIDE_END = 0x06064b50;
const WIDE_LOCATOR = 0x07064b50;
const WIDE_LOCATOR_LENGTH = 20;
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;

/**
 * Files out of a zip archive whose checksums are right.
 * @param wanted Names of the files.
 * @param maxBytes Refuse to unpack more.
 * @returns What was found of them, and the names of all that is there.
 * @throws BadFileError if it is no archive, damaged, or would unpack to more.
 */
export function unzipFile(
  file: string,
  wanted: readonly string[],
  maxBytes: number,
): { found: Map<string, Uint8Array>; names: string[] } {
  const bytes = readFileSync(file);
  refusePointer(bytes, file);
  if (bytes.length === 0) throw new BadFileError(file, undefined, 'is empty (0 bytes).');
  if (isNpy(bytes)) {
    throw new BadFileError(
      file,
      undefined,
      'is a single array (.npy): give two of them as npz({ images, labels }).',
    );
  }
  const names: string[] = [];
  let claimed = 0;
  try {
    const unpacked = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        names.push(name);
        if (!wanted.includes(name)) return false;
        claimed += originalSize;
        if (claimed <= maxBytes) return true;
        throw new Error(`would unpack to more than maxBytes = ${maxBytes}`);
      },
    });
    const found = new Map(Object.entries(unpacked));
    const checksums = readChecksums(bytes);
    for (const [name, content] of found) {
      if (checksums.get(name) === crc32(content)) continue;
      throw new Error(`the checksum of '${name}' is wrong, so the file is damaged: copy it anew`);
    }
    return { found, names };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BadFileError(file, undefined, `cannot be unpacked: ${reason}.`, { cause });
  }
}

/** CRC-32 of each file, from the archive's directory (APPNOTE 4.3.12). */
function readChecksums(zip: Uint8Array): Map<string, number> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const checksums = new Map<string, number>();
  const decoder = new TextDecoder();
  for (let at = directoryAt(view); ;) {
    if (at + ENTRY_LENGTH > zip.length || view.getUint32(at, true) !== ENTRY) return checksums;
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const start = at + ENTRY_LENGTH;
    checksums.set(
      decoder.decode(zip.subarray(start, start + name!)),
      view.getUint32(at + 16, true),
    );
    at = start + name! + extra! + comment!;
  }
}

/** Where the directory begins; the end of an archive says it, of one over 4 GiB another record. */
function directoryAt(view: DataView): number {
  const length = view.byteLength;
  for (
    let at = length - END_LENGTH;
    at >= Math.max(0, length - END_LENGTH - LONGEST_COMMENT);
    at--
  ) {
    if (view.getUint32(at, true) !== END) continue;
    const offset = view.getUint32(at + 16, true);
    const locator = at - WIDE_LOCATOR_LENGTH;
    if (offset !== 0xffffffff || locator < 0 || view.getUint32(locator, true) !== WIDE_LOCATOR) {
      return offset;
    }
    const wide = Number(view.getBigUint64(locator + 8, true));
    if (view.getUint32(wide, true) !== WIDE_END) throw new Error('its directory is damaged');
    return Number(view.getBigUint64(wide + 48, true));
  }
  throw new Error('it has no directory');
}
