/** Variables by the length of the path to their bound, nearest first; most are never asked for. */
export class BreakHeap {
  readonly #items: Int32Array;
  #count = 0;

  constructor(size: number) {
    this.#items = new Int32Array(size);
  }

  clear(): void {
    this.#count = 0;
  }

  /** Adds without order: call `order` before `next`. */
  add(item: number): void {
    this.#items[this.#count++] = item;
  }

  order(keys: Float64Array): void {
    for (let at = (this.#count >> 1) - 1; at >= 0; at--) this.#sink(at, keys);
  }

  /** Takes the nearest, or gives −1. */
  next(keys: Float64Array): number {
    if (this.#count === 0) return -1;
    const items = this.#items;
    const first = items[0]!;
    items[0] = items[--this.#count]!;
    this.#sink(0, keys);
    return first;
  }

  #sink(start: number, keys: Float64Array): void {
    const items = this.#items;
    const count = this.#count;
    const item = items[start]!;
    const key = keys[item]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && keys[items[child + 1]!]! < keys[items[child]!]!) child++;
      if (keys[items[child]!]! >= key) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }
}
