import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { JpegSquares } from './jpeg/jpeg-squares';

/** What every file of one data set has in common. */
export interface JpegWork {
  /** Width and height of the files. */
  readonly expect: readonly [number, number];
  /** Side of the square amid them, and what it is resized to. */
  readonly crop: number;
  readonly size: number;
}

export interface JpegRequest {
  readonly id: number;
  readonly paths: readonly string[];
}

export interface JpegAnswer {
  readonly id: number;
  /** The pictures of a request one after another. */
  readonly pixels: Uint8Array;
  /** Which of them are there; the others need another decoder. */
  readonly decoded: readonly boolean[];
}

type Pixels = Uint8Array | undefined;

/** A file that is asked for. */
interface Job {
  readonly path: string;
  readonly resolve: (pixels: Pixels | Promise<Pixels>) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Requests without an answer yet. */
  readonly waiting: Map<number, readonly Job[]>;
}

/**
 * Decodes JPEG files by {@link JpegSquares} on worker threads, which start with the first file and do
 * not keep the process alive. Where none can be started, and with 0 threads, files are decoded here:
 * the same bytes, later.
 */
export class JpegThreads {
  readonly #work: JpegWork;
  readonly #count: number;
  readonly #length: number;
  #threads: Thread[] | undefined;
  #here: JpegSquares | undefined;
  #jobs: Job[] = [];
  #nextId = 0;

  constructor(work: JpegWork, threads: number) {
    this.#work = work;
    this.#count = threads;
    this.#length = work.size * work.size * 3;
  }

  /** RGB bytes, or undefined for a file that needs another decoder. */
  decode(path: string): Promise<Pixels> {
    if (this.#count === 0) return this.#decodeHere(path);
    return new Promise((resolve) => {
      // All files of a batch are asked for at once: they go to the threads in a few messages.
      if (this.#jobs.length === 0) queueMicrotask(() => this.#send());
      this.#jobs.push({ path, resolve });
    });
  }

  /** Ends the threads; the next file starts them again. */
  async close(): Promise<void> {
    const threads = this.#threads ?? [];
    this.#threads = undefined;
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #send(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    this.#threads ??= Array.from({ length: this.#count }, () => this.#start());
    if (this.#threads.length === 0) {
      for (const { path, resolve } of jobs) resolve(this.#decodeHere(path));
      return;
    }
    const share = Math.ceil(jobs.length / this.#threads.length);
    const idlest = [...this.#threads].sort((a, b) => a.waiting.size - b.waiting.size);
    for (let from = 0; from < jobs.length; from += share) {
      const { worker, waiting } = idlest[from / share]!;
      const part = jobs.slice(from, from + share);
      const request: JpegRequest = { id: this.#nextId++, paths: part.map((job) => job.path) };
      if (waiting.size === 0) worker.ref();
      waiting.set(request.id, part);
      worker.postMessage(request);
    }
  }

  #start(): Thread {
    const worker = new Worker(workerFile(), { workerData: this.#work });
    const thread: Thread = { worker, waiting: new Map() };
    worker.unref();
    worker.on('message', ({ id, pixels, decoded }: JpegAnswer) => {
      const jobs = thread.waiting.get(id)!;
      thread.waiting.delete(id);
      if (thread.waiting.size === 0) worker.unref();
      const length = this.#length;
      jobs.forEach(({ resolve }, k) =>
        resolve(decoded[k] ? pixels.subarray(k * length, (k + 1) * length) : undefined),
      );
    });
    // A thread that cannot start (a runtime or bundler without them) or was ended: its work is done
    // here.
    worker.on('error', () => undefined);
    worker.on('exit', () => {
      this.#threads = this.#threads?.filter((other) => other !== thread);
      for (const { path, resolve } of [...thread.waiting.values()].flat()) {
        resolve(this.#decodeHere(path));
      }
      thread.waiting.clear();
    });
    return thread;
  }

  async #decodeHere(path: string): Promise<Pixels> {
    const { expect, crop, size } = this.#work;
    this.#here ??= new JpegSquares(expect, crop, size);
    const bytes = await readFile(path).catch(() => undefined);
    const pixels = new Uint8Array(this.#length);
    return bytes && this.#here.decode(bytes, pixels) ? pixels : undefined;
  }
}

/** The threads' program, which lies beside this file, in sources as in both builds. */
function workerFile(): string {
  const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
  return here.replace(/[^/\\]+(\.[cm]?[jt]s)$/, 'jpeg.worker$1');
}
