import type { GeneratedDataset } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import { bars, readBars } from './bars';

/** {@link bars} whose concept `other` is a category, 5 to 9, read off as exactly. */
export function labelledBars(rows = 60): GeneratedDataset {
  const plain = bars(rows);
  const labels = plain
    .labels('train')
    .map(([cause, effect, other]) => [cause!, effect!, Math.min(9, Math.floor(other! + 0.5))]);
  return {
    ...plain,
    concepts: plain.concepts.map((concept) =>
      concept.name === 'other' ? { ...concept, kind: 'categorical' } : concept,
    ),
    labels: () => labels,
    batch: (_, which) => {
      const chosen = Array.from(which, (row) => labels[row]!);
      return { images: plain.render(chosen), labels: tf.tensor2d(chosen) };
    },
  };
}

/** The mechanism put to what is read off a picture, drawn: right for every picture of bars. */
export function exactModel(data: GeneratedDataset): {
  counterfactual(images: tf.Tensor4D, interventions: Readonly<Record<string, number>>): tf.Tensor4D;
} {
  return {
    counterfactual: (images, interventions) => {
      const labels = tf.tidy(() => readBars(images).arraySync());
      return data.render(data.counterfactual(labels, interventions));
    },
  };
}
