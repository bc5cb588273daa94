import type { ResolvedFitOptions } from '../fit-options';
import type { Schedule } from '../schedules';
import { dataIdentity } from './data-identity';
import { jsonOf, type Json } from './json-of';

/** Kept in every checkpoint and in config.json: what makes a run the run that it is. */
export type RunIdentity = Readonly<Record<string, Json>>;

/** What of a player's options decides its steps. */
function optimizerIdentity(options: ResolvedFitOptions): Json {
  const { learningRate, betas, epsilon, weightDecay, clipNorm, optimizer } = options;
  return jsonOf(
    optimizer === undefined
      ? { optimizer: 'adam', learningRate, betas, epsilon, weightDecay, clipNorm }
      : { optimizer: 'given by the caller', learningRate },
  );
}

/**
 * The identity of a run: options that change what it ends in, data and model. What only watches or
 * keeps it (log, progress, checkpoints, validation, callbacks, the folder's place) is no part.
 */
export function runIdentity(run: {
  readonly options: ResolvedFitOptions;
  readonly adversary: ResolvedFitOptions | undefined;
  readonly seed: unknown;
  readonly steps: number;
  readonly batchesPerEpoch: number | undefined;
  readonly schedule: Schedule;
  readonly data: unknown;
  readonly model: { identity?(): unknown };
}): RunIdentity {
  const { options, adversary, steps } = run;
  return {
    seed: jsonOf(run.seed),
    steps,
    batchSize: options.batchSize,
    batchesPerEpoch: run.batchesPerEpoch ?? null,
    ...(optimizerIdentity(options) as Record<string, Json>),
    schedule: typeof options.schedule === 'function' ? 'a function' : options.schedule,
    factors: jsonOf(factorsOf(run.schedule, steps)),
    adversary: adversary === undefined ? null : optimizerIdentity(adversary),
    data: dataIdentity(run.data),
    model: jsonOf(run.model.identity?.()),
  };
}

/** Where a schedule is looked at: nine places of the run. */
const PLACES = Array.from({ length: 9 }, (_, i) => i / 8);

/** What a schedule makes of the learning rate over a run of `steps`: two functions are told apart. */
export function factorsOf(schedule: Schedule, steps: number): number[] {
  return PLACES.map((part) => schedule(Math.floor(part * (steps - 1)), steps));
}
