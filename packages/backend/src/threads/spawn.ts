import { ALL_PAGES } from './shared-memory';
import { workerProgram } from './worker-program';

/** What a member of the crew needs; all of it is shared or copied when it starts. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  readonly names: readonly string[];
}

interface NodeThreads {
  Worker: new (
    source: string,
    options: { eval: true; workerData: WorkerData; execArgv: string[] },
  ) => { unref(): void; on(event: 'error', listener: () => void): void };
}

interface Host {
  readonly process?: {
    readonly versions?: { readonly node?: string };
    getBuiltinModule?(name: string): NodeThreads;
  };
  readonly crossOriginIsolated?: boolean;
  readonly SharedArrayBuffer?: unknown;
}

const host = globalThis as Host;
const inNode = host.process?.versions?.node !== undefined;

/**
 * Whether memory can be shared with threads: in Node, and in cross-origin-isolated pages, where there
 * is room for the addresses of as much memory as the engine may ever need.
 */
export function canShare(): boolean {
  if (host.SharedArrayBuffer === undefined || !(inNode || host.crossOriginIsolated)) return false;
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: ALL_PAGES, shared: true }) !== undefined;
  } catch {
    return false;
  }
}

/** Whether this thread may sleep; the main thread of a page may not. */
export const maySleep = (): boolean => inNode || typeof document === 'undefined';

/** Starts a member of the crew. One that cannot start is no error: others do its work. */
export async function spawn(data: WorkerData): Promise<void> {
  if (inNode) {
    const name = 'node:worker_threads';
    const { Worker } =
      (host.process?.getBuiltinModule?.(name) as NodeThreads | undefined) ??
      ((await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as NodeThreads);
    const start = "begin(require('node:worker_threads').workerData, () => {});";
    const worker = new Worker(workerProgram + start, {
      eval: true,
      workerData: data,
      execArgv: [], // not the loaders of the program
    });
    worker.on('error', () => {});
    worker.unref(); // never what keeps a program alive
    return;
  }
  const start = 'onmessage = ({ data }) => begin(data, () => close());';
  const url = URL.createObjectURL(new Blob([workerProgram + start], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onerror = () => {};
  worker.postMessage(data);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
