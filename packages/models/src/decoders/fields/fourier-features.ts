import type { Matrix } from '@causal/datasets';
import type { Rng } from '@causal/random';

/** Wave numbers per √|S| of each half of the features: smooth dependence and sharp edges. */
const SCALES = [1, 2.5] as const;

/**
 * Random Fourier features (Rahimi & Recht 2007) of some columns of standardised labels, beside the
 * columns themselves and a constant: [cos(û·w + b) (`count`), û, 1], row-major [rows, count + |S| + 1].
 */
export function fourierFeatures(
  labels: Matrix,
  columns: readonly number[],
  count: number,
  rng: Rng,
): { readonly values: Float32Array; readonly width: number } {
  const size = columns.length;
  const width = count + size + 1;
  const waves = rng.normals(size * count);
  const phases = rng.uniforms(count);
  const values = new Float32Array(labels.length * width);
  labels.forEach((row, r) => {
    for (let j = 0; j < count; j++) {
      const scale = SCALES[j < count / 2 ? 0 : 1] / Math.sqrt(size);
      let angle = 2 * Math.PI * phases[j]!;
      columns.forEach((column, i) => (angle += scale * waves[i * count + j]! * row[column]!));
      values[r * width + j] = Math.cos(angle);
    }
    columns.forEach((column, i) => (values[r * width + count + i] = row[column]!));
    values[r * width + width - 1] = 1;
  });
  return { values, width };
}
