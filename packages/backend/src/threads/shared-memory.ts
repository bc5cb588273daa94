/** Pages that a memory of four gigabytes has: shared memories have to name a limit. */
export const ALL_PAGES = 65_536;

const SECTION = { import: 2, memory: 5 } as const;
const MEMORY_IMPORT = 2;

/** Reads a module's bytes from `at` on. */
class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** LEB128, as WebAssembly writes whole numbers. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }

  /** Passes a name. */
  name(): void {
    const length = this.number();
    this.at += length;
  }
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  do {
    bytes.push((value % 128) + (value >= 128 ? 128 : 0));
    value = Math.floor(value / 128);
  } while (value > 0);
  return bytes;
}

/** Limits of a memory, read and given back as shared ones. */
function sharedLimits(reader: Reader): number[] {
  const limited = reader.number() & 1;
  const initial = reader.number();
  const maximum = limited ? reader.number() : ALL_PAGES;
  return [3, ...leb128(initial), ...leb128(maximum)];
}

/** A section of imports or memories whose memory is shared. */
function sharedSection(id: number, reader: Reader): number[] {
  const count = reader.number();
  const body = leb128(count);
  for (let i = 0; i < count; i++) {
    const start = reader.at;
    if (id === SECTION.import) {
      reader.name();
      reader.name();
      if (reader.byte() !== MEMORY_IMPORT) {
        reader.number(); // the type of a function
        body.push(...reader.bytes.subarray(start, reader.at));
        continue;
      }
      body.push(...reader.bytes.subarray(start, reader.at));
    }
    body.push(...sharedLimits(reader));
  }
  return body;
}

/**
 * The same WebAssembly module on a memory that threads can share: only the limits of its memory,
 * its own or an imported one, are written anew (WebAssembly core specification, 5.3.8 and 5.5, with
 * the threads proposal's flag). Ordinary loads and stores mean the same there. For modules that
 * import functions and memories only.
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const reader = new Reader(binary, 8);
  const parts: Uint8Array[] = [binary.subarray(0, 8)];
  while (reader.at < binary.length) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (id === SECTION.import || id === SECTION.memory) {
      const body = sharedSection(id, reader);
      parts.push(Uint8Array.from([id, ...leb128(body.length), ...body]));
    } else parts.push(binary.subarray(start, end));
    reader.at = end;
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Whether threads can share this memory (of whatever realm). */
export const isShared = (memory: WebAssembly.Memory): boolean =>
  Object.prototype.toString.call(memory.buffer) === '[object SharedArrayBuffer]';
