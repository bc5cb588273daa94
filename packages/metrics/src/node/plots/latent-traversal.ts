import * as tf from '@tensorflow/tfjs';
import { type GridColumn, imageGrid, type ImageGridOptions } from './image-grid';

export interface LatentTraversalOptions extends Omit<ImageGridOptions, 'rowTitles'> {
  /** Coordinates of the flattened latents that are moved, one a row of the grid. Default all. */
  readonly coordinates?: readonly number[];
  /** Names of the rows. Default `z0`, `z1`, … */
  readonly names?: readonly string[];
  /** First and last value of every coordinate, or one pair for each row. Default [−2, 2]. */
  readonly range?: readonly [number, number] | readonly (readonly [number, number])[];
  /** Values on the way, both ends included. Default 7. */
  readonly steps?: number;
}

/**
 * What each latent draws: a row per coordinate, which moves over its range while the others stay.
 * @param decode The model's decoder: latents [n, …] to images [n, h, w, c] in [0, 1].
 * @param latents [1, …]: where the traversal starts, such as the latents of one image. Not disposed.
 * @returns An SVG with the pixels embedded.
 * @throws RangeError on more than one row of latents, or a coordinate, range or count out of bounds.
 */
export async function latentTraversal(
  decode: (latents: tf.Tensor) => tf.Tensor4D | Promise<tf.Tensor4D>,
  latents: tf.Tensor,
  options: LatentTraversalOptions = {},
): Promise<string> {
  const { steps = 7, range = [-2, 2] } = options;
  if (latents.rank < 2 || latents.shape[0] !== 1) {
    throw new RangeError(
      `latentTraversal: latents must be [1, …], those of one image, got [${latents.shape.join(', ')}].`,
    );
  }
  if (!Number.isInteger(steps) || steps < 2) {
    throw new RangeError(`latentTraversal: steps must be an integer of at least 2, got ${steps}.`);
  }
  const start = latents.dataSync();
  const coordinates = options.coordinates ?? Array.from(start, (_, i) => i);
  const names = options.names ?? coordinates.map((coordinate) => `z${coordinate}`);
  if (names.length !== coordinates.length) {
    throw new RangeError(
      `latentTraversal: ${names.length} names for ${coordinates.length} coordinates.`,
    );
  }
  const moved = new Float32Array(steps * coordinates.length * start.length);
  const values = coordinates.map((coordinate, row) => {
    if (!Number.isInteger(coordinate) || coordinate < 0 || coordinate >= start.length) {
      throw new RangeError(
        `latentTraversal: coordinate ${coordinate} is not one of the ${start.length} latents.`,
      );
    }
    const [from, to] = rangeOf(range, row);
    return Array.from({ length: steps }, (_, k) => from + ((to - from) * k) / (steps - 1));
  });
  // Picture k·rows + row: column after column, as the grid wants them.
  for (let k = 0; k < steps; k++) {
    coordinates.forEach((coordinate, row) => {
      const offset = (k * coordinates.length + row) * start.length;
      moved.set(start, offset);
      moved[offset + coordinate] = values[row]![k]!;
    });
  }
  const all = tf.tensor(moved, [steps * coordinates.length, ...latents.shape.slice(1)]);
  const drawn = await decode(all);
  const columns = Array.from({ length: steps }, (_, k): GridColumn => {
    // Rows with one common range share their values, so that a column can be titled by its own.
    const same = values.every((line) => line[k] === values[0]![k]);
    const title = same ? String(Number(values[0]![k]!.toPrecision(3))) : `${k + 1}/${steps}`;
    return { title, images: drawn.slice([k * coordinates.length], [coordinates.length]) };
  });
  try {
    return imageGrid(columns, {
      ...(options.scale === undefined ? {} : { scale: options.scale }),
      rowTitles: names,
    });
  } finally {
    tf.dispose([all, drawn, ...columns.map((column) => column.images)]);
  }
}

function rangeOf(
  range: NonNullable<LatentTraversalOptions['range']>,
  row: number,
): readonly [number, number] {
  const chosen = typeof range[0] === 'number' ? range : range[row];
  const [from, to] = (chosen ?? []) as readonly number[];
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    throw new RangeError(`latentTraversal: row ${row} needs a range of two finite numbers.`);
  }
  return [from!, to!];
}
