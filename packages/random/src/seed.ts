type Words = [number, number, number, number];

/** MurmurHash3's 32-bit finaliser: every input bit reaches every output bit. */
function finalise(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Four words from a text, mixed into four words of salt (a 128-bit MurmurHash3-like sponge). */
export function hashName(salt: readonly number[], name: string): Words {
  const words: Words = [salt[0]! | 0, salt[1]! | 0, salt[2]! | 0, salt[3]! | 0];
  for (let i = 0; i < name.length; i++) {
    const lane = i & 3;
    words[lane] = Math.imul(words[lane]! ^ finalise(name.charCodeAt(i) + 0x9e3779b9), 0x01000193);
    words[(lane + 1) & 3] ^= (words[lane]! << 13) | (words[lane]! >>> 19);
  }
  for (let round = 0; round < 8; round++) {
    for (let lane = 0; lane < 4; lane++) {
      const before = words[(lane + 3) & 3]!;
      words[lane] = finalise(words[lane]! + Math.imul(before, 0x9e3779b1) + name.length + round);
    }
  }
  return words;
}

/** The stream key of a user's seed: numbers and texts never collide by form. */
export function mixSeed(seed: number | string): Words {
  return hashName([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], `${typeof seed}:${seed}`);
}
