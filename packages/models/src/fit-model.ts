import type { Batch, Dataset } from '@causal/datasets';
import { createRng } from '@causal/random';
import { fit, type FitOptions, type FitResult } from '@causal/training';
import type { BaseAutoencoder } from './base-autoencoder';
import type { TrainingDefaults } from './recipe';
import type { Stage } from './structure';
import { weighted } from './weighted-rows';

export interface ModelFitOptions extends FitOptions<Batch> {
  /** Called as the steps before training go on: progress from 0 to 1. */
  readonly onStage?: (stage: Stage, progress: number) => void;
}

/**
 * Prepares a model where that was not done, trains it, and finishes it. Preparation draws from the
 * run's own seed, so a resumed run prepares to the same bits before its checkpoint is put back.
 * @param defaultsOf The recipe's own optimiser and schedule.
 */
export async function fitModel(
  model: BaseAutoencoder,
  data: Dataset,
  options: ModelFitOptions,
  defaultsOf: () => TrainingDefaults,
): Promise<FitResult> {
  const { onStage, ...own } = options ?? {};
  const rng = own.rng ?? createRng(own.seed ?? 0);
  const hooks = { rng: rng.split('prepare'), signal: own.signal, onStage };
  if (!model.ready) await model.prepare(data, hooks);
  const { adversary, ...training } = defaultsOf(); // they depend on the decoder, chosen by now
  const weights = model.rowWeights(data);
  const result = await fit(model, weights ? weighted(data, weights) : data, {
    ...training,
    ...groupsOf(model, training),
    ...(model.adversary && adversary ? { adversary } : {}),
    ...own,
    config: own.config ?? { model: model.kind, dataset: data.name, options: model.options },
  } as FitOptions<Batch>);
  await model.finish(data, { ...hooks, rng: rng.split('finish') });
  return result;
}

/** Rates and clips by group, of the groups that this model has. */
function groupsOf(
  model: BaseAutoencoder,
  { learningRate, clipNorm }: TrainingDefaults,
): Pick<TrainingDefaults, 'learningRate' | 'clipNorm'> {
  const groups = new Set(Object.keys(model.parameters()).map((name) => model.group(name)));
  const own = <T>(given: T): T =>
    typeof given === 'object' && given !== null
      ? (Object.fromEntries(Object.entries(given).filter(([group]) => groups.has(group))) as T)
      : given;
  return {
    ...(learningRate === undefined ? {} : { learningRate: own(learningRate) }),
    ...(clipNorm === undefined ? {} : { clipNorm: own(clipNorm) }),
  };
}
