import type { Rng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';
import type { LogEntry, Outcome, Run } from '../callback';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { Feed } from '../data-source';
import { placeOf, type ResolvedFitOptions } from '../fit-options';
import { DataError, probeBatch } from '../probe/probe';
import type { OpenedRun } from '../run-store';
import type { Carried, LossContext } from '../trainable';
import { joinRows, type LossRow } from './loss-row';
import { takeSnapshot, type Parts } from './run-state';
import { validate } from './validate';
import { yieldToEvents } from './yield';

/** The run was ended by its signal. */
export class InterruptedError extends Error {
  /** As of every error that an AbortSignal causes. */
  override readonly name = 'AbortError';

  constructor(
    readonly step: number,
    readonly steps: number,
    readonly checkpoint: string | undefined,
    place: string | undefined,
  ) {
    const how =
      checkpoint === undefined
        ? 'No checkpoint was written: give `out` to make a run that can be resumed.'
        : `Go on with the same options and { out: ${JSON.stringify(place)}, resume: true }; ` +
          `checkpoint: ${checkpoint}.`;
    super(`Interrupted after step ${step} of ${steps}. ${how}`);
  }
}

/** What does not change during a session. */
export interface Plan<B> {
  readonly options: ResolvedFitOptions;
  readonly config: Readonly<Record<string, unknown>>;
  readonly feed: Feed<B>;
  readonly validation: { readonly feed: Feed<B>; readonly every: number } | undefined;
  readonly steps: number;
  readonly root: Rng;
}

/**
 * Longest time that timers and signals wait for their turn, unless one part of a step (making the
 * batch, loss and gradients, the update) takes longer itself.
 */
const YIELD_EVERY_MS = 12;

/** One sitting of a run: from its start or a checkpoint to its end, or an interruption. */
export class Session<B> implements Run {
  checkpoint: string | undefined;
  readonly warnings: string[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly #parts: Parts<B>;
  readonly #plan: Plan<B>;
  readonly #history: LogEntry[];
  #started = 0;
  #probed = false;
  #secondsBefore: number;
  #stopReason: string | undefined;
  #lastYield = 0;
  #lastLog: { step: number; seconds: number };

  constructor(parts: Parts<B>, plan: Plan<B>, opened: OpenedRun) {
    this.#parts = parts;
    this.#plan = plan;
    this.#history = [...opened.history];
    this.warnings = [...opened.warnings];
    this.config = plan.config;
    this.steps = plan.steps;
    this.checkpoint = opened.checkpointPlace;
    this.#secondsBefore = parts.position.seconds;
    this.#lastLog = { step: parts.position.step, seconds: this.#secondsBefore };
  }

  get step(): number {
    return this.#parts.position.step;
  }

  get epoch(): number {
    const { epoch, batch } = this.#parts.position;
    const length = this.#plan.feed.batchesPerEpoch;
    return length === undefined ? epoch : epoch + batch / length;
  }

  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#started) / 1000;
  }

  get history(): readonly LogEntry[] {
    return this.#history;
  }

  get parameters(): Readonly<Record<string, tf.Variable>> {
    return this.#parts.trainer.parameters;
  }

  stop(reason: string): void {
    this.#stopReason ??= reason;
  }

  snapshot(): Promise<Checkpoint> {
    this.#parts.position.seconds = this.seconds;
    return takeSnapshot(this.#parts, this.checkpoint);
  }

  async run(): Promise<{
    outcome: 'done' | 'stopped';
    reason?: string;
    steps: number;
    seconds: number;
    history: readonly LogEntry[];
    warnings: readonly string[];
    terms: Readonly<Record<string, number>>;
    validation?: Readonly<Record<string, number>>;
    checkpoint?: string;
  }> {
    this.#started = this.#lastYield = performance.now();
    try {
      for (const callback of this.#parts.callbacks) await callback.onStart?.(this);
      const outcome = await this.#epochs();
      await this.#end(outcome);
      if (outcome === 'interrupted') {
        throw new InterruptedError(
          this.step,
          this.steps,
          this.checkpoint,
          placeOf(this.#plan.options.out),
        );
      }
      const last = this.#history.at(-1);
      return {
        outcome,
        ...(this.#stopReason === undefined ? {} : { reason: this.#stopReason }),
        steps: this.step,
        seconds: this.seconds,
        history: this.#history,
        warnings: this.warnings,
        terms: last?.terms ?? {},
        ...(last?.validation === undefined ? {} : { validation: last.validation }),
        ...(this.checkpoint === undefined ? {} : { checkpoint: this.checkpoint }),
      };
    } catch (error) {
      // What the run failed of is what its caller must hear, whatever else fails on the way out.
      if (!(error instanceof InterruptedError)) await this.#end('failed', error).catch(() => {});
      throw error;
    }
  }

  async #end(outcome: Outcome, error?: unknown): Promise<void> {
    for (const callback of this.#parts.callbacks) await callback.onEnd?.(outcome, this, error);
  }

  async #epochs(): Promise<'done' | 'stopped' | 'interrupted'> {
    const { position } = this.#parts;
    const { root, feed } = this.#plan;
    for (;;) {
      const state = this.#state();
      if (state !== undefined) return state;
      const first = position.batch;
      for await (const batch of feed.batches(root.split('epoch').split(position.epoch), first)) {
        await this.#oneStep(batch);
        const now = this.#state();
        if (now !== undefined) return now;
      }
      if (position.batch === 0) {
        throw new Error(`fit: the data gave no batches in epoch ${position.epoch}.`);
      }
      position.epoch++;
      position.batch = 0;
    }
  }

  #state(): 'done' | 'stopped' | 'interrupted' | undefined {
    if (this.step >= this.steps) return 'done';
    if (this.#stopReason !== undefined) return 'stopped';
    return this.#plan.options.signal?.aborted ? 'interrupted' : undefined;
  }

  /** What the schedule makes of the learning rate at a step. */
  #factor(step: number): number {
    const factor = this.#parts.schedule(step, this.steps);
    if (Number.isFinite(factor) && factor >= 0) return factor;
    throw new RangeError(
      `fit: the schedule must give a finite factor ≥ 0, got ${factor} for step ${step} of ${this.steps}.`,
    );
  }

  /** Lets others have their turn where the last one was too long ago. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#lastYield <= YIELD_EVERY_MS) return;
    await yieldToEvents();
    this.#lastYield = performance.now();
  }

  async #oneStep(batch: B): Promise<void> {
    const { model, trainer, adversary, log, position, callbacks } = this.#parts;
    const { root, steps, options } = this.#plan;
    const { step } = position;
    const factor = this.#factor(step);
    const context = (stream: string): LossContext => ({
      rng: root.split(stream).split(step),
      step,
      steps,
      training: true,
    });
    let carried: Carried = {};
    try {
      if (!this.#probed) await this.#probe(batch);
      await this.#breathe();
      const rows: LossRow[] = [];
      const own = trainer.gradients(batch, context('step'));
      const { names, row, gradients } = own;
      carried = own.carried;
      if (adversary !== undefined) {
        const other = adversary.gradients(carried, context('adversary-step'));
        adversary.apply(other.gradients, factor);
        await this.#breathe();
        rows.push({ names: other.names.map((name) => `adversary.${name}`), row: other.row });
      }
      log.add(joinRows([{ names, row }, ...rows]));
      await this.#breathe();
      try {
        trainer.apply(gradients, factor);
      } catch (error) {
        // A loss that is not finite says more than what the optimiser found in its gradients.
        await log.read(step + 1, this.checkpoint);
        throw error;
      }
      position.step++;
      position.batch++;
      await model.afterStep?.(context('after-step'), carried);
    } finally {
      tf.dispose(batch as tf.TensorContainer);
      tf.dispose(carried as tf.TensorContainer);
    }

    const validating = this.#plan.validation && position.step % this.#plan.validation.every === 0;
    if (position.step % options.logEvery === 0 || position.step === steps || validating) {
      await this.#log(factor, Boolean(validating));
    }
    for (const callback of callbacks) await callback.onStep?.(this);
    await this.#breathe();
  }

  /** Looks at the first batch of the session. */
  async #probe(batch: B): Promise<void> {
    this.#probed = true;
    const { errors, warnings } = await probeBatch(batch);
    if (errors.length > 0) throw new DataError(errors);
    this.warnings.push(...warnings);
  }

  async #log(factor: number, validating: boolean): Promise<void> {
    const { model, log, callbacks } = this.#parts;
    const { options, root, validation, steps } = this.#plan;
    const { step } = this;
    const terms = await log.mean(step, this.checkpoint);
    const { seconds } = this;
    const entry: LogEntry = {
      step,
      epoch: this.epoch,
      seconds,
      stepsPerSecond: (step - this.#lastLog.step) / (seconds - this.#lastLog.seconds),
      learningRate: scaled(options.learningRate, factor),
      terms,
      ...(validating
        ? {
            validation: await validate(model, validation!.feed, root.split('validation'), {
              step,
              steps,
            }),
          }
        : {}),
    };
    // Time spent validating is not the training's.
    this.#lastLog = { step, seconds: this.seconds };
    this.#history.push(entry);
    for (const callback of callbacks) await callback.onLog?.(entry, this);
  }
}

function scaled(
  rate: number | Record<string, number>,
  factor: number,
): number | Record<string, number> {
  if (typeof rate === 'number') return rate * factor;
  return Object.fromEntries(Object.entries(rate).map(([group, value]) => [group, value * factor]));
}
