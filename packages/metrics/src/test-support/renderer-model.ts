import type { GeneratedDataset } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';

type Labels = readonly (readonly number[])[];

/**
 * A data set's own renderer as a model: knows the labels of the split's images by their pixels, puts
 * `change` to them and draws the outcome.
 */
export function rendererModel(
  data: GeneratedDataset,
  change: (labels: Labels, interventions: Readonly<Record<string, number>>) => Labels,
): CounterfactualModel {
  const known = new Map<string, readonly number[]>();
  const rows = data.labels('test');
  for (let from = 0; from < rows.length; from += 128) {
    const chunk = rows.slice(from, from + 128);
    tf.tidy(() => {
      keysOf(data.render(chunk)).forEach((key, i) => known.set(key, chunk[i]!));
    });
  }
  const labelsOf = (images: tf.Tensor4D): Labels => keysOf(images).map((key) => known.get(key)!);
  return {
    counterfactual: (images, interventions) => data.render(change(labelsOf(images), interventions)),
    reconstruct: (images) => images.clone(),
  };
}

/** What tells pictures apart. */
function keysOf(images: tf.Tensor4D): string[] {
  const pixels = images.dataSync();
  const size = pixels.length / images.shape[0];
  return Array.from({ length: images.shape[0] }, (_, i) => {
    const bytes = new Uint8Array(size);
    for (let p = 0; p < size; p++) bytes[p] = Math.round(255 * pixels[i * size + p]!);
    return Buffer.from(bytes).toString('latin1');
  });
}
