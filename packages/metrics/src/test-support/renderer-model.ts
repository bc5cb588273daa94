import type { GeneratedDataset } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import type { CounterfactualModel } from '../counterfactual-model';

type Labels = readonly (readonly number[])[];

/**
 * A data set's own renderer as a model: knows the rows of the first test images by their pixels, puts
 * `change` to their labels and draws the outcome in the same look.
 */
export function rendererModel(
  data: GeneratedDataset,
  change: (labels: Labels, interventions: Readonly<Record<string, number>>) => Labels,
  count = data.size('test'),
): CounterfactualModel {
  const known = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    const { images, labels } = data.batch('test', [row]);
    known.set(imageKeys(images)[0]!, row);
    tf.dispose([images, labels]);
  }
  const all = data.labels('test');
  return {
    counterfactual: (images, interventions) => {
      const rows = imageKeys(images).map((key) => known.get(key)!);
      const changed = change(
        rows.map((row) => all[row]!),
        interventions,
      );
      return data.render(changed, { split: 'test', rows });
    },
    reconstruct: (images) => images.clone(),
  };
}

/** A data set that remembers all pictures it hands out, and reads labels off them by heart. */
export function remembering(data: GeneratedDataset): {
  readonly data: GeneratedDataset;
  readonly reader: { read(images: tf.Tensor4D): tf.Tensor2D };
} {
  const known = new Map<string, readonly number[]>();
  const remember = (images: tf.Tensor4D, labels: Labels): void =>
    imageKeys(images).forEach((key, i) => known.set(key, labels[i]!));
  return {
    data: {
      ...data,
      batch: (split, rows) => {
        const batch = data.batch(split, rows);
        remember(
          batch.images,
          Array.from(rows, (row) => data.labels(split)[row]!),
        );
        return batch;
      },
      render: (labels, like) => {
        const images = data.render(labels, like);
        remember(images, labels);
        return images;
      },
    },
    reader: {
      read: (images) => tf.tensor2d(imageKeys(images).map((key) => [...known.get(key)!])),
    },
  };
}

/** What tells pictures apart. */
function imageKeys(images: tf.Tensor4D): string[] {
  const pixels = images.dataSync();
  const size = pixels.length / images.shape[0];
  return Array.from({ length: images.shape[0] }, (_, i) => {
    const bytes = new Uint8Array(size);
    // Assignment truncates; Math.round is a global, which is slow to reach in every jest sandbox.
    for (let p = 0; p < size; p++) bytes[p] = 255 * pixels[i * size + p]! + 0.5;
    return Buffer.from(bytes).toString('latin1');
  });
}
