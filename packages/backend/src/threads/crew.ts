import type { Companion } from '../companion/companion';
import { maySleep, spawn, type WorkerData } from './spawn';
import { CALLS_AT, CELL } from './worker-program';

/** A call of one of the companion's functions. */
export type Call = readonly [name: keyof Companion, ...args: number[]];

/** Numbers that one job may take: two thousand portions' worth of convolution blocks. */
const CAPACITY = 2 ** 17;

/** Looks so often for the last portions of others before it sleeps a little. */
const SPINS = 20_000;

/**
 * Threads that run calls of the companion on one shared heap, this one among them. A job is a list
 * of portions that may run at the same time in any order. This thread takes portions like the
 * others, so a job is done even if no other thread wakes up; all it ever waits for is a portion
 * that another has begun.
 */
export class Crew {
  readonly #cells: Int32Array;
  readonly #calls: Float64Array;
  readonly #names: (keyof Companion)[];
  readonly #numbers: Map<keyof Companion, number>;
  readonly #data: WorkerData;
  readonly #sleeps = maySleep();
  #job = 0;
  #spawning = false;

  constructor(
    /** The instance of this thread. */
    readonly companion: Companion,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    /** Threads in all. */
    readonly threads: number,
  ) {
    const control = new SharedArrayBuffer(CALLS_AT + 8 * CAPACITY);
    this.#cells = new Int32Array(control, 0, CALLS_AT / 4);
    this.#calls = new Float64Array(control, CALLS_AT);
    this.#names = Object.keys(companion) as (keyof Companion)[];
    this.#numbers = new Map(this.#names.map((name, i) => [name, i]));
    this.#data = { module, memory, control, names: this.#names };
  }

  /** Calls the other threads in; resolves when they are here, or are late. */
  async gather(): Promise<void> {
    const others = this.threads - 1;
    this.#spawning = true;
    try {
      for (let i = this.#present(); i < others; i++) await spawn(this.#data);
      for (let waits = 0; this.#present() < others && waits < 400; waits++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      this.#spawning = false;
    }
  }

  /** Whether there is anyone to share work with; calls idle threads back if not. */
  get ready(): boolean {
    if (this.#present() > 0) return true;
    if (!this.#spawning) void this.gather().catch(() => {});
    return false;
  }

  #present(): number {
    return Atomics.load(this.#cells, CELL.present);
  }

  /** Runs all portions; false, with nothing done, where the job is too long to be written down. */
  run(portions: readonly (readonly Call[])[]): boolean {
    const cells = this.#cells;
    if (!this.#write(portions)) return false;
    const count = portions.length;
    this.#job = (this.#job + 1) & 0x7fff;
    cells[CELL.done] = 0;
    Atomics.store(cells, CELL.state, (this.#job << 16) | (count << 8));
    Atomics.notify(cells, CELL.state);
    for (;;) {
      const state = Atomics.load(cells, CELL.state);
      const next = state & 255;
      if (next === count) break;
      if (Atomics.compareExchange(cells, CELL.state, state, state + 1) !== state) continue;
      for (const call of portions[next]!) this.#here(call);
      Atomics.add(cells, CELL.done, 1);
    }
    this.#wait(count);
    if (cells[CELL.failed] !== 0) throw new Error('A thread of the wasm engine failed.');
    return true;
  }

  #here([name, ...args]: Call): void {
    (this.companion[name] as (...args: number[]) => unknown)(...args);
  }

  #wait(count: number): void {
    for (let spins = 0; ; spins++) {
      const done = Atomics.load(this.#cells, CELL.done);
      if (done === count) return;
      if (this.#sleeps && spins > SPINS) Atomics.wait(this.#cells, CELL.done, done, 1);
    }
  }

  #write(portions: readonly (readonly Call[])[]): boolean {
    const calls = this.#calls;
    let at = 0;
    for (let i = 0; i < portions.length; i++) {
      this.#cells[CELL.spans + 2 * i] = at;
      for (const call of portions[i]!) {
        if (at + call.length + 1 > CAPACITY) return false;
        calls[at++] = this.#numbers.get(call[0])!;
        calls[at++] = call.length - 1;
        for (let j = 1; j < call.length; j++) calls[at++] = call[j] as number;
      }
      this.#cells[CELL.spans + 2 * i + 1] = at;
    }
    return true;
  }
}
