import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { checkNumber } from '@causal/options';
import { characteristicMatrix, checkMicOptions } from '../mic/characteristic';
import { micMatrix, type MicMatrixOptions } from '../mic/mic-matrix';
import type { MicStatistics } from '../mic/statistics';
import { type Table, toColumns } from '../representation/table';
import type { MicAnswer, MicPair, MicWork } from './mic-messages';

export interface ParallelMicMatrixOptions extends MicMatrixOptions {
  /** Worker threads. Default: as many as the machine runs at once, at most one a pair. */
  readonly threads?: number;
}

/**
 * {@link micMatrix} on worker threads, with the same result: all statistics of the MIC family for
 * every column of one table against every column of another.
 * @param x [n, p].
 * @param y [n, q].
 * @returns [p][q]: entry [i][j] is that of `micStatistics` of column i of x and column j of y.
 * @throws RangeError on different numbers of rows, numbers that are not finite, or bad options.
 */
export async function parallelMicMatrix(
  x: Table,
  y: Table,
  options: ParallelMicMatrixOptions = {},
): Promise<MicStatistics[][]> {
  checkMicOptions(options, 'parallelMicMatrix', ['threads', 'signal', 'onProgress']);
  const { threads = availableParallelism(), ...serial } = options;
  const { signal, onProgress, estimator, alpha, c } = options;
  checkNumber(threads, 'threads', 'parallelMicMatrix', { integer: true, least: 1 });
  if (threads === 1) return micMatrix(x, y, serial);
  const work: MicWork = {
    x: toColumns(x, 'micMatrix: x').map(shared),
    y: toColumns(y, 'micMatrix: y').map(shared),
    options: {
      ...(estimator === undefined ? {} : { estimator }),
      ...(alpha === undefined ? {} : { alpha }),
      ...(c === undefined ? {} : { c }),
    },
  };
  refuseBadOptions(work);
  signal?.throwIfAborted();

  const pairs = work.x.flatMap((_, i) => work.y.map((__, j): MicPair => ({ i, j })));
  const result: MicStatistics[][] = work.x.map(() => []);
  const workers = Array.from(
    { length: Math.min(threads, pairs.length) },
    () => new Worker(workerFile(), { workerData: work }),
  );
  let given = 0;
  let done = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      for (const worker of workers) {
        // The next pair goes to whichever thread is free: pairs differ in cost.
        const giveNext = (): void => {
          if (given < pairs.length) worker.postMessage(pairs[given++]);
        };
        worker.on('message', ({ i, j, statistics }: MicAnswer) => {
          result[i]![j] = statistics;
          onProgress?.({ done: ++done, total: pairs.length });
          if (done === pairs.length) resolve();
          else giveNext();
        });
        worker.on('error', reject);
        giveNext();
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return result;
}

/** Throws what a thread would throw, before any is started: same length, bad options. */
function refuseBadOptions({ x, y, options }: MicWork): void {
  if (x[0]!.length !== y[0]!.length) {
    throw new RangeError(
      `micMatrix: x and y must have the same length, got ${x[0]!.length} and ${y[0]!.length}.`,
    );
  }
  characteristicMatrix([0, 1], [0, 1], options);
}

function shared(column: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}

/** The thread's program, which lies beside this file, in sources as in both builds. */
function workerFile(): string {
  const here = typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url);
  return here.replace(/[^/\\]+(\.[cm]?[jt]s)$/, 'mic.worker$1');
}
