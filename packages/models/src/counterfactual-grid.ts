import type { GeneratedDataset } from '@causal/datasets';
import * as tf from '@tensorflow/tfjs';
import type { ConceptAutoencoder } from './concept-autoencoder';

export interface CounterfactualGrid {
  /**
   * Pictures [rows · columns, height, width, channels], row by row: the picture, its
   * reconstruction, then for each concept the model's do() and the true one.
   */
  readonly pictures: tf.Tensor4D;
  readonly columns: number;
  /** Heading of each column. */
  readonly headings: readonly string[];
}

/**
 * Test pictures under do() of each concept beside the true renders: what one looks at first. Each
 * concept is set to the far end of its range, seen from the picture's own value.
 */
export function counterfactualGrid(
  model: ConceptAutoencoder,
  data: GeneratedDataset,
  rows: readonly number[],
): CounterfactualGrid {
  const all = data.labels('test');
  const names = data.concepts.map((concept) => concept.name);
  const headings = ['image', 'reconstruction', ...names.flatMap((n) => [`do(${n})`, 'true'])];
  const pictures = tf.tidy(() => {
    const { images } = data.batch('test', rows);
    const columns: tf.Tensor4D[] = [images, model.reconstruct(images)];
    for (const { name, range } of data.concepts) {
      const [low, high] = [range[0] * 0.9 + range[1] * 0.1, range[0] * 0.1 + range[1] * 0.9];
      const j = names.indexOf(name);
      const values = rows.map((r) => (all[r]![j]! > (low + high) / 2 ? low : high));
      columns.push(model.counterfactual(images, { [name]: values }));
      columns.push(
        data.render(
          rows.map((r, i) => data.counterfactual([all[r]!], { [name]: values[i]! })[0]!),
          { split: 'test', rows },
        ),
      );
    }
    const shape = images.shape.slice(1) as [number, number, number];
    return tf.stack(columns, 1).reshape([rows.length * columns.length, ...shape]) as tf.Tensor4D;
  });
  return { pictures, columns: headings.length, headings };
}
