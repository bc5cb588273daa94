import type * as tf from '@tensorflow/tfjs';
import type { Checkpoint } from './checkpoint/checkpoint';
import type { HostTensor } from '@causal/nn';

/** What a run tells every `logEvery` steps; one line of metrics.jsonl. */
export interface LogEntry {
  /** Steps done. */
  readonly step: number;
  /** Epochs done, with fraction where the length of an epoch is known. */
  readonly epoch: number;
  /** Time spent training, over all sessions of the run. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** Of the last step; by group where the options give groups. */
  readonly learningRate: number | Readonly<Record<string, number>>;
  /** Mean of each loss term over the steps since the entry before. */
  readonly terms: Readonly<Record<string, number>>;
  /** Mean of each loss term over the validation data, where this step validates. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** A run in progress, as callbacks see it. */
export interface Run {
  /** The resolved options, as JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Steps done. */
  readonly step: number;
  /** Steps the whole run will do. */
  readonly steps: number;
  readonly epoch: number;
  readonly seconds: number;
  readonly history: readonly LogEntry[];
  /** What should be looked at: odd data, damaged checkpoints. Grows as the run goes on. */
  readonly warnings: readonly string[];
  /** The model's parameters, for reading (and for averaging and putting back). */
  readonly parameters: Readonly<Record<string, tf.Variable>>;
  /** Ends the run after this step; `reason` is told in the result. */
  stop(reason: string): void;
  /**
   * Everything that a resumed run needs. Throws where a parameter or a loss is not finite, so that
   * no checkpoint holds a broken state.
   */
  snapshot(): Promise<Checkpoint>;
  /** Where the newest checkpoint lies; set by the callback that wrote it. */
  checkpoint: string | undefined;
}

export type Outcome = 'done' | 'stopped' | 'interrupted' | 'failed';

/**
 * Something that watches a run. All hooks may be asynchronous; the run waits. They are called in
 * the order of the list.
 */
export interface Callback {
  /** Key of this callback's state in checkpoints; unique within a run. */
  readonly name: string;
  /** Before the first step, after a checkpoint has been restored. */
  onStart?(run: Run): void | Promise<void>;
  /** After each step, and after `onLog` where the step logs. Loss terms are not read here. */
  onStep?(run: Run): void | Promise<void>;
  onLog?(entry: LogEntry, run: Run): void | Promise<void>;
  /** Once, however the run ends; `error` is what a failed one will throw. */
  onEnd?(outcome: Outcome, run: Run, error?: unknown): void | Promise<void>;
  /** JSON state kept in checkpoints. */
  state?(): unknown;
  /** Tensors kept in checkpoints. */
  tensors?(): Readonly<Record<string, HostTensor | tf.Tensor>>;
  /** Takes back what `state` and `tensors` gave. Called before `onStart`. */
  restore?(state: unknown, tensors: Readonly<Record<string, HostTensor>>): void;
}
