import type { Dataset } from '@causal/datasets';
import { checkNumber } from '@causal/options';
import type * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';
import { judgedRows } from '../interventions/dataset-oracle';
import { frechetDistance } from '../pictures/frechet';
import { type ChangeOptions, oneChangeEach, requireMechanism, walkChanges } from './changes';
import { type FeatureNetwork, featureRows } from './feature-network';

export interface CounterfactualFrechet {
  /** Squared Fréchet distance; comparable only between results of one network. */
  readonly distance: number;
  /** The network whose features were compared. */
  readonly network: string;
  /** How many pictures of either kind. */
  readonly counterfactuals: number;
  readonly real: number;
}

const CHUNK = 128;

/**
 * Fréchet distance between a model's counterfactuals (one concept of each picture, drawn, put to
 * another value) and training pictures, on the features of a network that the result names: the
 * benchmark's FID where that is Inception, something else otherwise.
 *
 * @param options `real`: training pictures to compare with, evenly spread; default 5,000.
 * @throws As {@link effectiveness}.
 */
export async function counterfactualFrechet(
  model: CounterfactualModel,
  data: Dataset,
  network: FeatureNetwork,
  options: ChangeOptions & { readonly real?: number } = {},
): Promise<CounterfactualFrechet> {
  const caller = 'counterfactualFrechet';
  const { real = 5000, ...changeOptions } = options;
  checkNumber(real, 'real', caller, { least: 2, integer: true });
  const known = requireMechanism(caller, data);
  const list = oneChangeEach(caller, data, changeOptions);
  const made: number[][] = [];
  await walkChanges(caller, model, known, list, changeOptions, async (changed) => {
    made.push(...(await featureRows(network, changed.made)));
  });
  const rows = judgedRows(caller, data, { split: 'train', count: real, chunkSize: CHUNK });
  const training: number[][] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    changeOptions.signal?.throwIfAborted();
    const batch = await data.batch('train', rows.slice(from, from + CHUNK));
    try {
      training.push(...(await featureRows(network, batch.images)));
    } finally {
      for (const tensor of Object.values(batch) as tf.Tensor[]) tensor.dispose();
    }
  }
  return {
    distance: frechetDistance(made, training),
    network: network.name,
    counterfactuals: made.length,
    real: training.length,
  };
}
