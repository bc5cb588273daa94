/** Codes of at most this many bits are looked up, longer ones are searched. */
const LOOKUP_BITS = 9;

/** A Huffman table (ITU-T T.81, annexes C and F.2.2.3). */
export interface HuffmanTable {
  /** By the next 9 bits: length of the code · 256 + its symbol, 0 where the code is longer. */
  readonly lookup: Uint16Array;
  /** The first 16-bit number beyond the codes of each length, left-aligned. */
  readonly end: Int32Array;
  /** What to add to a code of each length to have the place of its symbol. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * @param counts How many codes have length 1, …, 16.
 * @returns undefined if the counts make no code.
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable | undefined {
  const lookup = new Uint16Array(1 << LOOKUP_BITS);
  const end = new Int32Array(17);
  const offset = new Int32Array(17);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++) {
    const count = counts[length - 1]!;
    offset[length] = place - code;
    if (length <= LOOKUP_BITS) {
      const spread = LOOKUP_BITS - length;
      for (let k = 0; k < count; k++) {
        const first = (code + k) << spread;
        lookup.fill((length << 8) | symbols[place + k]!, first, first + (1 << spread));
      }
    }
    code += count;
    place += count;
    // The code of all ones stays free.
    if (count > 0 && code >= 1 << length) return undefined;
    end[length] = code << (16 - length);
    code <<= 1;
  }
  return place === symbols.length ? { lookup, end, offset, symbols } : undefined;
}

/**
 * The code that the next 16 bits begin with.
 * @returns Its length · 256 + its symbol, 0 if they begin with none.
 */
export function findCode(table: HuffmanTable, next16: number): number {
  const found = table.lookup[next16 >> (16 - LOOKUP_BITS)]!;
  if (found !== 0) return found;
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    if (next16 < table.end[length]!) {
      return (length << 8) | table.symbols[(next16 >> (16 - length)) + table.offset[length]!]!;
    }
  }
  return 0;
}
