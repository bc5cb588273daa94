import { createHash } from 'node:crypto';
import { type BigIntStats, constants, mkdirSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkKeys, checkNumber } from '@causal/options';
import { checkText } from '../arguments';
import { crc32 } from '../picture/crc32';

export interface DiskCacheOptions {
  /** Folder for the decoded pictures; made if it is not there. */
  readonly dir: string;
  /** Most bytes to keep; files beyond are decoded each time. Default 4 GiB. */
  readonly maxBytes?: number;
}

/** Changed when the same files and options would give other pixels, or slots another layout. */
const VERSION = 2;
/** Each slot: checksum of the rest (4 bytes), state of the file (16), hash of its bytes (16), pixels. */
const STATE = 4;
const HASH = STATE + 16;
export const SLOT_HEADER = HASH + 16;
/** Dates of files are coarse: one that was changed so lately may have been changed once more. */
const SETTLED_MS = 2000;
const UNSETTLED = new Uint8Array(16);

/**
 * Decoded pictures in one file of equal slots, a slot for each file of a data set in the order of
 * their names, so that the order of rows does not matter. What is in a slot counts only if its
 * checksum is right, so that a run killed while writing, or two runs writing at once, cost only time,
 * and only for a file of the same bytes: those are hashed unless size, dates, inode and device say
 * that nothing can have happened to the file since.
 */
export class DiskCache {
  readonly #path: string;
  readonly #slot: number;
  readonly #slotOf = new Map<string, number>();
  #handle: Promise<FileHandle> | undefined;

  /**
   * @param files All files of the data set.
   * @param identity What pictures depend on besides their files: sizes, crop.
   * @param length Bytes of a picture.
   */
  constructor(
    options: DiskCacheOptions,
    files: readonly string[],
    identity: string,
    length: number,
  ) {
    checkKeys(options, ['dir', 'maxBytes'], 'cache');
    const { dir, maxBytes = 2 ** 32 } = options;
    checkText(dir, 'dir', 'cache');
    if (maxBytes !== Infinity) checkNumber(maxBytes, 'maxBytes', 'cache', { least: 0 });
    try {
      mkdirSync(dir, { recursive: true });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`cache: '${dir}' cannot be used as a folder: ${reason}.`, { cause });
    }
    const key = createHash('sha256').update(JSON.stringify([VERSION, identity, length]));
    const sorted = [...new Set(files)].sort();
    for (const file of sorted) key.update('\0').update(file);
    this.#path = join(dir, `pictures-${key.digest('hex').slice(0, 16)}.bin`);
    this.#slot = SLOT_HEADER + length;
    const slots = Math.floor(maxBytes / this.#slot);
    sorted.slice(0, slots).forEach((file, k) => this.#slotOf.set(file, k));
  }

  /**
   * What is kept for a file, or what `decode` makes of its bytes, kept from then on.
   * @param read The file's bytes; only called where they are needed.
   */
  async get(
    path: string,
    read: () => Promise<Uint8Array>,
    decode: (bytes: Uint8Array) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const index = this.#slotOf.get(path);
    // Looked at before the file is read: a change in between shows the next time.
    const now = Date.now();
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (index === undefined || !found) return decode(await read());
    const handle = await this.#open();
    const slot = Buffer.alloc(this.#slot);
    const { bytesRead } = await handle.read(slot, 0, slot.length, index * this.#slot);
    const whole = bytesRead === slot.length && slot.readUInt32BE(0) === crc32(slot.subarray(STATE));
    const state = stateOf(found, now);
    if (whole && state !== UNSETTLED && slot.subarray(STATE, HASH).equals(state)) {
      return slot.subarray(SLOT_HEADER);
    }
    const bytes = await read();
    const hash = createHash('sha256').update(bytes).digest().subarray(0, 16);
    if (!whole || !slot.subarray(HASH, SLOT_HEADER).equals(hash)) {
      slot.set(await decode(bytes), SLOT_HEADER);
      slot.set(hash, HASH);
    } else if (slot.subarray(STATE, HASH).equals(state)) {
      return slot.subarray(SLOT_HEADER);
    }
    slot.set(state, STATE);
    slot.writeUInt32BE(crc32(slot.subarray(STATE)), 0);
    await this.#write(handle, slot, index);
    return slot.subarray(SLOT_HEADER);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await (await handle)?.close();
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.#path, constants.O_RDWR | constants.O_CREAT);
    return this.#handle;
  }

  async #write(handle: FileHandle, slot: Buffer, index: number): Promise<void> {
    try {
      await handle.write(slot, 0, slot.length, index * this.#slot);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        `cache: '${this.#path}' cannot be written: ${reason}. Give a folder with room, or a smaller maxBytes.`,
        { cause },
      );
    }
  }
}

/** 16 bytes that change whenever the file may have been changed; {@link UNSETTLED} if it may still be. */
function stateOf({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats, now: number): Uint8Array {
  if (Number(ctimeNs / 1_000_000n) > now - SETTLED_MS) return UNSETTLED;
  const text = [size, mtimeNs, ctimeNs, ino, dev].join('/');
  return createHash('sha256').update(text).digest().subarray(0, 16);
}
