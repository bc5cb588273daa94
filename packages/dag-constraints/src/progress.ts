/** What long work reports as it goes. */
export interface Progress {
  /** Units of work done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** What is being done, in a few words. */
  readonly stage: string;
}

/** One line of a learner's record: its step and named figures. */
export interface HistoryEntry {
  readonly step: number;
  readonly [figure: string]: number;
}

/**
 * Why a learner stopped.
 * - `'converged'`: all that was to become small is small.
 * - `'rho-max'`: ρ reached its largest value, and h is still above `hTolerance`.
 * - `'iterations'`: the outer iterations, stages or Adam's steps ran out first.
 * - `'cycles'`: the last stage ended by its tolerance, with h above `hTolerance`.
 */
export type StopReason = 'converged' | 'rho-max' | 'iterations' | 'cycles';

/** What every learner returns. */
export interface LearnedGraph {
  /** `weights[i][j]` is the strength of i → j, 0 where there is no edge. */
  readonly weights: number[][];
  /** The same edges as 0 and 1: always a DAG, and within the prior knowledge. */
  readonly adjacency: number[][];
  readonly history: readonly HistoryEntry[];
  /** Whether the search came to its end; if not, do not trust the graph: see `stopReason` and `h`. */
  readonly converged: boolean;
  /** How far the weights were from a DAG, before what was left of cycles was cut: the penalty's value. */
  readonly h: number;
  readonly stopReason: StopReason;
}

/** What learners return that depend on the units of the columns. */
export interface LearnedInUnits extends LearnedGraph {
  /**
   * What all columns were divided by before learning, a power of ten: 1 on ordinary data, see
   * `commonUnits`. Weights and h are of the divided columns (weights of linear learners are the same
   * in either units), `history` too.
   */
  readonly unit: number;
}

/** Options of everything that runs long. */
export interface LongWork {
  /** Cancels: the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Longest stretch of work between two chances for the event loop (and for `signal`). */
const SLICE_MS = 40;

/** Reports progress, and hands the thread back now and then so that aborting can work. */
export class Pacer {
  readonly #work: LongWork;
  #sliceEnd = performance.now() + SLICE_MS;

  constructor(work: LongWork) {
    this.#work = work;
    work.signal?.throwIfAborted();
  }

  /** Call between pieces of work; await the promise if there is one. */
  report(done: number, total: number, stage: string): Promise<void> | undefined {
    if (performance.now() < this.#sliceEnd && done < total) return undefined;
    this.#work.onProgress?.({ done, total, stage });
    return this.#yield();
  }

  /** A chance for the event loop without a report. */
  pause(): Promise<void> | undefined {
    return performance.now() < this.#sliceEnd ? undefined : this.#yield();
  }

  async #yield(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#work.signal?.throwIfAborted();
    this.#sliceEnd = performance.now() + SLICE_MS;
  }
}

/** The k-th of `count` equal parts of long work: reports as a share of the whole. */
export const partOf = (work: LongWork, k: number, count: number): LongWork => ({
  ...(work.signal && { signal: work.signal }),
  ...(work.onProgress && {
    onProgress: ({ done, total, stage }) =>
      work.onProgress!({ done: k * total + done, total: count * total, stage }),
  }),
});
