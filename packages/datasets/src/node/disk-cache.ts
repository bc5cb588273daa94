import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from '../picture/crc32';

export interface DiskCacheOptions {
  /** Folder for the decoded pictures; made if it is not there. */
  readonly dir: string;
  /** Most bytes to keep; files beyond are decoded each time. Default 4 GiB. */
  readonly maxBytes?: number;
}

/** Each slot: modification time (8 bytes) and length of the file (4), checksum (4), pixels. */
const HEADER = 16;

/**
 * Decoded pictures in one file of equal slots, a slot for each image's number. A slot counts only
 * if its checksum is right and its file has not changed since, so that a run killed while writing,
 * or two runs writing at once, cost only time.
 */
export class DiskCache {
  readonly #path: string;
  readonly #slot: number;
  readonly #slots: number;
  #handle: Promise<FileHandle> | undefined;

  /** @param identity What the pictures depend on besides their files: folder, sizes, crop. */
  constructor({ dir, maxBytes = 2 ** 32 }: DiskCacheOptions, identity: string, length: number) {
    mkdirSync(dir, { recursive: true });
    const key = createHash('sha256').update(`${identity}/${length}`).digest('hex').slice(0, 16);
    this.#path = join(dir, `pictures-${key}.bin`);
    this.#slot = HEADER + length;
    this.#slots = Math.floor(maxBytes / this.#slot);
  }

  /** What is kept for image number `index`, or what `decode` gives, kept from then on. */
  async get(index: number, path: string, decode: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (index >= this.#slots) return decode();
    const state = await stat(path).catch(() => undefined);
    if (!state) return decode();
    const handle = await this.#open();
    const slot = new Uint8Array(this.#slot);
    const view = new DataView(slot.buffer);
    const { bytesRead } = await handle.read(slot, 0, slot.length, index * this.#slot);
    const current =
      bytesRead === slot.length &&
      view.getFloat64(0) === state.mtimeMs &&
      view.getUint32(8) === state.size % 2 ** 32 &&
      view.getUint32(12) === crc32(slot.subarray(HEADER));
    if (current) return slot.subarray(HEADER);
    const pixels = await decode();
    view.setFloat64(0, state.mtimeMs);
    view.setUint32(8, state.size % 2 ** 32);
    view.setUint32(12, crc32(pixels));
    slot.set(pixels, HEADER);
    await handle.write(slot, 0, slot.length, index * this.#slot);
    return pixels;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await (await handle)?.close();
  }

  #open(): Promise<FileHandle> {
    this.#handle ??= open(this.#path, 'r+').catch(() => open(this.#path, 'w+'));
    return this.#handle;
  }
}
