import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { Callback, LogEntry } from './callback';
import { feedOf, type DataSource, type Feed } from './data-source';
import {
  adversaryOptions,
  checkModel,
  checkObject,
  describeOptions,
  placeOf,
  resolveFitOptions,
  scheduleOf,
  type FitOptions,
  type ResolvedFitOptions,
} from './fit-options';
import { checkIdentity } from './identity/check-identity';
import { isObject } from './identity/is-object';
import { runIdentity } from './identity/run-identity';
import { LossLog } from './loop/loss-log';
import { PlayerTrainer } from './loop/player-trainer';
import { progressEvents } from './loop/progress-events';
import { restoreSnapshot, type Parts } from './loop/run-state';
import { InterruptedError, Session } from './loop/session';
import { DataError, probeLabelsOf } from './probe/probe';
import { canShowProgress, RARELY } from './progress';
import type { OpenedRun, RunStore } from './run-store';
import type { Trainable } from './trainable';

export interface FitResult {
  /** `'stopped'`: a callback ended the run before all steps were done. */
  readonly outcome: 'done' | 'stopped';
  /** Why it was stopped. */
  readonly reason?: string;
  /** Steps done, over all sessions of the run. */
  readonly steps: number;
  readonly seconds: number;
  /** All log entries, also those of earlier sessions where the run is kept in a folder. */
  readonly history: readonly LogEntry[];
  /** The last entry's mean loss terms. */
  readonly terms: Readonly<Record<string, number>>;
  /** The last entry's validation terms. */
  readonly validation?: Readonly<Record<string, number>>;
  /** Where the last checkpoint lies, if one was written. */
  readonly checkpoint?: string;
  /** What should be looked at: odd data, damaged checkpoints that were passed over. */
  readonly warnings: readonly string[];
}

/**
 * Trains a model: batches in, steps of the optimiser, a log, checkpoints.
 *
 * Same seed, same engine, same options: same bits, also if the run was killed at any moment and
 * resumed. Step s draws from a stream that depends on the seed and s alone, epoch e is shuffled by
 * one that depends on the seed and e alone.
 *
 * @param model Parameters and a loss, see {@link Trainable}.
 * @param data A data set with splits (the `'train'` split is used), or a plain source of batches.
 * @throws OptionsError, TypeError, RangeError before the first step where something does not fit.
 * @throws DataError where labels or the first batch hold NaN or do not fit together.
 * @throws NonFiniteLossError naming step, term and the last good checkpoint.
 * @throws InterruptedError (`name` is `'AbortError'`) when `signal` fires: a checkpoint has then been
 *   written, and the message says how to go on.
 */
export async function fit<B>(
  model: Trainable<B>,
  data: DataSource<B>,
  options: FitOptions<B>,
): Promise<FitResult> {
  checkModel(model);
  checkObject(data, 'a data set, or an object with batches()', 1);
  const resolved = resolveFitOptions(options);
  const feed = feedOf(data, 'train', resolved.batchSize);
  const steps = stepsOf(resolved, feed);
  const validation = validationOf(data, resolved, feed);
  const root = createRng(resolved.rng ?? resolved.seed);

  const report = probeLabelsOf(data);
  if (report.errors.length > 0) throw new DataError(report.errors);

  const trainer = new PlayerTrainer<B>(model, resolved);
  const adversaryResolved = model.adversary && adversaryOptions(resolved);
  const adversary = adversaryResolved && new PlayerTrainer(model.adversary!, adversaryResolved);
  const log = new LossLog();
  let opened: OpenedRun | undefined;
  try {
    const schedule = scheduleOf(resolved);
    const identity = runIdentity({
      options: resolved,
      adversary: adversaryResolved,
      seed: resolved.rng ? root.state().key : resolved.seed,
      steps,
      batchesPerEpoch: feed.batchesPerEpoch,
      schedule,
      data,
      model,
    });
    const config = { ...describeOptions(resolved), steps, engine: tf.getBackend(), identity };
    opened = await open(resolved, config);
    const parts: Parts<B> = {
      model,
      trainer,
      adversary,
      log,
      callbacks: [
        ...resolved.callbacks,
        ...(resolved.onProgress ? [progressEvents(resolved.onProgress)] : []),
        ...(await terminal(resolved)),
        ...opened.callbacks,
      ],
      position: { step: 0, epoch: 0, batch: 0, seconds: 0 },
      identity,
      schedule,
    };
    const warnings = [...report.warnings, ...opened.warnings, ...resumed(parts, opened, resolved)];
    const session = new Session(
      parts,
      { options: resolved, config, feed, validation, steps, root },
      { ...opened, warnings },
    );
    return await session.run();
  } finally {
    await opened?.close?.();
    trainer.dispose();
    adversary?.dispose();
    log.dispose();
  }
}

/** Goes back to where an earlier session left the run; gives warnings. */
function resumed<B>(parts: Parts<B>, opened: OpenedRun, options: ResolvedFitOptions): string[] {
  if (opened.checkpoint !== undefined) {
    const place = opened.checkpointPlace ?? 'the checkpoint';
    return restoreSnapshot(parts, opened.checkpoint, place);
  }
  // Ended before its first checkpoint: nothing of it is used, and still it is not another run.
  if (!isObject(opened.identity)) return [];
  const place = placeOf(options.out) ?? 'the run';
  return checkIdentity(opened.identity, parts.identity, {
    done: 0,
    schedule: parts.schedule,
    place,
  });
}

export { InterruptedError };

function stepsOf(options: ResolvedFitOptions, feed: Feed<unknown>): number {
  if (options.steps !== undefined) return options.steps;
  if (feed.batchesPerEpoch === undefined) {
    throw new TypeError(
      'fit: the length of an epoch is not known, so `epochs` cannot be counted: give `steps`, or ' +
        'data.batchesPerEpoch.',
    );
  }
  return options.epochs! * feed.batchesPerEpoch;
}

/** The validation data and the number of steps between its uses, if it is to be used. */
function validationOf<B>(
  data: DataSource<B>,
  options: ResolvedFitOptions,
  train: Feed<B>,
): { feed: Feed<B>; every: number } | undefined {
  const every = options.validateEvery;
  if (every === undefined) return undefined;
  const source = (options.validation as DataSource<B> | undefined) ?? data;
  if (options.validation === undefined && !('size' in data)) {
    throw new TypeError('fit: `validateEvery` needs data with splits, or `validation`.');
  }
  if (every === 'epoch' && train.batchesPerEpoch === undefined) {
    throw new TypeError(
      "fit: validateEvery 'epoch' needs data.batchesPerEpoch; give a number of steps.",
    );
  }
  return {
    feed: feedOf(source, 'validation', options.batchSize),
    every: every === 'epoch' ? train.batchesPerEpoch! : every,
  };
}

async function open(
  options: ResolvedFitOptions,
  config: Readonly<Record<string, unknown>>,
): Promise<OpenedRun> {
  const { out, resume, overwrite, checkpointEvery, keepCheckpoints } = options;
  if (out === undefined) return { history: [], warnings: [], callbacks: [] };
  const store: RunStore =
    typeof out === 'string' ? (await import('./node/index')).runFolder(out) : out;
  return store.open({
    config,
    resume,
    overwrite,
    checkpointEvery:
      typeof checkpointEvery === 'number' ? { steps: checkpointEvery } : checkpointEvery,
    keep: keepCheckpoints,
  });
}

/** What shows the run: see `progress`. */
async function terminal({ progress }: ResolvedFitOptions): Promise<Callback[]> {
  if (!(progress ?? canShowProgress())) return [];
  const { progressBar } = await import('./node/index');
  return [progressBar(progress ? {} : RARELY)];
}
