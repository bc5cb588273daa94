import { exp, log } from './elementary';
import { hashName, mixSeed } from './seed';
import { LAYERS, layerHeight, layerLimit, layerScale, TAIL_START } from './ziggurat';

/** A generator's whole state as plain JSON: what a checkpoint stores. */
export interface RngState {
  /** Identity of the stream; decides what {@link Rng.split} gives, whatever has been drawn. */
  readonly key: readonly [number, number, number, number];
  /** Position within the stream (xoshiro128** state, four unsigned 32-bit words). */
  readonly position: readonly [number, number, number, number];
}

const TO_UNIT_24 = 2 ** -24;
const TO_UNIT_53 = 2 ** -53;

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman & Vigna 2021), normals by the ziggurat
 * (Marsaglia & Tsang 2000, layer and value from separate bits as Doornik 2005 asks).
 *
 * The same seed gives the same bits on every machine, engine, browser and thread count: integers,
 * uniforms and normals alike, which come from integers by +, −, ×, ÷ and √ only. Streams are split by
 * name, so that drawing more in one place never changes what another place gets.
 */
export class Rng {
  /** The position, as signed words. */
  readonly #words = new Int32Array(4);
  #key: RngState['key'];

  /** @internal Use {@link createRng}. */
  constructor(state: RngState) {
    this.#key = state.key;
    this.restore(state);
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const words = this.#words;
    const [a, b, c, d] = [words[0]!, words[1]!, words[2]!, words[3]!];
    words[1] = b ^ c ^ a;
    words[0] = a ^ d ^ b;
    words[2] = c ^ a ^ (b << 9);
    words[3] = rotl(d ^ b, 11);
    return Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0;
  }

  /** A number in [0, 1) with 53 random bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 67108864 + low) * TO_UNIT_53;
  }

  /** A standard normal number. */
  normal(): number {
    return this.#normalFrom(this.bits() | 0);
  }

  /** The normal number that begins with these bits, drawn already. */
  #normalFrom(first: number): number {
    for (let bits = first; ; bits = this.bits() | 0) {
      const layer = bits & (LAYERS - 1);
      const across = bits >> 7; // 25 signed bits
      const x = across * layerScale[layer]!;
      if (Math.abs(across) < layerLimit[layer]!) return x;
      if (layer === 0) return this.#tail(across < 0);
      const low = layerHeight[layer]!;
      const high = layerHeight[layer + 1]!;
      if (low + this.uniform() * (high - low) < exp(-0.5 * x * x)) return x;
    }
  }

  #tail(negative: boolean): number {
    for (;;) {
      const x = -log(1 - this.uniform()) / TAIL_START;
      const y = -log(1 - this.uniform());
      if (y + y > x * x) return negative ? -(TAIL_START + x) : TAIL_START + x;
    }
  }

  /**
   * An integer in [0, n), without modulo bias.
   * @throws RangeError if n is not an integer in [1, 2³²].
   */
  int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`Rng.int(n): n must be an integer in [1, 2^32], got ${n}.`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const bits = this.bits();
      if (bits < limit) return bits % n;
    }
  }

  /** Fills `out` with uniform numbers in [low, high) (24 random bits each) and returns it. */
  fillUniform<T extends Float32Array | Float64Array>(out: T, low = 0, high = 1): T {
    const scale = (high - low) * TO_UNIT_24;
    for (let i = 0; i < out.length; i++) out[i] = low + (this.bits() >>> 8) * scale;
    return out;
  }

  /** Fills `out` with normal numbers of the given mean and standard deviation and returns it. */
  fillNormal<T extends Float32Array | Float64Array>(out: T, mean = 0, std = 1): T {
    // State and tables in locals, integers compared: some five times as fast as calling normal()
    // n times, and the same numbers (tested).
    const words = this.#words;
    const limits = layerLimit;
    const scales = layerScale;
    const length = out.length;
    const mask = LAYERS - 1;
    let a = words[0]!;
    let b = words[1]!;
    let c = words[2]!;
    let d = words[3]!;
    for (let i = 0; i < length; i++) {
      const r = Math.imul(b, 5);
      const bits = Math.imul((r << 7) | (r >>> 25), 9);
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
      const layer = bits & mask;
      const across = bits >> 7;
      if (Math.abs(across) < limits[layer]!) {
        out[i] = mean + std * (across * scales[layer]!);
      } else {
        // Rare (about 1.2 %): the plain method goes on from here.
        words[0] = a;
        words[1] = b;
        words[2] = c;
        words[3] = d;
        out[i] = mean + std * this.#normalFrom(bits);
        a = words[0]!;
        b = words[1]!;
        c = words[2]!;
        d = words[3]!;
      }
    }
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    return out;
  }

  /** Float32 tensors' worth of standard normals: `tf.tensor(rng.normals(n * m), [n, m])`. */
  normals(length: number): Float32Array {
    return this.fillNormal(new Float32Array(length));
  }

  /** Float32 uniforms in [0, 1). */
  uniforms(length: number): Float32Array {
    return this.fillUniform(new Float32Array(length));
  }

  /** Shuffles an array or typed array in place (Fisher–Yates) and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const kept = items[i];
      items[i] = items[j];
      items[j] = kept;
    }
    return items;
  }

  /** The integers 0 … n − 1 in random order. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    return this.shuffle(order as unknown as number[]) as unknown as Int32Array;
  }

  /**
   * An independent stream with this name. Depends only on this stream's identity and the name,
   * not on how much has been drawn, and draws nothing: `rng.split('noise')` is always the same.
   */
  split(name: string | number): Rng {
    const key = hashName(this.#key, String(name));
    return new Rng({ key, position: key });
  }

  /** The whole state, as JSON. */
  state(): RngState {
    return {
      key: [...this.#key] as unknown as RngState['key'],
      position: Array.from(this.#words, (w) => w >>> 0) as unknown as RngState['position'],
    };
  }

  /** Goes back (or forward) to a state that {@link state} gave. */
  restore(state: RngState): void {
    const words = state?.position;
    if (!Array.isArray(words) || words.length !== 4 || !words.every((w) => Number.isInteger(w))) {
      throw new TypeError('Rng.restore(state): expected the object that Rng.state() returned.');
    }
    this.#key = state.key;
    this.#words.set(words.map((w) => w | 0));
    // All zero is xoshiro's only forbidden state.
    if (this.#words.every((w) => w === 0)) this.#words[0] = 1;
  }
}

/**
 * A generator from a seed, a saved state, or another generator (returned as it is, so that
 * functions can take `rng` or `seed` alike).
 * @param seed An integer, a string, a state from {@link Rng.state}, or an {@link Rng}.
 * @throws TypeError on anything else (`null`, `true`), RangeError on NaN and Infinity.
 */
export function createRng(seed: number | string | RngState | Rng): Rng {
  if (seed instanceof Rng) return seed;
  if (typeof seed === 'object' && seed !== null) return new Rng(seed);
  if (typeof seed !== 'number' && typeof seed !== 'string') {
    throw new TypeError(
      `createRng(seed): expected a number, a text, a saved state or a generator, got ${String(seed)}.`,
    );
  }
  if (typeof seed === 'number' && !Number.isFinite(seed)) {
    throw new RangeError(`createRng(seed): seed must be finite, got ${seed}.`);
  }
  const key = mixSeed(seed);
  return new Rng({ key, position: key });
}
