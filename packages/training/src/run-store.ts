import type { Callback, LogEntry } from './callback';
import type { Checkpoint } from './checkpoint/checkpoint';

export interface OpenRunOptions {
  /** The resolved options of the run, as JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Go on with the run that is there. */
  readonly resume: boolean;
  /** Put the new run in the place of one that is there. */
  readonly overwrite: boolean;
  /** When a checkpoint is due. */
  readonly checkpointEvery: {
    /** Steps between two. Default: their number does not matter. */
    readonly steps?: number;
    /** Seconds between two. Default: their time does not matter. */
    readonly seconds?: number;
  };
  /** Newest checkpoints to keep, besides the best. */
  readonly keep: number;
}

export interface OpenedRun {
  /** Where to go on, if anywhere. */
  readonly checkpoint?: Checkpoint;
  /** Where that checkpoint lies. */
  readonly checkpointPlace?: string;
  /** Of a run that was ended before its first checkpoint: the `identity` of its `config`. */
  readonly identity?: unknown;
  /** The log up to that checkpoint. */
  readonly history: readonly LogEntry[];
  /** What was wrong with newer checkpoints, if anything. */
  readonly warnings: readonly string[];
  /** What writes log and checkpoints as the run goes on. */
  readonly callbacks: readonly Callback[];
  /** Called last, however the run ends, also where it never began: gives the place back. */
  close?(): Promise<void>;
}

/**
 * A place that keeps a run: a folder (`runFolder` of `@causal/training/node`), or one of your own. `open`
 * changes nothing of a run that is to be resumed: whether it may be is decided after it; what has to
 * be changed is done by a callback's `onStart`.
 */
export interface RunStore {
  /** Named in messages. */
  readonly place: string;
  open(options: OpenRunOptions): Promise<OpenedRun>;
}
