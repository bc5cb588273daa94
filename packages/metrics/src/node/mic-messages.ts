import type { MicOptions } from '../mic/characteristic';
import type { MicStatistics } from '../mic/statistics';

/** What a thread of {@link parallelMicMatrix} starts with; the columns lie in shared memory. */
export interface MicWork {
  readonly x: readonly Float64Array[];
  readonly y: readonly Float64Array[];
  readonly options: MicOptions;
}

/** A pair of columns to score. */
export interface MicPair {
  readonly i: number;
  readonly j: number;
}

export interface MicAnswer extends MicPair {
  readonly statistics: MicStatistics;
}
