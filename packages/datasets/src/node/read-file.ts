import { readFile } from 'node:fs/promises';
import { BadFileError } from './bad-file';

/** How the small text begins that Git LFS leaves where a large file belongs. */
const LFS_POINTER = 'version https://git-lfs';

/** @throws BadFileError if the bytes are a pointer of Git LFS, not the file itself. */
export function refusePointer(bytes: Uint8Array, file: string, row?: number): void {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64));
  if (!head.toString('latin1').startsWith(LFS_POINTER)) return;
  throw new BadFileError(
    file,
    row,
    'is a pointer of Git LFS, not the file itself: run `git lfs pull` where it came from.',
  );
}

/**
 * A file's bytes.
 * @throws BadFileError naming file and row if it is not there, a folder, empty or a pointer.
 */
export async function readBytes(path: string, row: number): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new BadFileError(path, row, `cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  if (bytes.length === 0) throw new BadFileError(path, row, 'is empty (0 bytes).');
  refusePointer(bytes, path, row);
  return bytes;
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not allowed';
  return message;
}
