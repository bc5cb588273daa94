import type { GeneratedDataset, Matrix, Split } from '@causal/datasets';
import { createRng } from '@causal/random';
import * as tf from '@tensorflow/tfjs';

const SIDE = 8;
const RANGES = [
  [-1, 1],
  [0, 2],
  [5, 9],
] as const;

/** effect = (cause + 1)·.6 + rest, kept within its range by the rest's size. */
const mechanism = (cause: number): number => 0.6 * (cause + 1);

/**
 * A small known world: `cause` → `effect`, and `other` apart. Each label is the brightness of its
 * own stripe of an 8×8 grey picture, so that what is drawn can be read off exactly.
 */
export function bars(rows = 60): GeneratedDataset {
  const rng = createRng(12);
  const labels: Matrix = Array.from({ length: rows }, () => {
    const cause = 2 * rng.uniform() - 1;
    return [cause, mechanism(cause) + 0.8 * rng.uniform(), 5 + 4 * rng.uniform()];
  });
  const names = ['cause', 'effect', 'other'];
  const data: GeneratedDataset = {
    name: 'bars',
    concepts: names.map((name, i) => ({ name, unit: '', kind: 'continuous', range: RANGES[i]! })),
    graph: [
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ],
    imageShape: [SIDE, SIDE, 1],
    size: () => rows,
    labels: () => labels,
    batch: (_: Split, which) => {
      const chosen = Array.from(which, (row) => labels[row]!);
      return { images: data.render(chosen), labels: tf.tensor2d(chosen as number[][]) };
    },
    async *batches() {
      yield data.batch('train', [0]);
    },
    render: (table) => {
      const pixels = new Float32Array(table.length * SIDE * SIDE);
      table.forEach((row, i) => {
        for (let p = 0; p < SIDE * SIDE; p++) {
          const concept = Math.floor((3 * (p % SIDE)) / SIDE);
          const [low, high] = RANGES[concept]!;
          pixels[i * SIDE * SIDE + p] = (row[concept]! - low) / (high - low);
        }
      });
      return tf.tensor4d(pixels, [table.length, SIDE, SIDE, 1]);
    },
    counterfactual: (table, interventions) =>
      table.map(([cause, effect, other]) => {
        const newCause = interventions['cause'] ?? cause!;
        const followed = effect! - mechanism(cause!) + mechanism(newCause);
        return [newCause, interventions['effect'] ?? followed, interventions['other'] ?? other!];
      }),
  };
  return data;
}

/** Reads {@link bars} exactly: label = low + brightness · (high − low). */
export function readBars(images: tf.Tensor4D): tf.Tensor2D {
  const pixels = images.dataSync();
  const n = images.shape[0];
  const rows = Array.from({ length: n }, (_, i) =>
    RANGES.map(([low, high], concept) => {
      const column = [0, 3, 6][concept]!;
      return low + pixels[i * SIDE * SIDE + column]! * (high - low);
    }),
  );
  return tf.tensor2d(rows);
}
