import type { Batch, Dataset } from '@causal/datasets';
import { createRng } from '@causal/random';
import { fit, type FitOptions, type FitResult } from '@causal/training';
import type { CausalAutoencoder } from './causal-autoencoder';
import type { Stage } from './structure';

export interface CausalFitOptions extends FitOptions<Batch> {
  /** Called as the steps before training go on: progress from 0 to 1. */
  readonly onStage?: (stage: Stage, progress: number) => void;
}

/** The recipe's optimiser: AdamW without decay, one cycle with 10 % warm-up, the decoder faster. */
const RECIPE = {
  batchSize: 32,
  learningRate: { decoder: 1.5e-2, default: 3e-3 },
  betas: [0.9, 0.98],
  schedule: 'one-cycle',
} as const satisfies FitOptions<Batch>;

/**
 * Prepares a model where that was not done, then trains it. Preparation draws from the run's own
 * seed, so a resumed run prepares to the same bits before its checkpoint is put back.
 */
export async function fitModel(
  model: CausalAutoencoder,
  data: Dataset,
  { onStage, ...options }: CausalFitOptions,
): Promise<FitResult> {
  const rng = options.rng ?? createRng(options.seed ?? 0);
  if (!model.ready) {
    await model.prepare(data, { rng: rng.split('prepare'), signal: options.signal, onStage });
  }
  return fit(model, data, {
    ...RECIPE,
    ...options,
    config: options.config ?? { model: model.kind, dataset: data.name },
  });
}
