import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Callback } from '../callback';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { assignParameters, toDevice, type HostTensor } from '@causal/nn';
import { checkIdentity } from '../identity/check-identity';
import type { RunIdentity } from '../identity/run-identity';
import type { Schedule } from '../schedules';
import type { Carried, Trainable } from '../trainable';
import type { LossLog } from './loss-log';
import { checkFinite, readTensors, tensorsUnder } from './parameters';
import type { PlayerTrainer } from './player-trainer';

/** Where a run stands. */
interface Position {
  /** Steps done. */
  step: number;
  epoch: number;
  /** Batches done of this epoch. */
  batch: number;
  /** Seconds of earlier sessions and this one. */
  seconds: number;
}

/** Everything of a run that changes while it goes on. */
export interface Parts<B> {
  readonly model: Trainable<B>;
  readonly trainer: PlayerTrainer<B>;
  readonly adversary: PlayerTrainer<Carried> | undefined;
  readonly callbacks: readonly Callback[];
  readonly log: LossLog;
  readonly position: Position;
  readonly identity: RunIdentity;
  readonly schedule: Schedule;
}

const scalars = z.record(z.string(), z.number());
const count = z.number().int().min(0);
const stateSchema = z.object({
  kind: z.literal('run'),
  position: z.object({ step: count, epoch: count, batch: count, seconds: z.number() }),
  identity: z.record(z.string(), z.unknown()),
  pending: z.object({ names: z.array(z.string()), rows: z.array(z.array(z.number())) }),
  optimizer: scalars,
  adversaryOptimizer: scalars.nullable(),
  model: z.unknown(),
  callbacks: z.record(z.string(), z.unknown()),
});

/** @throws where a loss or a parameter is not finite. */
export async function takeSnapshot<B>(
  parts: Parts<B>,
  lastCheckpoint: string | undefined,
): Promise<Checkpoint> {
  const { trainer, adversary, position } = parts;
  const pending = await parts.log.read(position.step, lastCheckpoint);
  const own = trainer.optimizer.state();
  const other = adversary?.optimizer.state();
  const tensors: Record<string, HostTensor> = {
    ...(await readTensors('model/', trainer.parameters)),
    ...(await readTensors('optimizer/', own.tensors)),
    ...(await readTensors('buffers/', parts.model.buffers?.() ?? {})),
    ...(adversary ? await readTensors('adversary/', adversary.parameters) : {}),
    ...(other ? await readTensors('adversary-optimizer/', other.tensors) : {}),
  };
  checkFinite('model/', tensors, position.step);
  checkFinite('adversary/', tensors, position.step);
  checkFinite('buffers/', tensors, position.step);
  const callbacks: Record<string, unknown> = {};
  for (const callback of parts.callbacks) {
    const state = callback.state?.();
    if (state !== undefined) callbacks[callback.name] = state;
    Object.assign(
      tensors,
      await readTensors(`callback/${callback.name}/`, callback.tensors?.() ?? {}),
    );
  }
  const state: z.input<typeof stateSchema> = {
    kind: 'run',
    position: { ...position },
    identity: { ...parts.identity },
    pending: { names: [...pending.names], rows: pending.rows.map((row) => [...row]) },
    optimizer: own.scalars,
    adversaryOptimizer: other?.scalars ?? null,
    model: parts.model.state?.() ?? null,
    callbacks,
  };
  return { tensors, state };
}

/**
 * Brings every part to where the checkpoint was taken.
 * @returns Warnings.
 * @throws Error where the checkpoint is of another run: other options, data or model.
 */
export function restoreSnapshot<B>(
  parts: Parts<B>,
  checkpoint: Checkpoint,
  place: string,
): string[] {
  const parsed = stateSchema.safeParse(checkpoint.state);
  if (!parsed.success) {
    throw new Error(`${place} is not the checkpoint of a run: ${parsed.error.issues[0]!.message}.`);
  }
  const saved = parsed.data;
  const warnings = checkIdentity(saved.identity as RunIdentity, parts.identity, {
    done: saved.position.step,
    schedule: parts.schedule,
    place,
  });
  if ((saved.adversaryOptimizer === null) !== (parts.adversary === undefined)) {
    throw new Error(`Cannot resume ${place}: only one of checkpoint and model has an adversary.`);
  }
  const { tensors } = checkpoint;
  assignParameters(parts.trainer.parameters, tensorsUnder('model/', tensors), place);
  restoreOptimizer(parts.trainer, tensorsUnder('optimizer/', tensors), saved.optimizer);
  assignParameters(parts.model.buffers?.() ?? {}, tensorsUnder('buffers/', tensors), place);
  if (parts.adversary !== undefined && saved.adversaryOptimizer !== null) {
    assignParameters(parts.adversary.parameters, tensorsUnder('adversary/', tensors), place);
    const slots = tensorsUnder('adversary-optimizer/', tensors);
    restoreOptimizer(parts.adversary, slots, saved.adversaryOptimizer);
  }
  if (saved.model !== null) parts.model.restore?.(saved.model);
  for (const callback of parts.callbacks) {
    const own = tensorsUnder(`callback/${callback.name}/`, tensors);
    const state = saved.callbacks[callback.name];
    if (state !== undefined || Object.keys(own).length > 0) callback.restore?.(state, own);
  }
  parts.log.restore(saved.pending);
  Object.assign(parts.position, saved.position);
  for (const name of Object.keys(saved.callbacks)) {
    if (parts.callbacks.some((callback) => callback.name === name)) continue;
    warnings.push(
      `${place} holds the state of a callback "${name}", which this run does not have.`,
    );
  }
  return warnings;
}

function restoreOptimizer(
  trainer: PlayerTrainer<never>,
  slots: Record<string, HostTensor>,
  numbers: Record<string, number>,
): void {
  const tensors = toDevice(slots);
  trainer.optimizer.restore({ tensors, scalars: numbers });
  tf.dispose(tensors);
}
